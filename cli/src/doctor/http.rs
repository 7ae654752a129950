//! HTTP/1.1 written byte by byte, since many checks send what a proper client refuses to send.

use std::io;
use std::time::{Duration, Instant};

use payvost_webhooks_sandbox::deliver::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::time::sleep;

/// How much of a response's body is kept.
const KEPT_BODY_BYTES: usize = 64 * 1_024;
const MAX_HEAD_BYTES: usize = 64 * 1_024;
const MAX_HEADERS: usize = 128;

/// What a request does, in order.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Pause(Duration),
    /// Says that nothing more will come, and still reads.
    HalfClose,
}

/// A complete response.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) took: Duration,
    /// Whether the connection stays open for another request.
    pub(crate) keeps_open: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    fn says(&self, name: &str, word: &str) -> bool {
        self.header(name).is_some_and(|value| String::from_utf8_lossy(value).to_ascii_lowercase().contains(word))
    }
}

pub(crate) struct Connection {
    reader: ReadHalf<Box<dyn Stream>>,
    writer: WriteHalf<Box<dyn Stream>>,
    /// What has arrived and was not used yet.
    arrived: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        let (reader, writer) = split(stream);
        Self { reader, writer, arrived: Vec::new() }
    }

    /// Sends while it reads: a receiver may refuse a long request before it has arrived.
    pub(crate) async fn exchange(&mut self, steps: &[Step], expects_body: bool) -> io::Result<Answer> {
        let began = Instant::now();
        let mut incoming = Incoming { reader: &mut self.reader, arrived: &mut self.arrived };
        let answer = {
            let reading = incoming.answer(expects_body);
            tokio::pin!(reading);
            let writing = perform(&mut self.writer, steps);
            tokio::select! {
                biased;
                answer = &mut reading => answer,
                // A receiver that stops reading may have answered. If not, reading ends with an error too.
                _ = writing => reading.await,
            }
        };
        answer.map(|answer| Answer { took: began.elapsed(), ..answer })
    }

    /// Sends a head, waits for `100 Continue` up to a time, and sends the body.
    ///
    /// A final response that comes instead of `100 Continue` is returned as the answer.
    pub(crate) async fn exchange_after_continue(&mut self, head: &[u8], body: &[u8], patience: Duration) -> io::Result<Answer> {
        self.writer.write_all(head).await?;
        let mut incoming = Incoming { reader: &mut self.reader, arrived: &mut self.arrived };
        if let Ok(interim) = tokio::time::timeout(patience, incoming.head()).await {
            let interim = interim?;
            if interim.status != 100 {
                return incoming.rest(interim, true).await;
            }
        }
        self.exchange(&[Step::Send(body.to_vec())], true).await
    }
}

async fn perform(writer: &mut WriteHalf<Box<dyn Stream>>, steps: &[Step]) -> io::Result<()> {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                writer.write_all(bytes).await?;
                writer.flush().await?;
            }
            Step::Pause(pause) => sleep(*pause).await,
            Step::HalfClose => writer.shutdown().await?,
        }
    }
    Ok(())
}

struct Incoming<'c> {
    reader: &'c mut ReadHalf<Box<dyn Stream>>,
    arrived: &'c mut Vec<u8>,
}

impl Incoming<'_> {
    /// The final response; interim ones are skipped.
    async fn answer(&mut self, expects_body: bool) -> io::Result<Answer> {
        loop {
            let head = self.head().await?;
            if head.status >= 200 {
                return self.rest(head, expects_body).await;
            }
        }
    }

    async fn head(&mut self) -> io::Result<Answer> {
        loop {
            if let Some((length, answer)) = parse_head(self.arrived)? {
                self.arrived.drain(..length);
                return Ok(answer);
            }
            if self.arrived.len() > MAX_HEAD_BYTES {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Reads the body, as RFC 9112 §6.3 says where it ends.
    async fn rest(&mut self, mut answer: Answer, expects_body: bool) -> io::Result<Answer> {
        let length = answer.header("content-length").and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
        let closes = answer.says("connection", "close");
        if !expects_body || matches!(answer.status, 204 | 304) {
            answer.keeps_open = !closes;
        } else if answer.says("transfer-encoding", "chunked") {
            self.chunks(&mut answer.body).await?;
            answer.keeps_open = !closes;
        } else if let Some(length) = length {
            self.take(length, &mut answer.body).await?;
            answer.keeps_open = !closes;
        } else {
            while self.more().await? > 0 && self.arrived.len() < KEPT_BODY_BYTES {}
            answer.body = std::mem::take(self.arrived);
        }
        answer.body.truncate(KEPT_BODY_BYTES);
        Ok(answer)
    }

    async fn take(&mut self, length: usize, into: &mut Vec<u8>) -> io::Result<()> {
        let mut left = length;
        loop {
            let now = left.min(self.arrived.len());
            let taken: Vec<u8> = self.arrived.drain(..now).collect();
            if into.len() < KEPT_BODY_BYTES {
                into.extend(taken);
            }
            left -= now;
            if left == 0 {
                return Ok(());
            }
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn chunks(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let line = self.line().await?;
            let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
            let size = std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| usize::from_str_radix(digits.trim(), 16).ok())
                .ok_or(io::ErrorKind::InvalidData)?;
            if size == 0 {
                while !self.line().await?.is_empty() {}
                return Ok(());
            }
            self.take(size, into).await?;
            self.line().await?;
        }
    }

    /// A line without its end.
    async fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = self.arrived.windows(2).position(|pair| pair == b"\r\n") {
                let mut line: Vec<u8> = self.arrived.drain(..end + 2).collect();
                line.truncate(end);
                return Ok(line);
            }
            if self.arrived.len() > MAX_HEAD_BYTES || self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn more(&mut self) -> io::Result<usize> {
        self.arrived.reserve(8 * 1_024);
        self.reader.read_buf(self.arrived).await
    }
}

fn parse_head(bytes: &[u8]) -> io::Result<Option<(usize, Answer)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => {
            let headers = response.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec())).collect();
            Ok(Some((length, Answer { status: response.code.unwrap_or_default(), headers, ..Answer::default() })))
        }
        Ok(httparse::Status::Partial) => Ok(None),
        Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    async fn answer_of(bytes: &[u8]) -> io::Result<Answer> {
        let (ours, mut theirs) = duplex(1 << 20);
        theirs.write_all(bytes).await.unwrap();
        drop(theirs);
        Connection::new(Box::new(ours)).exchange(&[], true).await
    }

    #[tokio::test]
    async fn each_framing_of_a_body_is_read() {
        for (bytes, body, keeps_open) in [
            (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], &b"ok"[..], true),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nConnection: Close\r\n\r\nok", b"ok", false),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nA: b\r\n\r\n", b"ok", true),
            (b"HTTP/1.0 200 OK\r\n\r\nok", b"ok", false),
            (b"HTTP/1.1 204 No Content\r\n\r\n", b"", true),
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", true),
        ] {
            let answer = answer_of(bytes).await.unwrap();
            assert_eq!((answer.body.as_slice(), answer.keeps_open), (body, keeps_open), "{}", bytes.escape_ascii());
        }
    }

    #[tokio::test]
    async fn half_a_response_is_not_an_answer() {
        for bytes in [&b""[..], b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", b"nonsense\r\n\r\n"] {
            assert!(answer_of(bytes).await.is_err(), "{}", bytes.escape_ascii());
        }
    }
}
