//! `payvost-webhooks man`

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::status::Failure;

/// Print the manual page, or write one for each command
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  payvost-webhooks man send | man -l -
  payvost-webhooks man --folder /usr/local/share/man/man1")]
pub(crate) struct Arguments {
    /// Print the page of this command: send
    #[arg(value_name = "COMMAND", conflicts_with = "folder")]
    of: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, command: Command) -> Result<ExitCode, Failure> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &arguments.folder {
        write_all(&command, folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut wanted = &command;
    for name in &arguments.of {
        wanted = wanted
            .find_subcommand(name)
            .ok_or_else(|| Failure::usage(format!("there is no command {name:?}. payvost-webhooks --help lists them.")))?;
    }
    std::io::stdout().lock().write_all(&page(wanted)?)?;
    Ok(ExitCode::SUCCESS)
}

fn write_all(command: &Command, folder: &Path) -> Result<(), Failure> {
    let file = folder.join(format!("{}.1", name_of(command)));
    fs::write(&file, page(command)?)
        .map_err(|error| Failure::unreachable(format!("cannot write {}: {error}", file.display())))?;
    command.get_subcommands().try_for_each(|command| write_all(command, folder))
}

/// `payvost-webhooks-events-show`
fn name_of(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}
