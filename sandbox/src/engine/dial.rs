//! Connections for callers that write HTTP themselves.

use core::fmt;
use std::net::SocketAddr;

use hyper::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::rt::TokioIo;
use payvost_webhooks::provide::Fault;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use super::connect::{ConnectError, Connector, Destinations, addresses};
use super::send::fault_of_connection;

/// An open connection, with or without TLS.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Opens connections to loopback, and to hosts that were named.
///
/// The address that is connected to decides, not the name. Link-local addresses are never allowed.
#[derive(Clone)]
pub struct Dialer {
    connector: HttpsConnector<Connector>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}

impl Dialer {
    /// Connects to these destinations alone.
    #[must_use]
    pub fn new(destinations: Destinations) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector::new(destinations));
        Self { connector }
    }

    /// Connects to the host and port of a URL.
    ///
    /// # Errors
    ///
    /// Why there is no connection.
    pub async fn dial(&self, url: &Uri) -> Result<Box<dyn Stream>, Fault> {
        match self.connector.clone().call(url.clone()).await {
            Ok(stream) => Ok(Box::new(TokioIo::new(stream))),
            Err(error) => Err(error.downcast_ref::<ConnectError>().map_or(Fault::TlsFailed, fault_of_connection)),
        }
    }

    /// Whether each address of a URL's host is on this machine.
    ///
    /// # Errors
    ///
    /// [`Fault::DnsFailed`] if the host has no address.
    pub async fn is_local(url: &Uri) -> Result<bool, Fault> {
        let addresses = addresses(url).await.map_err(|error| fault_of_connection(&error))?;
        Ok(addresses.iter().map(SocketAddr::ip).all(|address| address.to_canonical().is_loopback()))
    }
}
