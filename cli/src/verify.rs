//! `payvost-webhooks verify`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use payvost_webhooks::{Error, ErrorClass, WebhookVerifier};
use serde_json::json;

use crate::input::{SecretArguments, body};
use crate::status::{Failure, REFUSED};

/// Check a body against its signature, as a receiver does
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  payvost-webhooks verify body.bin --signature \"$SIGNATURE\" --secret-file secret.txt")]
pub(crate) struct Arguments {
    /// The body. `-` reads standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The value of the Payvost-Signature header
    #[arg(long, value_name = "TEXT")]
    signature: String,
    #[command(flatten)]
    secret: SecretArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let secret = arguments.secret.read()?;
    let payload = body(&arguments.file, &arguments.secret)?;
    let mut output = std::io::stdout().lock();
    let verdict = WebhookVerifier::new(&secret).and_then(|verifier| {
        let event = verifier.verify(&payload, arguments.signature.as_str())?;
        Ok((event.id().to_string(), event.event_type().to_string()))
    });
    match verdict {
        Ok((id, event_type)) => {
            if arguments.json {
                writeln!(output, "{}", json!({ "verdict": "ok", "id": id, "type": event_type }))?;
            } else {
                writeln!(output, "ok: {event_type} {id}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.class() == ErrorClass::Configuration => Err(Failure::from_core(error)),
        Err(error) => {
            refuse(&mut output, &error, arguments.json)?;
            Ok(ExitCode::from(REFUSED))
        }
    }
}

fn refuse(output: &mut impl Write, error: &Error, as_json: bool) -> std::io::Result<()> {
    let code = error.code().as_str();
    if as_json {
        writeln!(output, "{}", json!({ "verdict": code, "message": error.to_string(), "hint": error.hint() }))
    } else {
        writeln!(output, "{code}: {error}\n{}", error.hint())
    }
}
