//! Names what the client reports.

use std::error::Error;
use std::io;

use payvost_webhooks::claims::Fault;
use redis::RedisError;

pub(crate) fn fault(error: &RedisError) -> Fault {
    let mut codes: Vec<&str> = error.code().into_iter().collect();
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        codes.extend(name(io.kind()));
    } else if error.is_connection_refusal() {
        codes.push("ECONNREFUSED");
    } else if error.is_timeout() {
        codes.push("ETIMEDOUT");
    } else if error.is_connection_dropped() {
        codes.push("ECONNRESET");
    }
    Fault::classify("redis::RedisError", &codes, "")
}

fn name(kind: io::ErrorKind) -> Option<&'static str> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some("ECONNREFUSED"),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => Some("ECONNRESET"),
        io::ErrorKind::BrokenPipe => Some("EPIPE"),
        io::ErrorKind::TimedOut => Some("ETIMEDOUT"),
        io::ErrorKind::HostUnreachable => Some("EHOSTUNREACH"),
        io::ErrorKind::NetworkUnreachable => Some("ENETUNREACH"),
        _ => None,
    }
}
