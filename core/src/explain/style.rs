//! The styles in which serializers write JSON, and writing a tree in one of them.

#[cfg(test)]
use alloc::string::String;
use alloc::vec::Vec;

use super::tree::{NodeKind, Text, Tree};

/// The whitespace between values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// As it was received, at the same places.
    Received,
    /// On one line: after commas, and around colons.
    Line { comma: &'static str, colon: &'static str, inner: &'static str },
    /// One member per line.
    Lines { indent: &'static str, colon: &'static str, newline: &'static str, arrays: Arrays },
}

/// How arrays are written where objects have one member per line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrays {
    /// One element per line.
    Lines,
    /// `[ 1, 2 ]`, and `{ }` for what is empty: Jackson.
    Jackson,
}

const fn line(comma: &'static str, colon: &'static str) -> Layout {
    Layout::Line { comma, colon, inner: "" }
}

const fn lines(indent: &'static str) -> Layout {
    Layout::Lines { indent, colon: ": ", newline: "\n", arrays: Arrays::Lines }
}

impl Layout {
    /// Every layout, the most likely first, with how unlikely it is.
    pub(super) const ALL: [(Self, u8); 16] = [
        (line(",", ":"), 0),
        (Self::Received, 1),
        (line(", ", ": "), 2),
        (lines("  "), 2),
        (lines("    "), 3),
        (lines("\t"), 4),
        (Self::Lines { indent: "  ", colon: " : ", newline: "\n", arrays: Arrays::Jackson }, 4),
        (Self::Lines { indent: "  ", colon: ": ", newline: "\r\n", arrays: Arrays::Lines }, 5),
        (line(",", ": "), 5),
        (line(", ", ":"), 5),
        (Self::Lines { indent: "    ", colon: ": ", newline: "\r\n", arrays: Arrays::Lines }, 6),
        (lines(" "), 6),
        (lines("   "), 6),
        (Self::Line { comma: ", ", colon: ": ", inner: " " }, 6),
        (Self::Lines { indent: "\t", colon: ": ", newline: "\r\n", arrays: Arrays::Lines }, 7),
        (line(" , ", " : "), 7),
    ];
}

/// Which characters of a string are written as escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Escapes {
    /// Each string as it was received.
    pub(super) received: bool,
    /// What is not ASCII, as `\u`.
    ascii: bool,
    /// DEL, as `\u`.
    delete: bool,
    /// `\/`
    slash: bool,
    /// U+2028 and U+2029, as `\u`.
    separators: bool,
    /// Further characters, as `\u`.
    html: &'static [u8],
    /// The digits of `\u` in upper case.
    upper: bool,
    /// `\b` and `\f` instead of `\u`.
    short: bool,
}

impl Escapes {
    const NONE: Self = Self {
        received: false,
        ascii: false,
        delete: false,
        slash: false,
        separators: false,
        html: b"",
        upper: false,
        short: true,
    };
    const HTML: &'static [u8] = b"<>&";
    const GSON: &'static [u8] = b"<>&='";
    const DOT_NET: &'static [u8] = b"<>&'\"+`\x7f";

    /// Every way to escape, the most likely first, with how unlikely it is.
    pub(super) const ALL: [(Self, u8); 15] = [
        (Self::NONE, 0),
        (Self { received: true, ..Self::NONE }, 0),
        // json.dumps in Python
        (Self { ascii: true, delete: true, ..Self::NONE }, 1),
        // json_encode in PHP: by default, and with the two flags that undo it
        (Self { ascii: true, slash: true, ..Self::NONE }, 1),
        (Self { slash: true, separators: true, ..Self::NONE }, 2),
        (Self { ascii: true, ..Self::NONE }, 2),
        // encoding/json in Go, before and after 1.22, and to_json in Rails
        (Self { html: Self::HTML, separators: true, ..Self::NONE }, 1),
        (Self { html: Self::HTML, separators: true, short: false, ..Self::NONE }, 2),
        // SetEscapeHTML(false) in Go
        (Self { separators: true, ..Self::NONE }, 3),
        // Gson
        (Self { html: Self::GSON, separators: true, ..Self::NONE }, 2),
        // System.Text.Json in .NET
        (Self { ascii: true, html: Self::DOT_NET, upper: true, ..Self::NONE }, 2),
        // Jackson with ESCAPE_NON_ASCII
        (Self { ascii: true, upper: true, ..Self::NONE }, 3),
        // json_encode in PHP with JSON_HEX_TAG and JSON_HEX_AMP
        (Self { ascii: true, slash: true, html: Self::HTML, upper: true, ..Self::NONE }, 4),
        (Self { upper: true, ..Self::NONE }, 4),
        (Self { slash: true, ..Self::NONE }, 3),
    ];

