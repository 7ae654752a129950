//! Receivers that read HTTP themselves, and make mistakes that a web server would not let them make.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use payvost_webhooks::verify_webhook;

use super::{Fault, SECRET};

pub(super) const FAULTS: &[Fault] =
    &[Fault::HeaderInOneCase, Fault::ReadsWhatIsThere, Fault::LosesTheSecondRequest, Fault::LeavesTheBody];

/// Starts one, and returns its URL.
pub(super) fn start(fault: Fault) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(&stream, fault));
        }
    });
    url
}

/// Answers requests until the connection ends, or cannot be understood.
fn serve(mut stream: &TcpStream, fault: Fault) {
    let mut arrived = Vec::new();
    loop {
        let Some(head) = read_head(stream, &mut arrived) else { return };
        let mut lines = head.split("\r\n");
        let is_post = lines.next().is_some_and(|line| line.starts_with("POST "));
        let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
        let find = |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        let signature = match fault {
            Fault::HeaderInOneCase => headers.iter().find(|(key, _)| *key == "Payvost-Signature").map(|(_, value)| *value),
            _ => find("Payvost-Signature"),
        };
        let is_doubled = headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case("Payvost-Signature")).count() > 1;
        let early = match (fault, signature) {
            (Fault::LeavesTheBody, None) => true,
            _ => !is_post,
        };
        if early {
            answer(stream, if is_post { 400 } else { 405 });
            continue;
        }
        let body = match (fault, find("Content-Length").map(str::parse::<usize>)) {
            (Fault::ReadsWhatIsThere, _) => {
                if arrived.is_empty() {
                    read_some(stream, &mut arrived);
                }
                std::mem::take(&mut arrived)
            }
            (_, None) => {
                answer(stream, 411);
                return;
            }
            (_, Some(Ok(length))) if length <= 1 << 20 => {
                if find("Expect").is_some() {
                    let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
                }
                while arrived.len() < length {
                    if read_some(stream, &mut arrived) == 0 {
                        return;
                    }
                }
                arrived.drain(..length).collect()
            }
            _ => {
                answer(stream, 413);
                return;
            }
        };
        if fault == Fault::LosesTheSecondRequest {
            arrived.clear();
        }
        let signature = signature.filter(|_| !is_doubled).unwrap_or_default();
        answer(stream, if verify_webhook(&body, signature.as_bytes(), SECRET).is_ok() { 200 } else { 400 });
    }
}

fn read_head(stream: &TcpStream, arrived: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = arrived.windows(4).position(|end| end == b"\r\n\r\n") {
            let head: Vec<u8> = arrived.drain(..end + 4).collect();
            return Some(String::from_utf8_lossy(&head).into_owned());
        }
        if read_some(stream, arrived) == 0 {
            return None;
        }
    }
}

fn read_some(mut stream: &TcpStream, arrived: &mut Vec<u8>) -> usize {
    let mut buffer = [0; 4_096];
    let length = stream.read(&mut buffer).unwrap_or_default();
    arrived.extend_from_slice(&buffer[..length]);
    length
}

fn answer(mut stream: &TcpStream, status: u16) {
    let _ = stream.write_all(format!("HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\n\r\n").as_bytes());
}
