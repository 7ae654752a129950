//! Changes to a JSON text by path. What is not changed keeps its bytes: no number is read and written again.

use core::fmt;
use core::ops::Range;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// A change to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Replaces a value that is there.
    Set(String, String),
    /// Adds a member to an object that does not have it.
    Add(String, String),
    /// Removes a member of an object.
    Remove(String),
}

/// Makes a change. The message says what is wrong with it.
pub(crate) fn apply(text: &str, edit: &Edit) -> Result<String, String> {
    match edit {
        Edit::Set(path, value) => {
            let range = locate(text, &segments(path)).ok_or_else(|| nothing_at(text, path))?;
            let old = text.get(range.clone()).unwrap_or_default();
            Ok(spliced(text, range, &written(value, old)))
        }
        Edit::Add(path, value) => change_members(text, path, |members, name| {
            if members.iter().any(|(key, _)| key == name) {
                return Err(format!("{path} is there already. Change it with --set."));
            }
            members.push((name.to_owned(), written(value, "")));
            Ok(())
        }),
        Edit::Remove(path) => change_members(text, path, |members, name| {
            let place = members.iter().position(|(key, _)| key == name).ok_or_else(|| nothing_at(text, path))?;
            members.remove(place);
            Ok(())
        }),
    }
}

type Members = Vec<(String, String)>;

/// Writes the object that holds a path's last name again, with other members. Their values keep their bytes.
fn change_members(
    text: &str,
    path: &str,
    change: impl FnOnce(&mut Members, &str) -> Result<(), String>,
) -> Result<String, String> {
    let mut parents = segments(path);
    let name = parents.pop().filter(|name| !name.is_empty()).ok_or("a path has at least one name")?;
    let parent = join(&parents);
    let range = locate(text, &parents).ok_or_else(|| nothing_at(text, &parent))?;
    let object = read_members(text.get(range.clone()).unwrap_or_default())
        .ok_or_else(|| format!("{parent} is not an object, so it has no member {name:?}."))?;
    let mut members: Members = object.0.into_iter().map(|(key, value)| (key, value.get().to_owned())).collect();
    change(&mut members, &name)?;
    let members: Vec<String> = members.into_iter().map(|(key, value)| format!("{}:{value}", quoted(&key))).collect();
    Ok(spliced(text, range, &format!("{{{}}}", members.join(","))))
}

fn spliced(text: &str, range: Range<usize>, replacement: &str) -> String {
    let mut changed = text.to_owned();
    changed.replace_range(range, replacement);
    changed
}

/// The names in a path: `data.items.0`, or a JSON Pointer, for names with dots.
fn segments(path: &str) -> Vec<String> {
    match path.strip_prefix('/') {
        Some(pointer) => pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect(),
        None if path.is_empty() => Vec::new(),
        None => path.split('.').map(str::to_owned).collect(),
    }
}

/// A path of these names, as [`segments`] reads it.
fn join(names: &[String]) -> String {
    if names.iter().any(|name| name.contains(['.', '/']) || name.is_empty()) {
        names.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
    } else {
        names.join(".")
    }
}

/// Where the value at a path is.
fn locate(text: &str, path: &[String]) -> Option<Range<usize>> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for name in path {
        value = match read_members(value.get()) {
            Some(object) => object.0.into_iter().find_map(|(key, value)| (key == *name).then_some(value))?,
            None => {
                let elements: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
                elements.get(name.parse::<usize>().ok()?).copied()?
            }
        };
    }
    // The value borrows from the text, so the difference is its place.
    let start = value.get().as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    Some(start..start.checked_add(value.get().len())?)
}

