//! How often the receiver has acted on an event.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hyper::Uri;
use payvost_webhooks_sandbox::deliver::Dialer;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use super::http::Connection;
use super::request::{Request, Target};

/// Replaced by the id of the event.
pub(crate) const ID: &str = "{id}";

/// How long one count may take.
const COUNT_LIMIT: Duration = Duration::from_secs(5);
/// How long an effect may come after the response: a queue's worker may have it.
const EFFECT_LIMIT: Duration = Duration::from_secs(3);
/// How long the count must stay the same.
const QUIET: Duration = Duration::from_millis(150);

/// Where the count comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// Answers a GET with a number, or with JSON that holds one.
    Url(String),
    /// Has a line for each effect.
    File { path: PathBuf, containing: Option<String> },
    /// A number, or a collection with an entry for each effect.
    Redis { server: Uri, key: String },
}

pub(crate) struct Effects {
    source: Source,
    dialer: Dialer,
}

impl Effects {
    pub(crate) const fn new(source: Source, dialer: Dialer) -> Self {
        Self { source, dialer }
    }

    /// The number of effects so far: of this event where the source can tell, otherwise of all.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    pub(crate) async fn count(&self, id: &str) -> Result<u64, String> {
        let counting = async {
            match &self.source {
                Source::Url(url) => self.ask_url(&url.replace(ID, id)).await,
                Source::File { path, containing } => count_lines(path, id, containing.as_deref()),
                Source::Redis { server, key } => self.ask_redis(server, &key.replace(ID, id)).await,
            }
        };
        timeout(COUNT_LIMIT, counting).await.unwrap_or_else(|_| Err("The effects could not be counted within 5 s.".to_owned()))
    }

    /// The count after it has reached `at_least`, or after waiting long enough for that, and has stayed the same for a moment.
    pub(crate) async fn settled(&self, id: &str, at_least: u64) -> Result<u64, String> {
        let began = Instant::now();
        let mut count = self.count(id).await?;
        while count < at_least && began.elapsed() < EFFECT_LIMIT {
            sleep(Duration::from_millis(20)).await;
            count = self.count(id).await?;
        }
        loop {
            sleep(QUIET).await;
            let later = self.count(id).await?;
            if later == count || began.elapsed() > 2 * EFFECT_LIMIT {
                return Ok(later);
            }
            count = later;
        }
    }

    async fn ask_url(&self, url: &str) -> Result<u64, String> {
        let uri: Uri = url.parse().map_err(|_| "The URL of the effects is invalid.".to_owned())?;
        let target = Target { url: uri, headers: Vec::new() };
        let stream =
            self.dialer.dial(&target.url).await.map_err(|fault| format!("The URL of the effects: {}.", fault.as_str()))?;
        let request = Request::unsigned("").method("GET").content_type(None);
        let answer = Connection::new(stream)
            .exchange(&request.steps(&target), true)
            .await
            .map_err(|_| "The URL of the effects closed the connection.".to_owned())?;
        if answer.status != 200 {
            return Err(format!("The URL of the effects answered {}.", answer.status));
        }
        serde_json::from_slice(&answer.body)
            .ok()
            .as_ref()
            .and_then(number)
            .ok_or_else(|| "The URL of the effects must answer with a number, a list, or an object with \"count\".".to_owned())
    }

    async fn ask_redis(&self, server: &Uri, key: &str) -> Result<u64, String> {
        let fault = |_| "Redis closed the connection.".to_owned();
        let stream = self.dialer.dial(server).await.map_err(|fault| format!("Redis: {}.", fault.as_str()))?;
        let mut redis = Redis { stream, arrived: Vec::new() };
        let kind = redis.ask(&["TYPE", key]).await.map_err(fault)?;
        let command = match kind.as_str() {
            "+none" => return Ok(0),
            "+string" => "GET",
            "+list" => "LLEN",
            "+set" => "SCARD",
            "+zset" => "ZCARD",
            "+hash" => "HLEN",
            "+stream" => "XLEN",
            _ => return Err("Redis did not name the type of the key. A password is not supported.".to_owned()),
        };
        let count = redis.ask(&[command, key]).await.map_err(fault)?;
        count.trim_start_matches([':', '$']).parse().map_err(|_| "The key in Redis does not hold a number.".to_owned())
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::Array(entries) => u64::try_from(entries.len()).ok(),
        Value::Object(fields) => fields.get("count").and_then(number),
        _ => None,
    }
}

