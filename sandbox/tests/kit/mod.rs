//! Receivers and requests for the tests.
#![allow(dead_code, unreachable_pub, clippy::panic, reason = "a module of tests, and not every test needs everything")]

pub mod disk;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use payvost_webhooks::Timestamp;
use payvost_webhooks_sandbox::{Options, Sandbox};
use serde_json::Value;
use tokio::net::TcpListener;

/// Starts a sandbox.
pub async fn sandbox(options: Options) -> Sandbox {
    Sandbox::start(options).await.expect("the sandbox starts")
}

/// Sends a request with the key, and returns the body of the response.
pub async fn api(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>) -> Value {
    let (_, _, body) = request(
        sandbox,
        method,
        path,
        &[("authorization", &format!("Bearer {}", sandbox.api_key()))],
        body.map(|body| body.to_string()),
    )
    .await;
    body
}

/// Sends a request, and returns status, headers and body of the response.
pub async fn request(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> (u16, HeaderMap, Value) {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let mut request = axum::http::Request::builder().method(method).uri(format!("{}{path}", sandbox.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = client.request(request.body(Full::from(body.unwrap_or_default())).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        head.status.as_u16(),
        head.headers,
        serde_json::from_slice(&body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into())),
    )
}

/// Sends a request with the default key to a sandbox by its base URL, and returns the status.
pub async fn get(base_url: &str, path: &str) -> u16 {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request =
        axum::http::Request::builder().uri(format!("{base_url}{path}")).header("authorization", "Bearer sk_test_sandbox");
    client.request(request.body(Full::default()).unwrap()).await.unwrap().status().as_u16()
}

/// The four numbers.
pub async fn totals(sandbox: &Sandbox) -> Value {
    api(sandbox, "GET", "/v1/testing/totals", None).await["data"].clone()
}

/// A time of the API in seconds.
pub fn seconds(time: &Value) -> i64 {
    Timestamp::parse_rfc3339(time.as_str().unwrap()).unwrap().unix_seconds()
}

/// Waits for something that has to happen.
pub async fn eventually(what: impl Fn() -> bool) {
    for _ in 0..250 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}

/// The same with something that has to be asked.
pub async fn eventually_async(what: impl AsyncFn() -> bool) {
    for _ in 0..250 {
        if what().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}

/// A request that a receiver got.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub signature: String,
    pub body: Bytes,
}

type Answer = Box<dyn Fn(&Received) -> u16 + Send>;

struct Inner {
    requests: Mutex<Vec<Received>>,
    answer: Mutex<Answer>,
    pause: Duration,
}

/// A receiver that keeps what it gets.
pub struct Receiver {
    inner: Arc<Inner>,
    port: u16,
}

impl Receiver {
    pub async fn start(answer: impl Fn(&Received) -> u16 + Send + 'static) -> Self {
        Self::with(Box::new(answer), Duration::ZERO).await
    }

    pub async fn slow(pause: Duration) -> Self {
        Self::with(Box::new(|_| 200), pause).await
    }

    async fn with(answer: Answer, pause: Duration) -> Self {
        let inner = Arc::new(Inner { requests: Mutex::default(), answer: Mutex::new(answer), pause });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(receive).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, port }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhooks/payvost", self.port)
    }

    pub fn answer(&self, answer: impl Fn(&Received) -> u16 + Send + 'static) {
        *self.inner.answer.lock().unwrap() = Box::new(answer);
    }

    pub fn requests(&self) -> Vec<Received> {
        self.inner.requests.lock().unwrap().clone()
    }
}

async fn receive(
    State(inner): State<Arc<Inner>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let signature = headers.get("payvost-signature").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let received = Received { path: uri.path().to_owned(), signature, body };
    tokio::time::sleep(inner.pause).await;
    let status = (inner.answer.lock().unwrap())(&received);
    inner.requests.lock().unwrap().push(received);
    (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")])
}

/// A server that resets every connection.
pub struct Reset {
    port: u16,
}

impl Reset {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                drop(stream);
            }
        });
        Self { port }
    }

    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// A port that nothing listens on.
pub async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// A folder of its own, deleted at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("payvost-sandbox-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The permissions of a file.
pub fn permissions(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}
