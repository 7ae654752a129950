//! JSON that a serializer wrote: the texts that may have been signed, if a serializer wrote the received one from the same value.
//!
//! The original is unknown, but its style is one of a few. So the received value is written in every combination of a layout, a way to
//! escape, an order of keys and forms of numbers, the most likely first, until the work is used up.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::bodies::{LONG, Tries, trimmed};
use super::compare::{compare, is_index};
use super::finding::Finding;
use super::numbers::{self, Style};
use super::style::{Escapes, Layout, Order, Piece, Replaced, pieces, sample, write};
use super::tree::{NodeKind, Tree};
use crate::events::sample_event;
use crate::json::Document;

/// The keys of the envelope, in the provider's order.
const ENVELOPE: [&str; 6] = ["id", "type", "createdAt", "liveMode", "data", PREVIOUS_DATA];
const PREVIOUS_DATA: &str = "previousData";
/// How many combinations are listed; more than the work allows for the shortest event.
const MAX_COMBINATIONS: usize = 40_000;
/// How many permutations of members are tried.
const MAX_PERMUTATIONS: usize = 5_040;
/// How many texts with forms of numbers are tried.
const MAX_FORMS: usize = 5_000;
/// With how many values a body is still read as a tree, and what it costs to read one or to write it, as bytes: short values cost more
/// than their bytes. So do strings that have to be decoded and escaped.
const MAX_VALUES: usize = 131_072;
const COST_OF_VALUE: usize = 20;
const COST_OF_SPECIAL_STRING: usize = 96;
/// How much of that the cost of each try includes.
const INCLUDED_COST: usize = 1_024;
/// What writing one number in one style costs, as bytes.
const COST_OF_NUMBER: usize = 128;
/// Up to how many empty arrays each choice of those that were objects is tried.
const MAX_EMPTY: usize = 5;

/// Tries every text that may have been signed. Returns whether one of them was.
pub(super) fn candidates(body: &[u8], tries: &mut dyn Tries) -> bool {
    let unwrapped = unwrapped(body);
    let body = unwrapped.as_deref().unwrap_or(body);
    let Ok(text) = core::str::from_utf8(body) else { return false };
    let values = body.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count();
    if !matches!(Document::parse_leniently(body), Ok(Some(_))) || values > MAX_VALUES || !tries.spend(values * COST_OF_VALUE) {
        return false;
    }
    let Some(tree) = Tree::read(text) else { return false };
    if unwrapped.is_some() && tries.body(body, reserialized("The received body is a JSON string with the signed body in it.")) {
        return true;
    }
    let cost_of_decoding = tree.special.len() * COST_OF_VALUE;
    if !tries.spend(cost_of_decoding) {
        return false;
    }
    if Search::new(&tree, text, false, tries).combinations() {
        return true;
    }
    // Some serializers drop members that are null, others add them. The provider's events have one.
    let changed =
        with_null(&tree).or_else(|| without_null(&tree)).filter(|_| tries.spend(values * COST_OF_VALUE + cost_of_decoding));
    let changed = changed.as_deref().and_then(Tree::read);
    if changed.as_ref().is_some_and(|changed| Search::new(changed, text, true, tries).combinations()) {
        return true;
    }
    // What is unlikely.
    [Some((&tree, false)), changed.as_ref().map(|changed| (changed, true))]
        .into_iter()
        .flatten()
        .any(|(tree, nulls)| !tries.is_done() && Search::new(tree, text, nulls, tries).unlikely())
}

/// The text with the last field of the provider's events, if it lacks it.
fn with_null(tree: &Tree<'_>) -> Option<String> {
    let root = tree.node(0).filter(|root| root.kind == NodeKind::Object && !root.children.is_empty())?;
    if tree.member(0, PREVIOUS_DATA).is_some() {
        return None;
    }
    let inside = tree.text.get(root.span.start..root.span.end - 1)?;
    Some(format!("{}, \"{PREVIOUS_DATA}\": null}}", inside.trim_ascii_end()))
}