/// A value as it is written into the text: JSON, or else a string. A number that replaces a string becomes a string, digit for digit,
/// since amounts are decimal strings.
fn written(value: &str, old: &str) -> String {
    match serde_json::from_str::<&RawValue>(value) {
        Ok(json) => {
            let is_number = json.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
            if is_number && old.starts_with('"') { quoted(value) } else { json.get().to_owned() }
        }
        Err(_) => quoted(value),
    }
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn nothing_at(text: &str, path: &str) -> String {
    match nearest(text, path) {
        Some(nearest) => format!("there is nothing at {path:?}. Did you mean {nearest:?}?"),
        None => format!("there is nothing at {path:?}."),
    }
}

/// The path in the text that is most like another one: one with the same last name, or else the fewest letters to change.
fn nearest(text: &str, path: &str) -> Option<String> {
    let mut paths = Vec::new();
    collect(text, &mut Vec::new(), &mut paths);
    let wanted = segments(path);
    let distance = |names: &Vec<String>| (names.last() != wanted.last(), strsim::levenshtein(&join(names), path));
    paths.iter().min_by_key(|names| distance(names)).map(|names| join(names))
}

/// How many paths are looked at, and how deep: a suggestion is not worth more.
const LOOKED_AT: usize = 2_000;
const DEPTH: usize = 16;

fn collect(text: &str, names: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    if names.len() >= DEPTH {
        return;
    }
    let members: Vec<(String, &RawValue)> = match read_members(text) {
        Some(object) => object.0,
        None => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(elements) => elements.into_iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
            Err(_) => return,
        },
    };
    for (name, value) in members {
        if paths.len() >= LOOKED_AT {
            return;
        }
        names.push(name);
        paths.push(names.clone());
        collect(value.get(), names, paths);
        names.pop();
    }
}

/// The members of an object in their order.
struct Object<'t>(Vec<(String, &'t RawValue)>);

fn read_members(text: &str) -> Option<Object<'_>> {
    serde_json::from_str(text).ok()
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{ "id":"evt_1", "data":{"amount":"99.99","rate":1.10,"items":[{"a.b":1e2},null]}}"#;

    fn set(path: &str, value: &str) -> Result<String, String> {
        apply(TEXT, &Edit::Set(path.into(), value.into()))
    }

    #[test]
    fn only_the_value_changes() {
        let changed = set("data.amount", "10.00").unwrap();
        assert_eq!(changed, TEXT.replace("99.99", "10.00"));
        assert_eq!(set("data.rate", "10.00").unwrap(), TEXT.replace("1.10", "10.00"));
        assert_eq!(set("data.rate", "ten").unwrap(), TEXT.replace("1.10", "\"ten\""));
        assert_eq!(set("data.amount", "null").unwrap(), TEXT.replace("\"99.99\"", "null"));
        assert_eq!(set("data.amount", "+50.00").unwrap(), TEXT.replace("99.99", "+50.00"));
        assert_eq!(
            set("/data/items/0/a.b", "123456789012345678901234.50").unwrap(),
            TEXT.replace("1e2", "123456789012345678901234.50")
        );
        assert_eq!(set("data.items.1", r#"{"x": 1}"#).unwrap(), TEXT.replace("null", r#"{"x": 1}"#));
    }

    #[test]
    fn what_matches_nothing_is_refused_with_the_nearest_path() {
        for (path, nearest) in [
            ("amount", "data.amount"),
            ("data.amonut", "data.amount"),
            ("data.items.2", "data.items.0"),
            ("data.amount.value", "data.amount"),
            ("ID", "id"),
        ] {
            assert_eq!(set(path, "1").unwrap_err(), format!("there is nothing at {path:?}. Did you mean {nearest:?}?"));
        }
        assert!(apply("[]", &Edit::Set("x".into(), "1".into())).unwrap_err().ends_with("at \"x\"."));
    }

    #[test]
    fn members_are_added_and_removed() {
        let add = |path: &str| apply(TEXT, &Edit::Add(path.into(), "1.50".into()));
        assert!(add("data.fee").unwrap().contains(r#""items":[{"a.b":1e2},null],"fee":1.50}"#));
        assert!(add("data.amount").unwrap_err().contains("--set"));
        assert!(add("date.fee").unwrap_err().contains("\"data\""));
        assert!(add("id.fee").unwrap_err().contains("not an object"));
        let removed = apply(TEXT, &Edit::Remove("data.rate".into())).unwrap();
        assert_eq!(removed, TEXT.replace(r#","rate":1.10"#, ""));
        assert!(apply(TEXT, &Edit::Remove("data.rates".into())).unwrap_err().contains("data.rate"));
    }
}
