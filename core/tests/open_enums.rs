//! Public enums that may grow are `non_exhaustive`, so that a new variant breaks no program.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// Those that will not grow, or whose every variant a host has to handle.
const CLOSED: [&str; 18] = [
    "Answer",
    "Ask",
    "AttemptStatus",
    "CallError",
    "Claiming",
    "Dialect",
    "Environment",
    "Field",
    "HostError",
    "Kind",
    "Level",
    "Method",
    "Names",
    "Next",
    "NoStore",
    "Placeholders",
    "Standing",
    "TakenTicket",
];

#[test]
fn an_enum_that_may_grow_is_non_exhaustive() {
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources).unwrap();
    let (mut open, mut closed) = (0, BTreeSet::new());
    for source in &sources {
        let lines: Vec<_> = source.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(name) = line.strip_prefix("pub enum ") else { continue };
            let name = name.split([' ', '<']).next().unwrap();
            let mut attributes =
                lines[..number].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("///"));
            if attributes.any(|line| *line == "#[non_exhaustive]") {
                open += 1;
            } else {
                closed.insert(name);
            }
        }
    }
    assert_eq!(closed, BTreeSet::from(CLOSED));
    assert!(open > 20, "{open}");
}

fn read(folder: &Path, sources: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, sources)?;
        } else {
            sources.push(fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
