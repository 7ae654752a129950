//! The command `payvost-webhooks`.

mod api;
mod completions;
mod delivery;
mod dispatch;
mod doctor;
mod edit;
mod event;
mod events;
mod explain;
mod forge;
mod forward;
mod input;
mod man;
mod record;
mod recording;
mod replay;
mod runtime;
mod sandbox;
mod send;
mod sign;
mod status;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::status::Failure;

/// Tools for Payvost webhooks: a local Payvost, signatures, sample events.
#[derive(Debug, Parser)]
#[command(name = "payvost-webhooks", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Sandbox(sandbox::Arguments),
    Send(send::Arguments),
    Forward(forward::Arguments),
    Record(record::Arguments),
    Replay(replay::Arguments),
    Sign(sign::Arguments),
    Verify(verify::Arguments),
    Explain(explain::Arguments),
    Events(events::Arguments),
    Doctor(doctor::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Exit status. 0: fine. 1: refused, or something was found. 2: wrong usage. 3: unreachable.
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Sandbox(arguments) => sandbox::run(arguments),
        Command::Send(arguments) => send::run(arguments),
        Command::Forward(arguments) => forward::run(&arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Events(arguments) => events::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => man::run(&arguments, Arguments::command()),
    };
    done.unwrap_or_else(Failure::report)
}