/// The text without that field, if it is null and the last one.
fn without_null(tree: &Tree<'_>) -> Option<String> {
    let root = tree.node(0)?;
    let [.., before, last] = &*root.children else { return None };
    let is_null = tree.key(*last) == PREVIOUS_DATA && tree.slice(&tree.node(*last)?.span) == "null";
    let inside = tree.text.get(root.span.start..tree.node(*before)?.span.end)?;
    is_null.then(|| format!("{inside}}}"))
}

fn reserialized(evidence: &'static str) -> Finding {
    Finding::new(super::code::CauseCode::BodyReserialized, evidence)
}

/// The text in a JSON string, or behind backslashes, that holds another JSON text.
fn unwrapped(body: &[u8]) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(trimmed(body)).ok()?;
    let inner = match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner,
        None if text.starts_with("{\\\"") => text,
        None => return None,
    };
    Some(super::tree::unescaped(inner).into_bytes())
}

struct Search<'s, 't> {
    tree: &'s Tree<'t>,
    /// The body as it was received.
    received: &'s str,
    /// Whether a member that is null was added to the tree, or left out.
    nulls: bool,
    tries: &'s mut dyn Tries,
    /// The ways to escape that differ for this text, with how unlikely they are.
    escapes: Vec<(&'static Escapes, u8)>,
    /// The orders of keys that differ, written out.
    orders: Vec<(Vec<Piece>, u8)>,
    /// The numbers, by their node.
    numbers: Vec<usize>,
    /// The choices of empty arrays to write as objects.
    empties: Vec<(Vec<usize>, u8)>,
    /// What it costs to write the text once, beyond its bytes.
    extra_cost: usize,
    out: Vec<u8>,
}

impl<'s, 't> Search<'s, 't> {
    fn new(tree: &'s Tree<'t>, received: &'s str, nulls: bool, tries: &'s mut dyn Tries) -> Self {
        let of_kind = |kind: NodeKind| (0..).zip(&tree.nodes).filter(move |(_, node)| node.kind == kind).map(|(id, _)| id);
        let empty: Vec<usize> =
            of_kind(NodeKind::Array).filter(|id| tree.node(*id).is_some_and(|node| node.children.is_empty())).collect();
        Self {
            escapes: distinct_escapes(tree),
            orders: distinct_orders(tree, tries),
            numbers: of_kind(NodeKind::Number).collect(),
            empties: choices(&empty),
            extra_cost: (tree.nodes.len() * COST_OF_VALUE + tree.special.len() * COST_OF_SPECIAL_STRING)
                .saturating_sub(tree.text.len() + INCLUDED_COST),
            out: Vec::with_capacity(tree.text.len() * 2),
            tree,
            received,
            nulls,
            tries,
        }
    }

    /// Every combination of styles that are the same for the whole text.
    fn combinations(&mut self) -> bool {
        let styles = self.distinct_numbers();
        let mut combinations: Vec<(u8, [usize; 5])> = Vec::new();
        for (layout, (_, layout_cost)) in Layout::ALL.iter().enumerate() {
            for (escapes, (_, escapes_cost)) in self.escapes.iter().enumerate() {
                for (order, (_, order_cost)) in self.orders.iter().enumerate() {
                    for (empties, (_, empties_cost)) in self.empties.iter().enumerate() {
                        for (numbers, (_, numbers_cost)) in styles.iter().enumerate() {
                            if combinations.len() < MAX_COMBINATIONS {
                                let cost = layout_cost + escapes_cost + order_cost + empties_cost + numbers_cost;
                                combinations.push((cost, [layout, escapes, order, empties, numbers]));
                            }
                        }
                    }
                }
            }
        }
        combinations.sort_unstable();
        combinations.into_iter().any(|(_, [layout, escapes, order, empties, numbers])| {
            let texts = styles.get(numbers).map(|(texts, _)| texts.clone()).unwrap_or_default();
            self.attempt(layout, escapes, order, empties, &texts)
        })
    }

