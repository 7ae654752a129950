//! A valid JSON text as a tree of places in it, so that it can be written again in other ways.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// A place in the text.
pub(super) type Span = Range<usize>;

/// A text and its values, each after the one that contains it.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    pub(super) text: &'t str,
    pub(super) nodes: Vec<Node>,
    /// The values of strings that serializers may write in several ways.
    pub(super) special: Vec<String>,
}

/// A value.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) span: Span,
    /// The key, if it is a member of an object.
    pub(super) key: Option<Text>,
    pub(super) gaps: Gaps,
    /// The members or elements, in the order of the text.
    pub(super) children: Vec<usize>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeKind {
    Object,
    Array,
    String(Text),
    Number,
    Word,
}

/// A string: where its raw text is, without quotes, and its value in [`Tree::special`] if it is written in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    start: usize,
    end: usize,
    pub(super) special: Option<usize>,
}

/// The whitespace around a value: before it or its key, on both sides of its colon, and after it.
#[derive(Debug, Clone, Default)]
pub(super) struct Gaps {
    pub(super) before: Span,
    pub(super) before_colon: Span,
    pub(super) after_colon: Span,
    pub(super) after: Span,
}

impl<'t> Tree<'t> {
    /// Reads a text that is valid JSON, apart from duplicate keys and escapes. `None` if it is not, after all.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let mut reader = Reader { tree: Self { text, nodes: Vec::new(), special: Vec::new() }, open: Vec::new(), position: 0 };
        reader.run()?;
        Some(reader.tree)
    }

    pub(super) fn node(&self, id: usize) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub(super) fn slice(&self, span: &Span) -> &'t str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// The text between the quotes.
    pub(super) fn raw(&self, text: Text) -> &'t str {
        self.slice(&(text.start..text.end))
    }

    /// The value of a string.
    pub(super) fn value(&self, text: Text) -> &str {
        match text.special.and_then(|place| self.special.get(place)) {
            Some(value) => value,
            None => self.raw(text),
        }
    }

    /// The key of a member.
    pub(super) fn key(&self, id: usize) -> &str {
        self.node(id).and_then(|node| node.key).map_or("", |key| self.value(key))
    }

    /// The member of an object with a key.
    pub(super) fn member(&self, id: usize, key: &str) -> Option<usize> {
        self.node(id)?.children.iter().copied().find(|child| self.key(*child) == key)
    }

    pub(super) fn is_object(&self, id: usize) -> bool {
        self.node(id).is_some_and(|node| node.kind == NodeKind::Object)
    }
}

struct Reader<'t> {
    tree: Tree<'t>,
    /// The containers that are open, the innermost last.
    open: Vec<usize>,
    position: usize,
}

impl Reader<'_> {
    fn run(&mut self) -> Option<()> {
        let mut start = self.gap();
        loop {
            let (mut key, mut gaps) = (None, Gaps { before: start, ..Gaps::default() });
            if self.open.last().is_some_and(|parent| self.tree.is_object(*parent)) {
                key = Some(self.string()?);
                gaps.before_colon = self.gap();
                self.expect(b':')?;
                gaps.after_colon = self.gap();
            }
            let byte = self.peek()?;
            let begin = self.position;
            let kind = match byte {
                b'{' | b'[' => {
                    self.position += 1;
                    if byte == b'{' { NodeKind::Object } else { NodeKind::Array }
                }
                b'"' => NodeKind::String(self.string()?),
                b'-' | b'0'..=b'9' => self.word(NodeKind::Number),
                _ => self.word(NodeKind::Word),
            };
            let id = self.tree.nodes.len();
            self.tree.nodes.push(Node { kind, span: begin..self.position, key, gaps, children: Vec::new() });
            if let Some(parent) = self.open.last()
                && let Some(parent) = self.tree.nodes.get_mut(*parent)
            {
                parent.children.push(id);
            }
            if matches!(kind, NodeKind::Object | NodeKind::Array) {
                self.open.push(id);
                start = self.gap();
                if !matches!(self.peek()?, b'}' | b']') {
                    continue;
                }
                // An empty container keeps its whitespace in front of its closing bracket.
            } else {
                start = self.gap();
            }
            match self.close(id, start)? {
                Some(next) => start = next,
                None => return Some(()),
            }
        }
    }

    /// Closes containers after a value. Returns the gap before the next value; `None` at the end of the text.
    fn close(&mut self, mut last: usize, mut gap: Span) -> Option<Option<Span>> {
        loop {
            let is_own = self.open.last() == Some(&last);
            if !is_own && let Some(node) = self.tree.nodes.get_mut(last) {
                node.gaps.after = gap.clone();
            }
            let Some(innermost) = self.open.last().copied() else {
                return (self.position == self.tree.text.len()).then_some(None);
            };
            match self.peek()? {
                b',' if !is_own => {
                    self.position += 1;
                    return Some(Some(self.gap()));
                }
                b'}' | b']' => {
                    self.position += 1;
                    self.open.pop();
                    let end = self.position;
                    self.tree.nodes.get_mut(innermost)?.span.end = end;
                    last = innermost;
                    gap = self.gap();
                }
                _ => return None,
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.tree.text.as_bytes().get(self.position).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.position += 1)
    }

    fn gap(&mut self) -> Span {
        let start = self.position;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.position += 1;
        }
        start..self.position
    }

    fn word(&mut self, kind: NodeKind) -> NodeKind {
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')) {
            self.position += 1;
        }
        kind
    }

    fn string(&mut self) -> Option<Text> {
        self.expect(b'"')?;
        let start = self.position;
        let mut is_special = false;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    is_special = true;
                    self.position += 1;
                }
                b'/' | b'<' | b'>' | b'&' | b'\'' | b'=' | b'+' | b'`' | 0x7f.. => is_special = true,
                _ => {}
            }
            self.position += 1;
        }
        let end = self.position;
        self.position += 1;
        let value = if is_special { Some(unescaped(self.tree.text.get(start..end)?)) } else { None };
        let special = value.map(|value| {
            self.tree.special.push(value);
            self.tree.special.len() - 1
        });
        Some(Text { start, end, special })
    }
}

