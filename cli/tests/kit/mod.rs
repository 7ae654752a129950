//! The built command, and a receiver to deliver to.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a module of tests"
)]

pub mod terminal;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::Value;

/// The command, in an environment without the caller's settings.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payvost-webhooks"));
    command.args(arguments);
    for name in ["WEBHOOK_SECRET", "PAYVOST_SANDBOX_SECRET", "PAYVOST_BASE_URL", "PAYVOST_API_KEY", "COLUMNS", "CI", "NO_COLOR"]
    {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end, with this standard input.
pub fn run(arguments: &[&str], input: &[u8]) -> Output {
    run_with(command(arguments), input)
}

pub fn run_with(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A sandbox that runs, killed at the end of a test.
pub struct Running {
    pub child: Child,
    pub output: BufReader<ChildStdout>,
    /// The line that says that it is ready.
    pub ready: Value,
}

impl Running {
    pub fn start(arguments: &[&str]) -> Self {
        let listen = ["--listen", "127.0.0.1:0"];
        let listen = if arguments.contains(&"--listen") { &[][..] } else { &listen };
        let all = [&["sandbox", "--json"], listen, arguments].concat();
        let mut child = command(&all).stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line:?}"));
        Self { child, output, ready }
    }

    pub fn base_url(&self) -> &str {
        self.ready["baseUrl"].as_str().unwrap()
    }

    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Publishes an event of this id, to all webhooks.
    pub fn publish(&self, event_type: &str, id: &str) {
        let body = format!(r#"{{"eventType": "{event_type}", "id": "{id}"}}"#);
        assert_eq!(self.curl(&["-d", &body], "/v1/testing/events")["success"], true);
    }

    /// A call of the API, by a client that is not ours.
    pub fn curl(&self, arguments: &[&str], path: &str) -> Value {
        let url = format!("{}{path}", self.base_url());
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--noproxy", "*", "-H", "Authorization: Bearer sk_test_sandbox"])
            .args(arguments)
            .arg(url)
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal: `-INT`.
pub fn signal(child: &Child, name: &str) {
    let script = format!("kill {name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
}

/// A process that is killed when it is dropped, so that a failed test leaves none.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How long a process takes to end after a signal, and its exit status.
pub fn end_by_signal(mut process: Process, name: &str) -> (Duration, Option<i32>) {
    let started = Instant::now();
    signal(&process.0, name);
    let status = process.0.wait().unwrap();
    (started.elapsed(), status.code())
}

/// A server that does with each connection whatever a test wants, once it has read the request. Returns its URL.
pub fn server(behave: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let behave = Arc::clone(&behave);
            thread::spawn(move || {
                if read_request(&stream).is_some() {
                    behave(stream);
                }
            });
        }
    });
    url
}

/// A URL on which nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// The lines of JSON in an output.
pub fn json_lines(output: &[u8]) -> Vec<Value> {
    text(output).lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// A receiver on loopback that answers after a pause, and keeps the requests.
pub struct Receiver {
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// A request that a receiver got.
#[derive(Debug, Clone)]
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    /// The value of a header, if there is exactly one.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values =
            self.head.lines().filter_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)));
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value.trim())
    }
}

impl Receiver {
    pub fn start(status: u16, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/webhooks/payvost", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || answer(stream, status, pause, &kept));
            }
        });
        Self { url, requests }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    pub fn wait_for(&self, count: usize) {
        for _ in 0..500 {
            if self.count() >= count {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{} of {count} requests came", self.count());
    }
}

fn answer(mut stream: TcpStream, status: u16, pause: Duration, kept: &Mutex<Vec<Request>>) {
    let Some(request) = read_request(&stream) else { return };
    kept.lock().unwrap().push(request);
    thread::sleep(pause);
    let _ = write!(stream, "HTTP/1.1 {status} Answer\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let _ = stream.shutdown(Shutdown::Write);
}

/// `None` when the sender broke off.
fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let from = head.len();
        if reader.read_line(&mut head).unwrap_or_default() == 0 {
            return None;
        }
        if let Some((name, value)) = head[from..].split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { head, body: String::from_utf8_lossy(&body).into_owned() })
}

/// A folder of its own, deleted at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("payvost-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn write(&self, name: &str, content: &[u8]) -> String {
        let file = self.0.join(name);
        fs::write(&file, content).unwrap();
        file.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