    /// What is rare, or takes many tries.
    fn unlikely(&mut self) -> bool {
        self.lost_digits() || self.number_forms() || self.permutations()
    }

    /// Numbers in forms of their own.
    fn number_forms(&mut self) -> bool {
        let forms: Vec<(usize, Vec<String>)> = self
            .numbers
            .iter()
            .take(64)
            .map(|id| (*id, self.tree.node(*id).map(|node| numbers::forms(self.tree.slice(&node.span))).unwrap_or_default()))
            .collect();
        if forms.is_empty() {
            return false;
        }
        // The forms of a number are in the order of their likelihood, so the choices are tried by the sum of their places.
        let largest = forms.iter().map(|(_, forms)| forms.len() - 1).sum::<usize>();
        let (escapes, orders) = (self.escapes.len().min(2), self.orders.len().min(3));
        let mut tried = 0;
        for sum in 1..=largest {
            let mut choice = alloc::vec![0; forms.len()];
            let mut is_choice = first_choice(&mut choice, &forms, sum);
            while is_choice {
                for (order, escapes, layout) in grid(orders, escapes, 3) {
                    // Empty objects that PHP has written as arrays are written back all at once.
                    for empties in 0..self.empties.len().min(2) {
                        if self.attempt_forms([layout, escapes, order, empties], &forms, &choice) {
                            return true;
                        }
                        tried += 1;
                    }
                }
                if tried >= MAX_FORMS || self.tries.is_done() {
                    return false;
                }
                is_choice = next_choice(&mut choice, &forms);
            }
        }
        false
    }

    fn attempt_forms(&mut self, style: [usize; 4], forms: &[(usize, Vec<String>)], choice: &[usize]) -> bool {
        let texts = forms.iter().zip(choice).filter_map(|((id, forms), form)| Some((*id, forms.get(*form)?.clone())));
        let texts: Vec<(usize, String)> = texts.collect();
        let [layout, escapes, order, empties] = style;
        self.attempt(layout, escapes, order, empties, &texts)
    }

