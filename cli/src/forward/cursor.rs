//! The place up to which everything has been forwarded, in a file.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::source::Position;
use crate::status::Failure;

#[derive(Debug)]
pub(super) struct Cursor {
    file: PathBuf,
    position: Option<Position>,
}

impl Cursor {
    /// Reads the place, if the file has one.
    pub(super) fn open(file: &Path) -> Result<Self, Failure> {
        let position = match fs::read(file) {
            Ok(text) => Some(serde_json::from_slice(&text).map_err(|_| {
                Failure::usage(format!("{} is not a cursor. Name another file, or delete it to start over.", file.display()))
            })?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::usage(format!("cannot read the cursor {}: {error}", file.display()))),
        };
        Ok(Self { file: file.to_owned(), position })
    }

    pub(super) const fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Writes another file and renames it: a crash leaves the old place or the new one.
    pub(super) fn save(&mut self, position: Position) -> Result<(), Failure> {
        let mut temporary = self.file.clone().into_os_string();
        temporary.push(".new");
        let write = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
            file.write_all(&serde_json::to_vec(&position)?)?;
            fs::rename(&temporary, &self.file)
        };
        write().map_err(|error| Failure::unreachable(format!("cannot write the cursor {}: {error}", self.file.display())))?;
        self.position = Some(position);
        Ok(())
    }
}