/// The value of a string. An escape that is invalid stays as it is.
pub(super) fn unescaped(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(place) = rest.find('\\') {
        value.push_str(rest.get(..place).unwrap_or_default());
        let escape = rest.get(place..).unwrap_or_default();
        let (character, length) = read_escape(escape).unwrap_or(('\\', 1));
        value.push(character);
        rest = escape.get(length..).unwrap_or_default();
    }
    value.push_str(rest);
    value
}

fn read_escape(escape: &str) -> Option<(char, usize)> {
    let short = |character| Some((character, 2));
    match escape.as_bytes().get(1)? {
        b'"' => short('"'),
        b'\\' => short('\\'),
        b'/' => short('/'),
        b'b' => short('\u{8}'),
        b'f' => short('\u{c}'),
        b'n' => short('\n'),
        b'r' => short('\r'),
        b't' => short('\t'),
        b'u' => {
            let unit = |start: usize| u16::from_str_radix(escape.get(start..start + 4)?, 16).ok();
            let first = unit(2)?;
            let second = if escape.get(6..8) == Some("\\u") { unit(8) } else { None };
            let mut characters = char::decode_utf16([first].into_iter().chain(second));
            let character = characters.next()?.ok()?;
            Some((character, if u32::from(character) > 0xffff { 12 } else { 6 }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    #[test]
    fn keeps_every_place_and_gap() {
        let tree = Tree::read(" {\"a\" : [ 1, {} ,[ ]],\"\\u00e9\":\"x\\/y\" } ").unwrap();
        let kinds: Vec<&str> = tree.nodes.iter().map(|node| tree.slice(&node.span)).collect();
        assert_eq!(kinds, ["{\"a\" : [ 1, {} ,[ ]],\"\\u00e9\":\"x\\/y\" }", "[ 1, {} ,[ ]]", "1", "{}", "[ ]", "\"x\\/y\""]);
        assert_eq!(tree.nodes[0].children, vec![1, 5]);
        assert_eq!(tree.nodes[1].children, vec![2, 3, 4]);
        assert_eq!((tree.key(5), tree.special.as_slice()), ("é", &["é".into(), "x/y".into()][..]));
        let gaps = |id: usize| {
            let gaps = &tree.nodes[id].gaps;
            [&gaps.before, &gaps.before_colon, &gaps.after_colon, &gaps.after].map(|gap| gap.len())
        };
        assert_eq!(
            [gaps(1), gaps(2), gaps(3), gaps(4), gaps(5)],
            [[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 1], [0; 4], [0, 0, 0, 1]]
        );
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "{", "{\"a\"}", "[1,]2", "[1", "1 2", "{\"a\":1]x", "\"", "}"] {
            assert!(Tree::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn decodes_escapes() {
        assert_eq!(unescaped("a\\ud83d\\ude00\\n\\u0041\\/"), "a😀\nA/");
        assert_eq!(unescaped("\\ud83d\\x"), "\\ud83d\\x");
    }
}