    /// Every order of the members of objects whose order is not documented.
    fn permutations(&mut self) -> bool {
        let objects: Vec<usize> = (0..self.tree.nodes.len())
            .filter(|id| self.tree.is_object(*id) && self.tree.node(*id).is_some_and(|node| node.children.len() > 1))
            .take(16)
            .collect();
        let documented = documented(self.tree);
        let is_known = |id: usize| {
            let known = documented.iter().find(|(object, _)| *object == id);
            let children = self.tree.node(id).map(|node| &*node.children).unwrap_or_default();
            known.is_some_and(|(_, keys)| children.iter().all(|child| keys.iter().any(|key| key == self.tree.key(*child))))
        };
        let unknown: Vec<usize> = objects.iter().copied().filter(|id| !is_known(*id)).collect();
        let count = |objects: &[usize]| {
            let lengths = objects.iter().filter_map(|id| self.tree.node(*id)).map(|node| node.children.len());
            lengths.fold(1_usize, |total, length| (1..=length).fold(total, usize::saturating_mul))
        };
        // All of unknown order at once, if that is feasible; then each object by itself.
        let mut sets: Vec<Vec<usize>> = Vec::new();
        if unknown.len() > 1 && count(&unknown) <= MAX_PERMUTATIONS {
            sets.push(unknown.clone());
        }
        sets.extend(unknown.iter().chain(&objects).filter(|id| count(&[**id]) <= MAX_PERMUTATIONS).map(|id| Vec::from([*id])));
        let bases: [&Order<'_>; 2] = [&|id| documented_order(self.tree, &documented, id), &|_| None];
        let mut permuted = Vec::new();
        for set in sets {
            for base in bases {
                permuted.push((
                    set.clone(),
                    set.iter().map(|id| base(*id).or_else(|| self.received_order(*id)).unwrap_or_default()).collect::<Vec<_>>(),
                ));
            }
        }
        for (set, start) in permuted {
            let mut orders = start;
            for order in &mut orders {
                order.sort_unstable();
            }
            loop {
                let tree = self.tree;
                let order = |id: usize| {
                    let place = set.iter().position(|object| *object == id);
                    place.and_then(|place| orders.get(place).cloned()).or_else(|| documented_order(tree, &documented, id))
                };
                self.orders.push((pieces(tree, &order), 0));
                let last = self.orders.len() - 1;
                let found = grid(1, self.escapes.len().min(2), 3)
                    .any(|(_, escapes, layout)| self.attempt(layout, escapes, last, 0, &[]));
                self.orders.pop();
                if found {
                    return true;
                }
                if self.tries.is_done() || !next_orders(&mut orders) {
                    break;
                }
            }
        }
        false
    }

    fn received_order(&self, id: usize) -> Option<Vec<usize>> {
        self.tree.node(id).map(|node| node.children.clone())
    }

    /// Large whole numbers whose last digits a double has lost.
    fn lost_digits(&mut self) -> bool {
        let large: Vec<(usize, Vec<String>)> = self
            .numbers
            .iter()
            .filter_map(|id| {
                let number = self.tree.slice(&self.tree.node(*id)?.span);
                let candidates = numbers::indistinct(number);
                (!candidates.is_empty()).then_some((*id, candidates))
            })
            .take(4)
            .collect();
        for (order, escapes, layout) in grid(self.orders.len().min(2), self.escapes.len().min(2), 3) {
            for (id, candidates) in &large {
                for candidate in candidates {
                    if self.attempt(layout, escapes, order, 0, &[(*id, candidate.clone())]) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// The texts of all numbers in each style that differs here.
    fn distinct_numbers(&mut self) -> Vec<(Vec<(usize, String)>, u8)> {
        let mut distinct: Vec<(Vec<(usize, String)>, u8)> = Vec::from([(Vec::new(), 0)]);
        if self.numbers.is_empty() {
            return distinct;
        }
        for (cost, style) in (1..).zip(Style::ALL.iter().skip(1)) {
            if !self.tries.spend(self.numbers.len() * COST_OF_NUMBER) {
                break;
            }
            let texts: Vec<(usize, String)> = self
                .numbers
                .iter()
                .filter_map(|id| {
                    let number = self.tree.slice(&self.tree.node(*id)?.span);
                    let text = style.write(number);
                    (text != number).then_some((*id, text))
                })
                .collect();
            if distinct.iter().all(|(other, _)| *other != texts) {
                distinct.push((texts, cost.min(4)));
            }
        }
        distinct
    }

    fn attempt(&mut self, layout: usize, escapes: usize, order: usize, empties: usize, numbers: &[(usize, String)]) -> bool {
        let (Some((layout, _)), Some((escapes, _)), Some((order, _)), Some((empties, _))) =
            (Layout::ALL.get(layout), self.escapes.get(escapes), self.orders.get(order), self.empties.get(empties))
        else {
            return false;
        };
        if self.tries.is_done() || self.extra_cost > 0 && !self.tries.spend(self.extra_cost) {
            return false;
        }
        let numbers: Vec<(usize, &str)> = numbers.iter().map(|(id, text)| (*id, text.as_str())).collect();
        let replaced = Replaced { numbers: &numbers, empty_objects: empties };
        let mut out = core::mem::take(&mut self.out);
        write(&mut out, self.tree, order, *layout, escapes, &replaced);
        let received = if self.nulls { self.tree.text } else { self.received };
        let found = out != self.received.as_bytes()
            && self.tries.json(&out, &|signed| {
                let signed = core::str::from_utf8(signed).unwrap_or_default();
                compare(signed, received, self.nulls)
                    .unwrap_or_else(|| reserialized("The signed body is the same JSON, written in another way."))
            });
        self.out = out;
        found
    }
}

/// Every triple of indices, the last one fastest.
fn grid(first: usize, second: usize, third: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    (0..first).flat_map(move |a| (0..second).flat_map(move |b| (0..third).map(move |c| (a, b, c))))
}

/// The first choice of forms with a sum of places: as much as possible on the last numbers. `false` if there is none.
fn first_choice(choice: &mut [usize], forms: &[(usize, Vec<String>)], mut sum: usize) -> bool {
    for (chosen, (_, forms)) in choice.iter_mut().zip(forms).rev() {
        *chosen = sum.min(forms.len() - 1);
        sum -= *chosen;
    }
    sum == 0
}

/// The next choice with the same sum: one number takes one more, and what follows it is as at first. `false` after the last one.
fn next_choice(choice: &mut [usize], forms: &[(usize, Vec<String>)]) -> bool {
    let mut after = 0;
    for place in (0..choice.len()).rev() {
        let (Some(chosen), Some((_, own))) = (choice.get(place).copied(), forms.get(place)) else { return false };
        if after > 0 && chosen + 1 < own.len() {
            let (Some((_, rest)), Some((_, rest_forms))) = (choice.split_at_mut_checked(place), forms.split_at_checked(place))
            else {
                return false;
            };
            let (Some((own, rest)), Some((_, rest_forms))) = (rest.split_first_mut(), rest_forms.split_first()) else {
                return false;
            };
            *own += 1;
            return first_choice(rest, rest_forms, after - 1);
        }
        after += chosen;
    }
    false
}

/// The next permutation of the first list, or of the next one once that has started over. `false` after the last one.
fn next_orders(orders: &mut [Vec<usize>]) -> bool {
    orders.iter_mut().any(|order| next_permutation(order))
}

/// The next permutation in lexicographic order; after the last one the first, and `false`.
fn next_permutation(order: &mut [usize]) -> bool {
    let Some(rise) = order.windows(2).rposition(|pair| matches!(pair, [a, b] if a < b)) else {
        order.reverse();
        return false;
    };
    let Some((before, after)) = order.split_at_mut_checked(rise + 1) else { return false };
    if let Some(pivot) = before.last_mut()
        && let Some(larger) = after.iter_mut().rev().find(|value| **value > *pivot)
    {
        core::mem::swap(pivot, larger);
    }
    after.reverse();
    true
}

fn distinct_escapes(tree: &Tree<'_>) -> Vec<(&'static Escapes, u8)> {
    let mut samples: Vec<Vec<u8>> = Vec::new();
    let mut distinct = Vec::new();
    for (escapes, cost) in &Escapes::ALL {
        let sample = sample(tree, escapes);
        if !samples.contains(&sample) {
            samples.push(sample);
            distinct.push((escapes, *cost));
        }
    }
    distinct
}

fn distinct_orders(tree: &Tree<'_>, tries: &mut dyn Tries) -> Vec<(Vec<Piece>, u8)> {
    let documented = documented(tree);
    let sorted = |id: usize, by: &dyn Fn(&str, &str) -> core::cmp::Ordering| {
        let mut children = tree.node(id)?.children.clone();
        children.sort_by(|a, b| by(tree.key(*a), tree.key(*b)));
        Some(children)
    };
    let by_bytes = |id: usize| sorted(id, &|a: &str, b: &str| a.cmp(b));
    let known = |id: usize| documented_order(tree, &documented, id);
    let policies: [(&Order<'_>, u8); 8] = [
        (&|_| None, 0),
        (&known, 1),
        (&|id| if id == 0 { known(id) } else { None }, 2),
        (&|id| sorted(id, &|a, b| is_index(a).cmp(&is_index(b))), 2),
        (&|id| if id == 0 { known(id) } else { sorted(id, &|a, b| is_index(a).cmp(&is_index(b))) }, 3),
        (&by_bytes, 2),
        (&|id| if id == 0 { known(id) } else { by_bytes(id) }, 3),
        // jsonb in PostgreSQL
        (&|id| sorted(id, &|a, b| a.len().cmp(&b.len()).then(a.cmp(b))), 4),
    ];
    let mut distinct: Vec<(Vec<Piece>, u8)> = Vec::new();
    let likely = if tree.text.len() > LONG { 2 } else { policies.len() };
    for (policy, cost) in policies.into_iter().take(likely) {
        // The received order is always there.
        if !distinct.is_empty() && !tries.spend(tree.nodes.len() * COST_OF_VALUE) {
            break;
        }
        let pieces = pieces(tree, policy);
        if distinct.iter().all(|(other, _)| *other != pieces) {
            distinct.push((pieces, cost));
        }
    }
    distinct
}

/// The objects whose keys are documented, with the keys in the provider's order.
fn documented(tree: &Tree<'_>) -> Vec<(usize, Vec<Cow<'static, str>>)> {
    let mut found = Vec::from([(0, ENVELOPE.map(Cow::Borrowed).to_vec())]);
    let event_type = tree.member(0, "type").and_then(|id| match tree.node(id)?.kind {
        NodeKind::String(text) => Some(tree.value(text)),
        _ => None,
    });
    let Some(sample) = event_type.and_then(sample_event).and_then(Tree::read) else { return found };
    let mut pairs = Vec::from([(0, 0)]);
    while let Some((id, documented)) = pairs.pop() {
        let Some(node) = sample.node(documented) else { continue };
        for child in &node.children {
            if let Some(own) = tree.member(id, sample.key(*child))
                && sample.is_object(*child)
                && tree.is_object(own)
            {
                let keys = sample
                    .node(*child)
                    .map(|node| node.children.iter().map(|key| Cow::Owned(sample.key(*key).into())).collect());
                found.push((own, keys.unwrap_or_default()));
                pairs.push((own, *child));
            }
        }
    }
    found
}

/// The members of an object in the provider's order; those that are not documented follow.
fn documented_order(tree: &Tree<'_>, documented: &[(usize, Vec<Cow<'static, str>>)], id: usize) -> Option<Vec<usize>> {
    let (_, keys) = documented.iter().find(|(object, _)| *object == id)?;
    let mut children = tree.node(id)?.children.clone();
    children.sort_by_cached_key(|child| keys.iter().position(|key| key == tree.key(*child)).unwrap_or(usize::MAX));
    Some(children)
}

/// None of the empty arrays, all of them, and each choice among a few.
fn choices(empty: &[usize]) -> Vec<(Vec<usize>, u8)> {
    let mut choices = Vec::from([(Vec::new(), 0)]);
    if !empty.is_empty() {
        choices.push((empty.to_vec(), 1));
    }
    if (2..=MAX_EMPTY).contains(&empty.len()) {
        for mask in 1..(1_usize << empty.len()) - 1 {
            let chosen = empty.iter().enumerate().filter(|(place, _)| mask >> place & 1 == 1).map(|(_, id)| *id);
            choices.push((chosen.collect(), 3));
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::vec;

    use super::*;

    #[test]
    fn every_choice_comes_once_the_smallest_sums_first() {
        let forms: Vec<(usize, Vec<String>)> = [3, 1, 2, 4].map(|count| (0, vec![String::new(); count])).to_vec();
        let mut seen = BTreeSet::new();
        for sum in 0..=6 {
            let mut choice = vec![0; forms.len()];
            let mut is_choice = first_choice(&mut choice, &forms, sum);
            while is_choice {
                assert_eq!(choice.iter().sum::<usize>(), sum);
                assert!(seen.insert(choice.clone()), "{choice:?}");
                is_choice = next_choice(&mut choice, &forms);
            }
        }
        assert_eq!(seen.len(), 3 * 2 * 4);
    }

    #[test]
    fn every_permutation_comes_once() {
        let mut orders = vec![vec![0, 1, 2], vec![3, 4]];
        let mut seen = BTreeSet::new();
        loop {
            assert!(seen.insert(orders.clone()));
            if !next_orders(&mut orders) {
                break;
            }
        }
        assert_eq!(seen.len(), 12);
    }
}
