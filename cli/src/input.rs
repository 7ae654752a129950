//! Where secrets and bodies come from.

use core::fmt;
use std::fs;
use std::io::{IsTerminal, Read, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};
use payvost_webhooks::Router;
use payvost_webhooks_sandbox::deliver::{Destinations, Sender};

use crate::status::Failure;

/// Names standard input where a file is expected.
const STANDARD_INPUT: &str = "-";

/// The secret of a webhook.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct SecretArguments {
    /// Read the secret from a file. One newline at its end is dropped. `-` reads standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The secret itself. Other users of this machine can see it: prefer --secret-file or WEBHOOK_SECRET
    #[arg(long, value_name = "SECRET")]
    secret: Option<String>,
}

impl fmt::Debug for SecretArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretArguments").field("secret_file", &self.secret_file).finish_non_exhaustive()
    }
}

impl SecretArguments {
    /// From `--secret-file`, from `--secret`, or from `WEBHOOK_SECRET`.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        let whole = self.read_whole()?;
        let is_file = self.secret_file.is_some();
        Ok(if is_file { without_newline(&whole).to_vec() } else { whole })
    }

    /// As [`read`](Self::read), with the newline at the end of a file.
    pub(crate) fn read_whole(&self) -> Result<Vec<u8>, Failure> {
        if let Some(secret) = &self.secret {
            eprintln!("warning: --secret shows the secret to every user of this machine. Use --secret-file or WEBHOOK_SECRET.");
            return Ok(secret.clone().into_bytes());
        }
        match &self.secret_file {
            Some(file) => read(file, "the secret"),
            None => std::env::var_os("WEBHOOK_SECRET")
                .map(std::ffi::OsString::into_encoded_bytes)
                .ok_or_else(|| Failure::usage("no secret was given. Set WEBHOOK_SECRET, or use --secret-file FILE.")),
        }
    }

    /// Whether standard input is taken by the secret.
    pub(crate) fn reads_standard_input(&self) -> bool {
        self.secret_file.as_deref() == Some(Path::new(STANDARD_INPUT))
    }
}

/// The secret in a file.
pub(crate) fn secret_of(file: &Path) -> Result<Vec<u8>, Failure> {
    Ok(without_newline(&read(file, "the secret")?).to_vec())
}

/// A secret without what editors and `echo` add. Anything else at the edges is refused with its own message.
pub(crate) fn without_newline(secret: &[u8]) -> &[u8] {
    let line = secret.strip_suffix(b"\n");
    line.map_or(secret, |line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The bytes of another file.
pub(crate) fn file(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    read(path, what)
}

/// Checks a type, a family or `*`.
pub(crate) fn pattern(text: &str) -> Result<String, String> {
    Router::new().on(text, ()).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Where deliveries may go, and what they carry besides the body and its signature.
#[derive(Debug, Args)]
pub(crate) struct DeliveryArguments {
    /// Deliver to this host too, beside loopback. Can be repeated
    #[arg(long, value_name = "HOST")]
    deliver_to: Vec<String>,
    /// Send this header too. Can be repeated
    #[arg(long, value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
}

impl DeliveryArguments {
    /// A sender that connects to allowed addresses alone.
    pub(crate) fn sender(&self) -> Sender {
        Sender::new(self.destinations(), AGENT)
    }

    /// Where connections may go.
    pub(crate) fn destinations(&self) -> Destinations {
        Destinations::new(&self.deliver_to)
    }

    pub(crate) fn headers(&self) -> &[(String, String)] {
        &self.header
    }
}

/// The `User-Agent` of what the tools send.
const AGENT: &str = concat!("payvost-webhooks/", env!("CARGO_PKG_VERSION"));

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is written as 'NAME: VALUE'")?;
    let (name, value) = (name.trim(), value.trim());
    HeaderName::try_from(name).map_err(|_| format!("{name:?} is not the name of a header"))?;
    HeaderValue::try_from(value).map_err(|_| format!("the value of {name} has characters that a header cannot have"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Checks a URL to deliver to, query included.
pub(crate) fn delivery_url(text: &str) -> Result<String, String> {
    let uri: Uri = text.parse().map_err(|_| format!("{text:?} is not a URL. It looks like http://127.0.0.1:3000/webhooks"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(format!("{text:?} must begin with http:// or https://, and name a host"));
    }
    Ok(text.to_owned())
}

/// Refuses a URL with a password, without showing it.
pub(crate) fn without_credentials(url: &str) -> Result<(), Failure> {
    if url.parse::<Uri>().is_ok_and(|uri| uri.authority().is_some_and(|authority| authority.as_str().contains('@'))) {
        return Err(Failure::usage("a URL to deliver to has no user name and no password. Send them with --header instead."));
    }
    Ok(())
}

/// Reads a body, byte for byte, from a file or standard input.
pub(crate) fn body(file: &Path, secret: &SecretArguments) -> Result<Vec<u8>, Failure> {
    if file == Path::new(STANDARD_INPUT) && secret.reads_standard_input() {
        return Err(Failure::usage("body and secret cannot both come from standard input. Give one of them as a file."));
    }
    read(file, "the body")
}

fn read(file: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    if file != Path::new(STANDARD_INPUT) {
        return fs::read(file).map_err(|error| Failure::usage(format!("cannot read {what} from {}: {error}", file.display())));
    }
    if stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "{what} is expected on standard input, which is a terminal. Use a pipe or a file."
        )));
    }
    let mut bytes = Vec::new();
    stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(format!("cannot read {what} from standard input: {error}")))?;
    Ok(bytes)
}
