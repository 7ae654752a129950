//! How a body that was signed and the one that was received differ, if both are the same JSON: the habits of the serializer.

use alloc::format;
use alloc::vec::Vec;

use super::code::CauseCode;
use super::finding::Finding;
use super::tree::{NodeKind, Text, Tree};

/// What differs between two texts of one value.
#[derive(Debug, Default)]
struct Differences {
    whitespace: bool,
    order: bool,
    /// The received order is that of sorted keys.
    sorted: bool,
    /// The received order has number-like keys first.
    integers_first: bool,
    /// Characters as `\u`, on one side only.
    unicode: bool,
    /// `\/`, on one side only.
    slash: bool,
    /// Other escapes.
    escapes: bool,
    numbers: bool,
    /// The received number is a whole one, and the signed one has a point.
    point_dropped: bool,
    point_added: bool,
    java: bool,
    empties: bool,
    nulls: bool,
}

/// The cause, if both texts are JSON with the same value, apart from the forms of numbers and empty containers. `nulls` says that
/// members that are null were dropped or added before.
pub(super) fn compare(signed: &str, received: &str, nulls: bool) -> Option<Finding> {
    let (signed, received) = (Tree::read(signed)?, Tree::read(received)?);
    let mut found = Differences { nulls, ..Differences::default() };
    let mut pairs = Vec::from([(0, 0)]);
    while let Some((left, right)) = pairs.pop() {
        found.values(&signed, left, &received, right, &mut pairs)?;
    }
    found.whitespace = layout(&signed) != layout(&received);
    Some(found.finding())
}

impl Differences {
    fn values(
        &mut self,
        signed: &Tree<'_>,
        left: usize,
        received: &Tree<'_>,
        right: usize,
        pairs: &mut Vec<(usize, usize)>,
    ) -> Option<()> {
        let (one, other) = (signed.node(left)?, received.node(right)?);
        match (one.kind, other.kind) {
            (NodeKind::Object, NodeKind::Object) => self.members(signed, left, received, right, pairs)?,
            (NodeKind::Array, NodeKind::Array) => {
                if one.children.len() != other.children.len() {
                    return None;
                }
                pairs.extend(one.children.iter().copied().zip(other.children.iter().copied()));
            }
            (NodeKind::Object, NodeKind::Array) | (NodeKind::Array, NodeKind::Object) => {
                if !one.children.is_empty() || !other.children.is_empty() {
                    return None;
                }
                self.empties = true;
            }
            (NodeKind::String(one), NodeKind::String(other)) => self.strings(signed, one, received, other)?,
            (NodeKind::Number, NodeKind::Number) => self.number(signed.slice(&one.span), received.slice(&other.span))?,
            (NodeKind::Word, NodeKind::Word) if signed.slice(&one.span) == received.slice(&other.span) => {}
            _ => return None,
        }
        Some(())
    }

