//! `payvost-webhooks sign`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use payvost_webhooks::sign;
use serde_json::json;

use crate::input::{SecretArguments, body};
use crate::status::Failure;

/// Print the signature of a body
///
/// The body is signed byte for byte: a newline at the end of a file counts.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  WEBHOOK_SECRET=whsec_… payvost-webhooks sign event.json")]
pub(crate) struct Arguments {
    /// The body. `-` reads standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    #[command(flatten)]
    secret: SecretArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read()?;
    let payload = body(&arguments.file, &arguments.secret)?;
    let signature = sign(&payload, &secret).map_err(Failure::from_core)?;
    let mut output = std::io::stdout().lock();
    if arguments.json {
        writeln!(output, "{}", json!({ "signature": signature, "bytes": payload.len() }))?;
    } else {
        writeln!(output, "{signature}")?;
    }
    Ok(ExitCode::SUCCESS)
}
