//! `payvost-webhooks events`

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use payvost_webhooks::EVENT_TYPES;
use serde_json::json;

use crate::event::EventArguments;
use crate::status::Failure;

/// List the documented event types, or print a sample
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks events list
  payvost-webhooks events show payment.succeeded --set data.amount=10.00 --id evt_1")]
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
    /// Print the sample event of a documented type, in JSON
    #[command(after_help = "Example:
  payvost-webhooks events show payment.succeeded --set data.amount=10.00 --remove data.metadata > event.json")]
    Show {
        /// Such as payment.succeeded
        #[arg(value_name = "TYPE")]
        event_type: String,
        #[command(flatten)]
        event: EventArguments,
        /// Changes nothing: the event is JSON already
        #[arg(long)]
        json: bool,
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
        Command::Show { event_type, event, .. } => writeln!(output, "{}", event.documented(event_type)?)?,
    }
    Ok(ExitCode::SUCCESS)
}
