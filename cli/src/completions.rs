//! `payvost-webhooks completions`

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::status::Failure;

/// Print a script that completes commands and options in a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks completions bash > ~/.local/share/bash-completion/completions/payvost-webhooks
  payvost-webhooks completions zsh > ~/.zfunc/_payvost-webhooks
  payvost-webhooks completions fish > ~/.config/fish/completions/payvost-webhooks.fish")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: Command) -> Result<ExitCode, Failure> {
    let (name, mut script) = (command.get_name().to_owned(), Vec::new());
    generate(arguments.shell, &mut command, name, &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