fn count_lines(path: &PathBuf, id: &str, containing: Option<&str>) -> Result<u64, String> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        // It may be made with the first effect.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(format!("The file of the effects cannot be read: {error}.")),
    };
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter(|line| has_id(line, id) && containing.is_none_or(|part| line.contains(part)));
    u64::try_from(lines.count()).map_err(|error| error.to_string())
}

/// `evt_1` is not in `evt_12`.
fn has_id(line: &str, id: &str) -> bool {
    line.match_indices(id).any(|(at, _)| {
        !line.get(at + id.len()..).unwrap_or_default().starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
    })
}

/// As much of the Redis protocol as a count needs.
struct Redis {
    stream: Box<dyn payvost_webhooks_sandbox::deliver::Stream>,
    arrived: Vec<u8>,
}

impl Redis {
    /// The first line of a reply, or the text of a bulk string.
    async fn ask(&mut self, words: &[&str]) -> std::io::Result<String> {
        let mut command = format!("*{}\r\n", words.len());
        for word in words {
            command.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        self.stream.write_all(command.as_bytes()).await?;
        let first = self.line().await?;
        if first.starts_with('$') && first != "$-1" { self.line().await } else { Ok(first) }
    }

    async fn line(&mut self) -> std::io::Result<String> {
        loop {
            if let Some(end) = self.arrived.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.arrived.drain(..end + 2).take(end).collect();
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if self.stream.read_buf(&mut self.arrived).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payvost_webhooks_sandbox::deliver::Destinations;

    #[test]
    fn a_number_in_several_shapes() {
        for (text, expected) in [("3", Some(3)), ("[1,2]", Some(2)), (r#"{"count":4}"#, Some(4)), ("\"3\"", None), ("-1", None)]
        {
            assert_eq!(number(&serde_json::from_str(text).unwrap()), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn a_key_in_redis_is_counted() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let asked = tokio::spawn(async move {
            let mut asked = String::new();
            for replies in [["+string", "$1\r\n7"], ["+list", ":3"], ["+none", ""], ["-NOAUTH", ""]] {
                let (mut stream, _) = listener.accept().await.unwrap();
                for reply in replies.iter().filter(|reply| !reply.is_empty()) {
                    let mut bytes = [0; 256];
                    let length = stream.read(&mut bytes).await.unwrap();
                    asked.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
                    stream.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
                }
            }
            asked
        });
        let effects = Effects::new(Source::Redis { server, key: "paid:{id}".into() }, Dialer::new(Destinations::default()));
        let mut counts = Vec::new();
        for _ in 0..4 {
            counts.push(effects.count("evt_1").await.map_err(|message| message.contains("password")));
        }
        assert_eq!(counts, [Ok(7), Ok(3), Ok(0), Err(true)]);
        assert!(asked.await.unwrap().starts_with("*2\r\n$4\r\nTYPE\r\n$10\r\npaid:evt_1\r\n*2\r\n$3\r\nGET\r\n"));
    }

    #[test]
    fn lines_of_one_event_are_counted() {
        let path = std::env::temp_dir().join(format!("payvost-effects-{}", std::process::id()));
        assert_eq!(count_lines(&path, "evt_1", None), Ok(0));
        std::fs::write(&path, "paid: evt_1 9.99\nlog evt_1\npaid: evt_12\npaid: evt_1\n").unwrap();
        assert_eq!(count_lines(&path, "evt_1", None), Ok(3));
        assert_eq!(count_lines(&path, "evt_1", Some("paid:")), Ok(2));
        std::fs::remove_file(path).unwrap();
    }
}
