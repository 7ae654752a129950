//! The built command, and a receiver to deliver to.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a module of tests"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{env, fs, thread};

use serde_json::Value;

/// The command, in an environment without the caller's settings.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_payvost-webhooks"));
    command.args(arguments).env_remove("WEBHOOK_SECRET").env_remove("PAYVOST_SANDBOX_SECRET");
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
        let all = [&["sandbox", "--listen", "127.0.0.1:0", "--json"], arguments].concat();
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
        let script = format!("kill {name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
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

/// A receiver on loopback that answers after a pause, and counts.
pub struct Receiver {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
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

fn answer(mut stream: TcpStream, status: u16, pause: Duration, kept: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let from = head.len();
        if reader.read_line(&mut head).unwrap_or_default() == 0 {
            return;
        }
        if let Some((name, value)) = head[from..].split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    kept.lock().unwrap().push(String::from_utf8(body).unwrap());
    thread::sleep(pause);
    let _ = write!(stream, "HTTP/1.1 {status} Answer\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let _ = stream.shutdown(Shutdown::Write);
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