    fn members(
        &mut self,
        signed: &Tree<'_>,
        left: usize,
        received: &Tree<'_>,
        right: usize,
        pairs: &mut Vec<(usize, usize)>,
    ) -> Option<()> {
        let (one, other) = (signed.node(left)?, received.node(right)?);
        if one.children.len() != other.children.len() {
            return None;
        }
        let same = one.children.iter().zip(&other.children).all(|(left, right)| signed.key(*left) == received.key(*right));
        let mut matched: Vec<(usize, usize)> = Vec::with_capacity(one.children.len());
        if same {
            matched.extend(one.children.iter().copied().zip(other.children.iter().copied()));
        } else {
            self.order = true;
            let keys: Vec<&str> = other.children.iter().map(|child| received.key(*child)).collect();
            self.sorted |= keys.is_sorted();
            self.integers_first |= keys.first().is_some_and(|key| is_index(key));
            let sorted = |tree: &Tree<'_>, children: &[usize]| {
                let mut children = children.to_vec();
                children.sort_by(|a, b| tree.key(*a).cmp(tree.key(*b)));
                children
            };
            matched.extend(sorted(signed, &one.children).into_iter().zip(sorted(received, &other.children)));
        }
        for (left, right) in matched {
            let (one, other) = (signed.node(left)?.key?, received.node(right)?.key?);
            self.strings(signed, one, received, other)?;
            pairs.push((left, right));
        }
        Some(())
    }

    fn strings(&mut self, signed: &Tree<'_>, one: Text, received: &Tree<'_>, other: Text) -> Option<()> {
        if signed.value(one) != received.value(other) {
            return None;
        }
        let (one, other) = (signed.raw(one), received.raw(other));
        if one != other {
            let slashes = |raw: &str| raw.matches("\\/").count();
            let units = |raw: &str| raw.matches("\\u").count();
            let lower = |raw: &str| raw.to_ascii_lowercase();
            let slash = slashes(one) != slashes(other);
            let unicode = units(one) != units(other) || !slash && lower(one) == lower(other);
            self.slash |= slash;
            self.unicode |= unicode;
            self.escapes |= !slash && !unicode;
        }
        Some(())
    }

    fn number(&mut self, signed: &str, received: &str) -> Option<()> {
        if signed == received {
            return Some(());
        }
        let (one, other): (f64, f64) = (signed.parse().ok()?, received.parse().ok()?);
        if one.to_bits() << 1 != other.to_bits() << 1 {
            return None;
        }
        let is_float = |number: &str| number.contains(['.', 'e', 'E']);
        self.numbers = true;
        self.point_dropped |= is_float(signed) && !is_float(received);
        self.point_added |= !is_float(signed) && is_float(received);
        self.java |= received.contains(".0E");
        Some(())
    }

    fn finding(&self) -> Finding {
        use CauseCode::{BodyKeyOrder, BodyReserialized, BodyUnicodeEscaped};
        let order = if self.integers_first {
            "the order of keys (JavaScript puts number-like keys first)"
        } else if self.sorted {
            "the order of keys (the received ones are sorted, as maps in Go and sort_keys in Python write them)"
        } else {
            "the order of keys"
        };
        let numbers = if self.java {
            "the forms of numbers (doubles in Java)"
        } else if self.point_dropped {
            "the forms of numbers (JavaScript and Go write 1.0 as 1)"
        } else if self.point_added {
            "the forms of numbers (Gson writes 1 as 1.0)"
        } else {
            "the forms of numbers"
        };
        let whitespace = "the whitespace between values (json.dumps in Python adds spaces, pretty printers add lines)";
        let unicode = "\\u escapes (json.dumps in Python and json_encode in PHP escape what is not ASCII; Go, Gson and .NET escape <, > and &)";
        let nulls = "members that are null (Gson drops them, typed serializers add them)";
        // What differs, the cause if nothing else does, and the evidence.
        let habits = [
            (self.whitespace, BodyReserialized, whitespace),
            (self.order, BodyKeyOrder, order),
            (self.unicode, BodyUnicodeEscaped, unicode),
            (self.slash, BodyReserialized, "escaped slashes (json_encode in PHP)"),
            (self.escapes, BodyReserialized, "the escapes of control characters"),
            (self.numbers, BodyReserialized, numbers),
            (self.empties, BodyReserialized, "empty objects as empty arrays (PHP)"),
            (self.nulls, BodyReserialized, nulls),
        ];
        let (codes, parts): (Vec<CauseCode>, Vec<&str>) =
            habits.into_iter().filter(|(differs, ..)| *differs).map(|(_, code, part)| (code, part)).unzip();
        let code = if let [code] = *codes { code } else { BodyReserialized };
        Finding::new(code, format!("The signed body is the same JSON. What differs: {}.", parts.join("; ")))
    }
}

/// Whether JavaScript takes a key for an index, and moves it to the front (ECMA-262 §6.1.7).
pub(super) fn is_index(key: &str) -> bool {
    key.parse::<u32>().is_ok_and(|index| index < u32::MAX) && (key == "0" || !key.starts_with(['0', '+']))
}

/// The text without its strings, numbers and words: brackets, commas, colons and whitespace, in an order that does not depend on that
/// of members.
fn layout<'t>(tree: &Tree<'t>) -> Vec<[&'t str; 4]> {
    let gaps = |id: &usize| {
        let gaps = tree.node(*id).map(|node| &node.gaps);
        gaps.map_or([""; 4], |gaps| {
            [&gaps.before, &gaps.before_colon, &gaps.after_colon, &gaps.after].map(|gap| tree.slice(gap))
        })
    };
    let mut found: Vec<[&str; 4]> = (0..tree.nodes.len()).map(|id| gaps(&id)).collect();
    // The members of one object can be in another order, and so can what they contain.
    found.sort_unstable();
    found
}
