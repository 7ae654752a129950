//! `payvost-webhooks record`

use core::convert::Infallible;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use payvost_webhooks::{DEFAULT_MAX_PAYLOAD_BYTES, WebhookVerifier};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::delivery::printable;
use crate::event::now;
use crate::input::SecretArguments;
use crate::recording::Recorded;
use crate::runtime::{block_on, interrupted};
use crate::status::Failure;

/// Receive real deliveries, verify them and keep them in a file
///
/// A delivery that verifies is answered with 200 once it is in the file, and every other one with 400. The file has a line of JSON for
/// each: time, path, headers, the body in Base64, and the verdict. Only its owner can read it, since it holds real data.
///
/// Ctrl-C ends it. Replay the file with payvost-webhooks replay, or forward it with payvost-webhooks forward --recording.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  payvost-webhooks record deliveries.jsonl --secret-file secret.txt --listen 127.0.0.1:4401")]
pub(crate) struct Arguments {
    /// The file to append to. It is made with permissions 0600
    file: PathBuf,
    /// Where to listen. Port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4401")]
    listen: SocketAddr,
    #[command(flatten)]
    secret: SecretArguments,
    /// End after this number of deliveries that verify
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// Print a line of JSON when it is ready, and one for each delivery
    #[arg(long)]
    json: bool,
}

/// How long a request may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read()?;
    let verifier = WebhookVerifier::new(&secret).map_err(Failure::from_core)?;
    let file = open(&arguments.file)
        .map_err(|error| Failure::usage(format!("cannot write to {}: {error}", arguments.file.display())))?;
    block_on(serve(arguments, verifier, file))
}

/// For its owner alone, also where it was there already.
fn open(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

struct Recorder {
    verifier: WebhookVerifier,
    file: Mutex<File>,
    seen: mpsc::UnboundedSender<Seen>,
}

/// A delivery that was recorded.
struct Seen {
    verdict: &'static str,
    name: Option<(String, String)>,
}

async fn serve(arguments: &Arguments, verifier: WebhookVerifier, file: File) -> Result<ExitCode, Failure> {
    let cannot_listen = |error| Failure::unreachable(format!("cannot listen on {}: {error}", arguments.listen));
    let listener = TcpListener::bind(arguments.listen).await.map_err(cannot_listen)?;
    let url = format!("http://{}", listener.local_addr().map_err(cannot_listen)?);
    let (seen, mut recorded) = mpsc::unbounded_channel();
    let recorder = Arc::new(Recorder { verifier, file: Mutex::new(file), seen });
    let server = tokio::spawn(accept(listener, recorder));
    print(&if arguments.json {
        json!({ "ready": true, "url": url, "file": arguments.file }).to_string()
    } else {
        format!("recording {url} to {}. Ctrl-C ends it.", arguments.file.display())
    })?;

    let (mut verified, mut refused) = (0_u64, 0_u64);
    let stop = interrupted();
    tokio::pin!(stop);
    while arguments.count.is_none_or(|count| verified < count) {
        let seen = tokio::select! {
            () = &mut stop => break,
            seen = recorded.recv() => seen,
        };
        let Some(Seen { verdict, name }) = seen else { break };
        if verdict == "ok" {
            verified += 1
        } else {
            refused += 1
        }
        let event = name.as_ref().map(|(id, event_type)| json!({ "id": id, "type": event_type }));
        print(&if arguments.json {
            json!({ "verdict": verdict, "event": event }).to_string()
        } else {
            let name = name.map_or(String::new(), |(id, event_type)| printable(&format!("{event_type} {id}")));
            format!("{verdict}  {name}").trim_end().to_owned()
        })?;
    }
    // The last response is on its way.
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.abort();
    print(&if arguments.json {
        json!({ "summary": { "verified": verified, "refused": refused } }).to_string()
    } else {
        format!("{verified} verified, {refused} refused")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn print(line: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}

async fn accept(listener: TcpListener, recorder: Arc<Recorder>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say: others close soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let recorder = Arc::clone(&recorder);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let recorder = Arc::clone(&recorder);
                async move { Ok::<_, Infallible>(recorder.answer(request).await) }
            });
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            // A connection that breaks off concerns its sender alone.
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

impl Recorder {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() != Method::POST {
            let mut response = respond(StatusCode::METHOD_NOT_ALLOWED, r#"{"error":"method_not_allowed"}"#.to_owned());
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return response;
        }
        let (head, body) = request.into_parts();
        let too_large = || respond(StatusCode::PAYLOAD_TOO_LARGE, r#"{"error":"payload_too_large"}"#.to_owned());
        // What is announced as too long is refused before it arrives.
        if body.size_hint().lower() > u64::try_from(DEFAULT_MAX_PAYLOAD_BYTES).unwrap_or(u64::MAX) {
            return too_large();
        }
        let body = match timeout(PATIENCE, Limited::new(body, DEFAULT_MAX_PAYLOAD_BYTES).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return too_large(),
            _ => return respond(StatusCode::REQUEST_TIMEOUT, r#"{"error":"body_incomplete"}"#.to_owned()),
        };
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        // To write and sync a file blocks.
        let recorder = Arc::clone(&self);
        let kept = tokio::task::spawn_blocking(move || recorder.keep(path, &head.headers, &body)).await;
        let Ok(Ok(seen)) = kept else {
            return respond(StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"store_unavailable"}"#.to_owned());
        };
        let response = if seen.verdict == "ok" {
            respond(StatusCode::OK, r#"{"received":true}"#.to_owned())
        } else {
            respond(StatusCode::BAD_REQUEST, json!({ "error": seen.verdict }).to_string())
        };
        // If nobody listens any more, the recorder is about to end.
        let _ = self.seen.send(seen);
        response
    }

    fn keep(&self, path: String, headers: &HeaderMap, body: &[u8]) -> std::io::Result<Seen> {
        // Repeated headers are joined, as most servers do: two signatures are none.
        let values: Vec<&[u8]> = headers.get_all("payvost-signature").iter().map(HeaderValue::as_bytes).collect();
        let signature = values.join(&b", "[..]);
        let signature = (!values.is_empty()).then_some(signature.as_slice());
        let (verdict, name) = match self.verifier.verify(body, signature) {
            Ok(event) => ("ok", Some((event.id().to_owned(), event.event_type().to_owned()))),
            Err(error) => (error.code().as_str(), None),
        };
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut line = serde_json::to_vec(&Recorded::new(now(), path, headers, body, verdict))?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line)?;
        file.sync_data()?;
        Ok(Seen { verdict, name })
    }
}

fn respond(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
