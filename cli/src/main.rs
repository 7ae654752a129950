//! The command `payvost-webhooks`.

mod doctor;
mod events;
mod input;
mod sandbox;
mod sign;
mod status;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::status::Failure;

/// Tools for Payvost webhooks: a local Payvost, signatures, sample events.
#[derive(Debug, Parser)]
#[command(name = "payvost-webhooks", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Sandbox(sandbox::Arguments),
    Sign(sign::Arguments),
    Verify(verify::Arguments),
    Events(events::Arguments),
    Doctor(doctor::Arguments),
}

/// Exit status. 0: fine. 1: refused, or something was found. 2: wrong usage. 3: unreachable.
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Sandbox(arguments) => sandbox::run(arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Events(arguments) => events::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
    };
    done.unwrap_or_else(Failure::report)
}
