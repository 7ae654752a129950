//! Where secrets and bodies come from.

use core::fmt;
use std::fs;
use std::io::{IsTerminal, Read, stdin};
use std::path::{Path, PathBuf};

use clap::Args;

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
        if let Some(secret) = &self.secret {
            eprintln!("warning: --secret shows the secret to every user of this machine. Use --secret-file or WEBHOOK_SECRET.");
            return Ok(secret.clone().into_bytes());
        }
        match &self.secret_file {
            Some(file) => {
                let mut secret = read(file, "the secret")?;
                // What editors and `echo` add. Anything else at the edges is refused with its own message.
                if secret.last() == Some(&b'\n') {
                    secret.pop();
                    if secret.last() == Some(&b'\r') {
                        secret.pop();
                    }
                }
                Ok(secret)
            }
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