    /// Appends a string, without its quotes.
    pub(super) fn write(&self, out: &mut Vec<u8>, value: &str) {
        let mut rest = value;
        loop {
            let same = rest.bytes().position(|byte| self.may_change(byte)).unwrap_or(rest.len());
            let Some((start, end)) = rest.split_at_checked(same) else { return };
            out.extend_from_slice(start.as_bytes());
            let mut characters = end.chars();
            let Some(character) = characters.next() else { return };
            rest = characters.as_str();
            let short = match character {
                '"' if !self.html.contains(&b'"') => Some(b'"'),
                '\\' => Some(b'\\'),
                '/' if self.slash => Some(b'/'),
                '\n' => Some(b'n'),
                '\r' => Some(b'r'),
                '\t' => Some(b't'),
                '\u{8}' if self.short => Some(b'b'),
                '\u{c}' if self.short => Some(b'f'),
                _ => None,
            };
            if let Some(letter) = short {
                out.extend_from_slice(&[b'\\', letter]);
            } else if self.escapes(character) {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    self.write_unit(out, *unit);
                }
            } else {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }

    /// Whether a character that begins with this byte may have to be escaped. It only saves time.
    const fn may_change(&self, byte: u8) -> bool {
        match byte {
            b'"' | b'\\' | b'/' | b'<' | b'>' | b'&' | b'\'' | b'=' | b'+' | b'`' | 0x7f => true,
            0x80.. => self.ascii || self.separators && byte == 0xe2,
            _ => byte < 0x20,
        }
    }

    fn escapes(&self, character: char) -> bool {
        match character {
            '\0'..='\u{1f}' => true,
            '\u{7f}' => self.delete || self.html.contains(&0x7f),
            '\u{2028}' | '\u{2029}' => self.ascii || self.separators,
            '\u{80}'.. => self.ascii,
            _ => u8::try_from(character).is_ok_and(|byte| self.html.contains(&byte)),
        }
    }

    fn write_unit(&self, out: &mut Vec<u8>, unit: u16) {
        out.extend_from_slice(b"\\u");
        for shift in [12, 8, 4, 0] {
            let digit = char::from_digit(u32::from(unit >> shift & 15), 16).unwrap_or('0');
            let digit = if self.upper { digit.to_ascii_uppercase() } else { digit };
            out.extend_from_slice(digit.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

/// A step of writing a tree in some order of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A container begins, with its members or elements.
    Open(usize),
    /// A container ends.
    Close(usize),
    /// A member or element begins; `slot` is the one that was received at this place.
    Item { id: usize, slot: usize, is_first: bool },
    /// A member or element ends.
    End { slot: usize },
    /// A value that contains none.
    Leaf(usize),
}

/// The order in which to write the members of objects, by the object.
pub(super) type Order<'o> = dyn Fn(usize) -> Option<Vec<usize>> + 'o;

/// The pieces of a tree in an order of its members; `None` keeps that of the text.
pub(super) fn pieces(tree: &Tree<'_>, order: &Order<'_>) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(tree.nodes.len() * 4);
    // What is left to do, the next last.
    let mut left = Vec::from([Piece::Leaf(0)]);
    while let Some(next) = left.pop() {
        let Piece::Leaf(id) = next else {
            pieces.push(next);
            continue;
        };
        let Some(node) = tree.node(id) else { continue };
        if node.children.is_empty() {
            pieces.push(next);
            continue;
        }
        pieces.push(Piece::Open(id));
        left.push(Piece::Close(id));
        let ordered = if node.kind == NodeKind::Object { order(id) } else { None };
        let ordered = ordered.as_deref().unwrap_or(&node.children);
        for (place, (child, slot)) in ordered.iter().zip(&node.children).enumerate().rev() {
            left.push(Piece::End { slot: *slot });
            left.push(Piece::Leaf(*child));
            left.push(Piece::Item { id: *child, slot: *slot, is_first: place == 0 });
        }
    }
    pieces
}

/// What to write instead of some values.
#[derive(Debug, Default)]
pub(super) struct Replaced<'r> {
    /// Numbers, by their node, in the order of the nodes.
    pub(super) numbers: &'r [(usize, &'r str)],
    /// Empty arrays to write as empty objects.
    pub(super) empty_objects: &'r [usize],
}

