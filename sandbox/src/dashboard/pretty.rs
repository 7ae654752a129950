//! JSON for people: indented, with every token as it was written.

use serde::de::IgnoredAny;

/// The longest result. Indentation can make a deeply nested text many times longer.
const MAX_BYTES: usize = 1_048_576;

/// Indents a JSON text. `None` if it is neither an object nor an array, is invalid, or becomes too long.
pub(super) fn pretty(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if in_string {
            out.push(character);
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        match character {
            ' ' | '\t' | '\r' | '\n' => {}
            '{' | '[' => {
                out.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_string = character == '"';
                out.push(character);
            }
        }
        if out.len() > MAX_BYTES {
            return None;
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(core::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn every_token_stays_as_it_was_written() {
        let text = r#" {"a":[1.50,{}, [ ]],"b":"x\"{,}:\\","big":12345678901234567890123} "#;
        let wanted = "{\n  \"a\": [\n    1.50,\n    {},\n    []\n  ],\n  \"b\": \"x\\\"{,}:\\\\\",\n  \"big\": 12345678901234567890123\n}";
        assert_eq!(pretty(text).as_deref(), Some(wanted));
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in ["", "ok", "\"text\"", "17", "{", "{\"a\":1}}", "<b>"] {
            assert_eq!(pretty(text), None, "{text}");
        }
        let deep = format!("{}{}{}", "[".repeat(100), vec!["1"; 100_000].join(","), "]".repeat(100));
        assert_eq!(pretty(&deep), None);
    }
}
