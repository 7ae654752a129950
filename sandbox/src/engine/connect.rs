//! Connections, to the addresses that are allowed alone.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hyper::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

/// Where deliveries may go: loopback, and hosts that were named.
///
/// The address that is connected to decides, not the name: a name that points elsewhere a moment later gains nothing.
#[derive(Debug, Clone, Default)]
pub struct Destinations {
    /// In lower case.
    hosts: Arc<[String]>,
}

impl Destinations {
    /// Loopback, and these host names and addresses.
    #[must_use]
    pub fn new(hosts: &[String]) -> Self {
        Self { hosts: hosts.iter().map(|host| host.trim_matches(['[', ']']).to_ascii_lowercase()).collect() }
    }

    /// Whether a connection to this address, which a lower-case host name or address led to, is allowed.
    ///
    /// Link-local addresses are never allowed: cloud providers serve a machine's credentials there.
    #[must_use]
    pub fn allows(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if is_link_local(address) {
            return false;
        }
        address.is_loopback() || self.hosts.iter().any(|allowed| *allowed == host || allowed.parse() == Ok(address))
    }
}

const fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub enum ConnectError {
    /// The host leads to no address that [`Destinations`] allows.
    NotAllowed,
    /// The host has no address.
    NoAddress,
    /// The connection failed.
    Io(io::Error),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed => f.write_str("the address is not allowed"),
            Self::NoAddress => f.write_str("the host has no address"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ConnectError {}

#[derive(Debug, Clone)]
pub(super) struct Connector {
    destinations: Destinations,
}

impl Connector {
    pub(super) const fn new(destinations: Destinations) -> Self {
        Self { destinations }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let destinations = self.destinations.clone();
        Box::pin(async move { connect(&destinations, &uri).await.map(TokioIo::new) })
    }
}

/// Opens a connection to the host and port of a URL, if its address is allowed.
///
/// # Errors
///
/// When no address is allowed, or none answers.
pub async fn connect(destinations: &Destinations, uri: &Uri) -> Result<TcpStream, ConnectError> {
    let host = host(uri);
    let mut failure = ConnectError::NoAddress;
    for address in addresses(uri).await? {
        if !destinations.allows(&host, address.ip()) {
            failure = ConnectError::NotAllowed;
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(ConnectError::Io)?;
                return Ok(stream);
            }
            Err(error) => failure = ConnectError::Io(error),
        }
    }
    Err(failure)
}

/// The addresses of a URL's host, with its port.
pub(super) async fn addresses(uri: &Uri) -> Result<Vec<SocketAddr>, ConnectError> {
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    Ok(tokio::net::lookup_host((host(uri).as_str(), port)).await.map_err(|_| ConnectError::NoAddress)?.collect())
}

/// In lower case, and without the brackets of an IPv6 address.
fn host(uri: &Uri) -> String {
    uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_named_hosts_alone() {
        let allows = |hosts: &[&str], host: &str, address: &str| {
            let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
            Destinations::new(&hosts).allows(host, address.parse().unwrap())
        };
        assert!(allows(&[], "localhost", "127.0.0.1"));
        assert!(allows(&[], "anything.example", "127.8.9.1"));
        assert!(allows(&[], "::1", "::1"));
        assert!(!allows(&[], "example.com", "93.184.215.14"));
        assert!(!allows(&[], "localhost", "10.0.0.1"));
        assert!(!allows(&[], "0.0.0.0", "0.0.0.0"));
        assert!(allows(&["Host.Docker.Internal"], "host.docker.internal", "172.17.0.1"));
        assert!(allows(&["10.0.0.1"], "app.example", "10.0.0.1"));
        assert!(!allows(&["10.0.0.1"], "app.example", "10.0.0.2"));
        for link_local in ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"] {
            assert!(!allows(&["metadata.example", "169.254.169.254"], "metadata.example", link_local));
        }
    }
}
