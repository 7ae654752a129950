//! Names what the client reports.

use std::error::Error;
use std::io;

use payvost_webhooks::claims::Fault;
use redis::{ErrorKind, RedisError};

pub(crate) fn fault(error: &RedisError) -> Fault {
    let mut codes: Vec<&str> = error.code().into_iter().collect();
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        codes.extend(Fault::code_of(io.kind()));
    } else if error.is_connection_refusal() {
        codes.push("ECONNREFUSED");
    } else if error.is_timeout() {
        codes.push("ETIMEDOUT");
    } else if error.kind() == ErrorKind::ClusterConnectionNotFound {
        codes.push("CLUSTERDOWN");
    } else if error.is_connection_dropped() {
        codes.push("ECONNRESET");
    }
    Fault::classify("redis::RedisError", &codes, "")
}
