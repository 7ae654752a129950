//! `payvost-webhooks events`

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use payvost_webhooks::{EVENT_TYPES, sample_event};
use serde_json::json;

use crate::status::Failure;

/// List the documented event types, or print a sample
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the documented event types. Payvost may send others
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the sample event of a documented type
    Show {
        /// Such as payment.succeeded
        #[arg(value_name = "TYPE")]
        event_type: String,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut output = std::io::stdout().lock();
    match &arguments.command {
        Command::List { json: true } => writeln!(output, "{}", json!(EVENT_TYPES))?,
        Command::List { json: false } => {
            for event_type in EVENT_TYPES {
                writeln!(output, "{event_type}")?;
            }
        }
        Command::Show { event_type } => {
            let sample = sample_event(event_type).ok_or_else(|| {
                Failure::usage(format!("{event_type:?} is not a documented type. payvost-webhooks events list shows them."))
            })?;
            writeln!(output, "{sample}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
