//! The directions of imports in `core/src`: which module may know which, and no circle between the files of one module.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// Each module, and the modules that it may import from. A new module needs a line here.
const ALLOWED: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("bytes", &[]),
    ("error", &["limits"]),
    ("json", &["bytes", "error", "limits"]),
    ("verify", &["bytes", "error", "json", "limits"]),
    ("events", &["json", "verify"]),
    ("host", &["error", "json", "verify"]),
    ("claims", &["bytes", "error", "limits", "verify"]),
    ("pattern", &[]),
    ("receive", &["bytes", "claims", "error", "limits", "pattern", "verify"]),
    ("manage", &["json", "limits", "pattern"]),
    ("provide", &["limits", "pattern"]),
    ("explain", &["bytes", "error", "events", "json", "limits", "verify"]),
    ("client", &["limits", "manage"]),
];

#[test]
fn modules_import_only_from_those_below_them() {
    for (file, imports) in imports() {
        let module = top(&file);
        let allowed = ALLOWED.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("{module} has no line in ALLOWED"));
        for import in imports {
            let other = top(&import);
            assert_ne!(other, "", "{file}: import from the module that defines it, not from the root of the crate");
            assert!(
                other == module || allowed.contains(&other),
                "{file} imports from {import}: {module} must not know {other}"
            );
        }
    }
}

#[test]
fn no_files_of_a_module_import_from_each_other_in_a_circle() {
    let imports = imports();
    for start in imports.keys() {
        let (mut reached, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(file) = open.pop() {
            for import in &imports[file] {
                assert_ne!(import, start, "a circle: {start} … {file} → {start}");
                if let Some((import, _)) = imports.get_key_value(import)
                    && reached.insert(import)
                {
                    open.push(import);
                }
            }
        }
    }
}

#[test]
fn sees_an_import_however_it_is_written() {
    let source = "//! use crate::a;\npub mod m;\nuse crate::{b::{self, c::D}, e};\nuse super::f::{G,\n H};\n\
                  fn x() { crate::i::j(m::n); } // crate::k\n#[cfg(test)]\nmod tests { use crate::l; }";
    let found: Vec<_> = paths(source).into_iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["crate::b", "crate::b::c::D", "crate::e", "super::f::G", "super::f::H", "crate::i::j", "m::n"]);
}

/// The files of the crate, such as `json/scan`, and the files that each imports from. The root imports everything.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut sources = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let result = read(&root, &root, &mut sources);
    assert!(result.is_ok() && sources.len() > 30, "{result:?}, {} files", sources.len());
    let resolve = |file: &str, path: &[String]| {
        let mut module: Vec<&str> = file.split('/').collect();
        for part in path {
            match &**part {
                "crate" => module.clear(),
                "super" => drop(module.pop()),
                "self" => {}
                name => module.push(name),
            }
        }
        // The part after the file's own path is the name of an item.
        while !module.is_empty() && !sources.contains_key(&module.join("/")) {
            module.pop();
        }
        module.join("/")
    };
    let of =
        |file: &str, source: &str| paths(source).iter().map(|path| resolve(file, path)).filter(|other| other != file).collect();
    sources.iter().map(|(file, source)| (file.clone(), of(file, source))).collect()
}

fn read(root: &Path, folder: &Path, sources: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("src/lib.rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).with_extension("").to_string_lossy().replace('\\', "/");
            sources.insert(name.trim_end_matches("/mod").to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Every path that begins with `crate`, `super`, `self` or a module that is declared here, outside of comments and tests.
fn paths(source: &str) -> Vec<Vec<String>> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let code: String = code.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    let children = code.lines().filter_map(|line| line.strip_suffix(';')?.rsplit_once("mod ").map(|(_, name)| name));
    let starts: Vec<_> = ["crate", "super", "self"].into_iter().chain(children).map(|name| format!("{name}::")).collect();
    let (mut found, mut before) = (Vec::new(), ' ');
    for (index, character) in code.char_indices() {
        let rest = code.split_at(index).1;
        if !is_word(before) && before != ':' && starts.iter().any(|start| rest.starts_with(start)) {
            expand(&[], rest, &mut found);
        }
        before = character;
    }
    found
}

/// The paths at the start of a text, each after a prefix; returns the rest.
fn expand<'t>(prefix: &[String], text: &'t str, found: &mut Vec<Vec<String>>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches(|character: char| character == ',' || character.is_whitespace());
            match rest.strip_prefix('}') {
                Some(behind) => return behind,
                None if rest.is_empty() => return rest,
                None => rest = expand(prefix, rest, found),
            }
        }
    }
    let end = text.find(|character| !is_word(character)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end.max(1).min(text.len()));
    let mut path = prefix.to_vec();
    if word != "self" || prefix.is_empty() {
        path.push(word.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(behind) => expand(&path, behind, found),
        None => {
            found.push(path);
            rest
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn top(file: &str) -> &str {
    file.split('/').next().unwrap_or_default()
}