/// Writes a tree. `out` is cleared first.
pub(super) fn write(
    out: &mut Vec<u8>,
    tree: &Tree<'_>,
    pieces: &[Piece],
    layout: Layout,
    escapes: &Escapes,
    replaced: &Replaced<'_>,
) {
    out.clear();
    let mut writer = Writer { out, tree, layout, escapes, replaced, depth: 0 };
    for piece in pieces {
        writer.piece(*piece);
    }
}

struct Writer<'w, 't> {
    out: &'w mut Vec<u8>,
    tree: &'w Tree<'t>,
    layout: Layout,
    escapes: &'w Escapes,
    replaced: &'w Replaced<'w>,
    depth: usize,
}

impl Writer<'_, '_> {
    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Open(id) => {
                self.push(if self.tree.is_object(id) { "{" } else { "[" });
                self.depth += usize::from(!self.is_inline(id));
                self.edge(id);
            }
            Piece::Close(id) => {
                self.depth -= usize::from(!self.is_inline(id));
                self.edge(id);
                self.push(if self.tree.is_object(id) { "}" } else { "]" });
            }
            Piece::Item { id, slot, is_first } => self.item(id, slot, is_first),
            Piece::End { slot } => {
                if self.layout == Layout::Received
                    && let Some(node) = self.tree.node(slot)
                {
                    self.push(self.tree.slice(&node.gaps.after));
                }
            }
            Piece::Leaf(id) => self.leaf(id),
        }
    }

    /// What is after an opening and before a closing bracket.
    fn edge(&mut self, id: usize) {
        match self.layout {
            Layout::Received => {}
            Layout::Line { inner, .. } => self.push(inner),
            Layout::Lines { .. } if self.is_inline(id) => self.push(" "),
            Layout::Lines { .. } => self.newline(),
        }
    }

    fn is_inline(&self, id: usize) -> bool {
        matches!(self.layout, Layout::Lines { arrays: Arrays::Jackson, .. }) && !self.tree.is_object(id)
    }

    fn item(&mut self, id: usize, slot: usize, is_first: bool) {
        let (Some(node), Some(slot)) = (self.tree.node(id), self.tree.node(slot)) else { return };
        if !is_first {
            self.push(",");
            match self.layout {
                Layout::Received => {}
                Layout::Line { comma, .. } => self.comma(comma),
                // Elements of arrays of Jackson stay on the line.
                Layout::Lines { arrays: Arrays::Jackson, .. } if node.key.is_none() => self.push(" "),
                Layout::Lines { .. } => self.newline(),
            }
        }
        if self.layout == Layout::Received {
            self.push(self.tree.slice(&slot.gaps.before));
        }
        if let Some(key) = node.key {
            self.string(key);
            match self.layout {
                Layout::Received => {
                    self.push(self.tree.slice(&slot.gaps.before_colon));
                    self.push(":");
                    self.push(self.tree.slice(&slot.gaps.after_colon));
                }
                Layout::Line { colon, .. } | Layout::Lines { colon, .. } => self.push(colon),
            }
        }
    }

    /// A comma with its spaces, after the comma itself was written.
    fn comma(&mut self, comma: &str) {
        match comma.split_once(',') {
            Some(("", after)) => self.push(after),
            Some((before, after)) => {
                self.out.pop();
                self.push(before);
                self.push(",");
                self.push(after);
            }
            None => {}
        }
    }

    fn leaf(&mut self, id: usize) {
        let Some(node) = self.tree.node(id) else { return };
        match node.kind {
            NodeKind::String(text) => self.string(text),
            NodeKind::Number => {
                let place = self.replaced.numbers.binary_search_by_key(&id, |(number, _)| *number);
                let replaced = place.ok().and_then(|place| self.replaced.numbers.get(place));
                self.push(replaced.map_or(self.tree.slice(&node.span), |(_, text)| text));
            }
            NodeKind::Word => self.push(self.tree.slice(&node.span)),
            NodeKind::Object | NodeKind::Array => {
                let is_object = node.kind == NodeKind::Object || self.replaced.empty_objects.contains(&id);
                match (self.layout, is_object) {
                    (Layout::Received, _) if is_object == (node.kind == NodeKind::Object) => {
                        self.push(self.tree.slice(&node.span))
                    }
                    (Layout::Lines { arrays: Arrays::Jackson, .. }, true) => self.push("{ }"),
                    (Layout::Lines { arrays: Arrays::Jackson, .. }, false) => self.push("[ ]"),
                    (_, true) => self.push("{}"),
                    (_, false) => self.push("[]"),
                }
            }
        }
    }

    fn string(&mut self, text: Text) {
        self.push("\"");
        match text.special {
            Some(_) if !self.escapes.received => self.escapes.write(self.out, self.tree.value(text)),
            _ => self.push(self.tree.raw(text)),
        }
        self.push("\"");
    }

    fn newline(&mut self) {
        if let Layout::Lines { indent, newline, .. } = self.layout {
            self.push(newline);
            for _ in 0..self.depth {
                self.push(indent);
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// The strings that can be written in several ways, all written in one: equal texts mean that two ways do not differ here.
pub(super) fn sample(tree: &Tree<'_>, escapes: &Escapes) -> Vec<u8> {
    /// What differs later is not worth more tries.
    const ENOUGH: usize = 65_536;
    let mut out = Vec::new();
    if escapes.received {
        let keys = tree.nodes.iter().filter_map(|node| node.key);
        let strings =
            tree.nodes.iter().filter_map(|node| if let NodeKind::String(text) = node.kind { Some(text) } else { None });
        let mut raw: Vec<Text> = keys.chain(strings).filter(|text| text.special.is_some()).collect();
        raw.sort_by_key(|text| text.special);
        for text in raw {
            out.extend_from_slice(tree.raw(text).as_bytes());
            out.push(b'"');
            if out.len() > ENOUGH {
                break;
            }
        }
        return out;
    }
    for value in &tree.special {
        escapes.write(&mut out, value);
        out.push(b'"');
        if out.len() > ENOUGH {
            break;
        }
    }
    out
}

/// The text of a tree as a string, for tests.
#[cfg(test)]
pub(super) fn written(text: &str, layout: Layout, escapes: &Escapes) -> String {
    let Some(tree) = Tree::read(text) else { return String::new() };
    let mut out = Vec::new();
    write(&mut out, &tree, &pieces(&tree, &|_| None), layout, escapes, &Replaced::default());
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\"a\":[1,2],\"b\":{},\"c\":[],\"d\":{\"e\":\"é/<\\u000b\\\"\"}}";

    #[test]
    fn writes_every_layout() {
        let escapes = Escapes { received: true, ..Escapes::NONE };
        for (layout, expected) in [
            (line(",", ":"), TEXT.into()),
            (Layout::Received, TEXT.into()),
            (line(", ", ": "), "{\"a\": [1, 2], \"b\": {}, \"c\": [], \"d\": {\"e\": \"é/<\\u000b\\\"\"}}".into()),
            (
                lines("  "),
                "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": [],\n  \"d\": {\n    \"e\": \"é/<\\u000b\\\"\"\n  }\n}".into(),
            ),
            (
                Layout::Lines { indent: "  ", colon: " : ", newline: "\n", arrays: Arrays::Jackson },
                "{\n  \"a\" : [ 1, 2 ],\n  \"b\" : { },\n  \"c\" : [ ],\n  \"d\" : {\n    \"e\" : \"é/<\\u000b\\\"\"\n  }\n}".into(),
            ),
            (
                Layout::Line { comma: ", ", colon: ": ", inner: " " },
                String::from("{ \"a\": [ 1, 2 ], \"b\": {}, \"c\": [], \"d\": { \"e\": \"é/<\\u000b\\\"\" } }"),
            ),
        ] {
            assert_eq!(written(TEXT, layout, &escapes), expected);
        }
        let spaced = " { \"a\" : [ 1 ,2 ] , \"b\":{ } }";
        assert_eq!(written(spaced, Layout::Received, &escapes), spaced.trim());
    }

    #[test]
    fn writes_every_escape() {
        let compact = line(",", ":");
        let text = "[\"é/<😀\\u0008\\u2028'\\u007f\\u001f\"]";
        let expected = [
            "é/<😀\\b\u{2028}'\u{7f}\\u001f",
            "é/<😀\\u0008\\u2028'\\u007f\\u001f",
            "\\u00e9/<\\ud83d\\ude00\\b\\u2028'\\u007f\\u001f",
            "\\u00e9\\/<\\ud83d\\ude00\\b\\u2028'\u{7f}\\u001f",
            "é\\/<😀\\b\\u2028'\u{7f}\\u001f",
            "\\u00e9/<\\ud83d\\ude00\\b\\u2028'\u{7f}\\u001f",
            "é/\\u003c😀\\b\\u2028'\u{7f}\\u001f",
            "é/\\u003c😀\\u0008\\u2028'\u{7f}\\u001f",
        ];
        for ((escapes, _), expected) in Escapes::ALL.iter().zip(expected) {
            assert_eq!(written(text, compact, escapes), alloc::format!("[\"{expected}\"]"));
        }
    }
}
