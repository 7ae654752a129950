//! Passes an event to JavaScript, where `src-ts/values.ts` builds it.
//!
//! A Node-API call per member would cost more than everything else. So a single call passes the whole event, as a *plan* and its strings. The
//! plan is a string too, with one or more units per value, in the order of the payload. Each name is passed once, and then replaced by a number.

use std::cell::Cell;
use std::collections::TryReserveError;
use std::mem;
use std::rc::Rc;

use payvost_webhooks::host::{self, OutOfMemory};
use payvost_webhooks::{Array, Error, Event, JsonStr, Kind, Number, Object, Value as JsonValue};

use crate::boundary::{Call, Env, Fault, Value};
use crate::errors::Refusal;
use crate::keys::{Keys, Shape, Shapes};
use crate::payload::Buffer;

/// The units of a plan, as in `src-ts/values.ts`.
mod unit {
    pub(super) const NULL: u16 = 0;
    pub(super) const FALSE: u16 = 1;
    pub(super) const TRUE: u16 = 2;
    /// The next of the strings.
    pub(super) const STRING: u16 = 3;
    /// Two more units are the number, the low one first.
    pub(super) const INTEGER: u16 = 4;
    /// Four more units are the double, the low one first.
    pub(super) const DOUBLE: u16 = 5;
    /// Two more units are the number of the elements that follow.
    pub(super) const ARRAY: u16 = 6;
    /// Members follow, and then `END`.
    pub(super) const OBJECT: u16 = 7;
    pub(super) const END: u16 = 8;
    /// The members of [`ENVELOPE`](super::ENVELOPE) follow, without names.
    pub(super) const ENVELOPE: u16 = 9;
    /// The next of the strings is the value, as JSON.
    pub(super) const JSON: u16 = 10;
    /// Like `OBJECT`, with many members: two more units are their number. Before each [`TOGETHER`](super::TOGETHER) of them come the
    /// lengths of their names, two units each, while the next of the strings has the names themselves. There is no `END`.
    pub(super) const LARGE_OBJECT: u16 = 11;
    /// The next unit is the number.
    pub(super) const SMALL_INTEGER: u16 = 12;
    /// The next unit is the number of the shape of an object, whose values follow, without names.
    pub(super) const SHAPED: u16 = 13;
    /// Like `SHAPED`, but the next unit but one is the number of the names, which are the next of the strings. The shape gets the number.
    pub(super) const NEW_SHAPE: u16 = 14;

    /// For a member: the next of the strings is its name, which gets the number.
    pub(super) const NEW_NAME: u16 = 1 << 4;
    /// For a member: the bits above this are the number of its name.
    pub(super) const NAME_SHIFT: u32 = 5;
}

/// An object with more members is large: its names are probably new, and must not replace known ones.
const MAX_MEMBERS: usize = 512;

/// How many names of a large object share one string. JavaScript cuts it up in less time than it takes to make each name here.
const TOGETHER: usize = 512;

/// The members of an event, in the order that Payvost sends them.
const ENVELOPE: [&str; 6] = ["id", "type", "createdAt", "liveMode", "data", "previousData"];

/// The state that all functions of one instance of the module keep from one event to the next.
pub(crate) type SharedNotes = Rc<Kept>;

/// What is lent to one event after the other.
#[derive(Default)]
pub(crate) struct Kept {
    notes: Cell<Notes>,
    pub(crate) payload: Buffer,
}

/// The default takes its place while the notes are in use: it knows no names and learns none.
#[derive(Default)]
pub(crate) struct Notes {
    names: Keys,
    shapes: Shapes,
    /// A buffer, like the next fields.
    plan: Units,
    text: Vec<u16>,
    ascii: String,
}

/// A growing plan.
#[derive(Default)]
struct Units(Vec<u16>);

impl Units {
    #[inline(always)]
    fn push(&mut self, unit: u16) -> Result<(), Halt> {
        self.extend([unit])
    }

    #[inline(always)]
    fn extend<const COUNT: usize>(&mut self, units: [u16; COUNT]) -> Result<(), Halt> {
        self.0.try_reserve(COUNT)?;
        self.0.extend_from_slice(&units);
        Ok(())
    }
}

/// Why an event cannot be passed on.
#[derive(Clone, Copy)]
pub(crate) enum Halt {
    Fault,
    OutOfMemory,
}

impl From<Fault> for Halt {
    fn from(_: Fault) -> Self {
        Self::Fault
    }
}

impl From<TryReserveError> for Halt {
    fn from(_: TryReserveError) -> Self {
        Self::OutOfMemory
    }
}

impl From<OutOfMemory> for Halt {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<Halt> for Refusal {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Fault => Self::Fault,
            Halt::OutOfMemory => Self::Error(Error::OutOfMemory),
        }
    }
}

impl Notes {
    pub(crate) fn shared() -> SharedNotes {
        Rc::new(Kept {
            notes: Cell::new(Self { names: Keys::new(), shapes: Shapes::new(), ..Self::default() }),
            ..Kept::default()
        })
    }
}

/// Builds the object of an event.
#[derive(Clone, Copy)]
pub(crate) struct Builder<'c> {
    /// `build` of `src-ts/values.ts`, which is called with `(more, plan, ...strings)`. If there are more strings than fit into a call, the last
    /// ones are passed first and without a plan; the result is `more` in the next call.
    pub(crate) function: Value<'c>,
    pub(crate) notes: &'c SharedNotes,
}

impl<'c> Builder<'c> {
    /// Borrows the notes until the plan is dropped.
    #[inline(always)]
    pub(crate) fn plan(self, env: Env<'c>) -> Plan<'c> {
        let (build, first) = (self.function, Call::new(self.function));
        Plan { env, build, first, rest: Vec::new(), notes: self.notes.notes.take(), lender: &self.notes.notes, complete: false }
    }
}

/// An event that is being passed on.
pub(crate) struct Plan<'c> {
    env: Env<'c>,
    build: Value<'c>,
    /// The call with the plan, and with as many strings as fit.
    first: Call<'c>,
    /// The other strings.
    rest: Vec<Value<'c>>,
    notes: Notes,
    lender: &'c Cell<Notes>,
    /// Whether JavaScript has read all of it.
    complete: bool,
}

/// How many strings fit into a call with the other two arguments.
const STRINGS_PER_CALL: usize = Call::ROOM - 2;

impl Drop for Plan<'_> {
    /// Returns the notes, without what JavaScript may not have read.
    fn drop(&mut self) {
        if !self.complete {
            self.notes.names.forget();
            self.notes.shapes.forget();
        }
        self.lender.set(mem::take(&mut self.notes));
    }
}

impl<'c> Plan<'c> {
    /// Records everything that JavaScript needs, so that nothing is borrowed from the event any more. Runs no JavaScript.
    pub(crate) fn read(&mut self, event: &Event<'_>) -> Result<(), Halt> {
        self.notes.plan.0.clear();
        let none = self.env.undefined()?;
        // The places of the other arguments.
        self.first.push(none);
        self.first.push(none);
        let event = event.as_value();
        match event.kind() {
            Kind::Object(members) if is_envelope(members) => self.envelope(members),
            _ => self.value(event, 0),
        }
    }

    #[inline(always)]
    pub(crate) fn build(&mut self) -> Result<Value<'c>, Fault> {
        if !self.rest.is_empty() {
            let more = self.hand_over_rest()?;
            self.first.replace(0, more);
        }
        let plan = self.env.string_of_units(&self.notes.plan.0)?;
        self.first.replace(1, plan);
        let event = self.first.make()?;
        self.complete = true;
        Ok(event)
    }

    fn hand_over_rest(&self) -> Result<Value<'c>, Fault> {
        let none = self.env.undefined()?;
        self.rest.chunks(STRINGS_PER_CALL).rev().try_fold(none, |more, strings| {
            let mut call = Call::new(self.build);
            [more, none].iter().chain(strings).for_each(|argument| call.push(*argument));
            call.make()
        })
    }

    #[inline]
    fn push(&mut self, string: Value<'c>) -> Result<(), Halt> {
        if self.first.is_full() {
            self.rest.try_reserve(1)?;
            self.rest.push(string);
        } else {
            self.first.push(string);
        }
        Ok(())
    }

    fn envelope(&mut self, members: Object<'_>) -> Result<(), Halt> {
        self.notes.plan.push(unit::ENVELOPE)?;
        members.into_iter().try_for_each(|(_, value)| self.value(value, 0))
    }

    /// `name` is what the unit says about the name of a member.
    #[inline(always)]
    fn value(&mut self, value: JsonValue<'_>, name: u16) -> Result<(), Halt> {
        let plan = &mut self.notes.plan;
        match value.kind() {
            Kind::Null => plan.push(unit::NULL | name),
            Kind::Bool(false) => plan.push(unit::FALSE | name),
            Kind::Bool(true) => plan.push(unit::TRUE | name),
            Kind::Number(number) => match small_integer(number) {
                Some(integer) => match u16::try_from(integer) {
                    Ok(small) => plan.extend([unit::SMALL_INTEGER | name, small]),
                    Err(_) => {
                        let [low, high, ..] = units(integer.cast_unsigned().into());
                        plan.extend([unit::INTEGER | name, low, high])
                    }
                },
                None => {
                    plan.push(unit::DOUBLE | name)?;
                    plan.extend(units(number.as_f64().to_bits()))
                }
            },
            Kind::String(string) => {
                plan.push(unit::STRING | name)?;
                self.string(string)
            }
            Kind::Array(elements) => self.array(elements, name),
            Kind::Object(members) if members.len() > MAX_MEMBERS => {
                if is_numbered(members) {
                    plan.push(unit::JSON | name)?;
                    let text = self.env.string(value.raw())?;
                    return self.push(text);
                }
                self.large_object(members, name)
            }
            Kind::Object(members) => self.object(members, name),
        }
    }

    // The depth of a document is limited, so the recursion is too.
    fn array(&mut self, elements: Array<'_>, name: u16) -> Result<(), Halt> {
        self.notes.plan.push(unit::ARRAY | name)?;
        self.word(elements.len())?;
        elements.into_iter().try_for_each(|element| self.value(element, 0))
    }

    fn object(&mut self, members: Object<'_>, name: u16) -> Result<(), Halt> {
        match self.notes.shapes.of(members) {
            Shape::Known(number) => {
                self.notes.plan.extend([unit::SHAPED | name, number])?;
                return members.into_iter().try_for_each(|(_, value)| self.value(value, 0));
            }
            Shape::New(number) => {
                let count = u16::try_from(members.len()).map_err(|_| Fault)?;
                self.notes.plan.extend([unit::NEW_SHAPE | name, number, count])?;
                members.into_iter().try_for_each(|(name, _)| self.string(name))?;
                return members.into_iter().try_for_each(|(_, value)| self.value(value, 0));
            }
            Shape::None => {}
        }
        self.notes.plan.push(unit::OBJECT | name)?;
        for (name, value) in members {
            let name = self.name(name)?;
            self.value(value, name)?;
        }
        self.notes.plan.push(unit::END)
    }

    fn large_object(&mut self, members: Object<'_>, name: u16) -> Result<(), Halt> {
        self.notes.plan.push(unit::LARGE_OBJECT | name)?;
        self.word(members.len())?;
        let mut rest = members.into_iter();
        while rest.len() > 0 {
            self.names(rest.clone().take(TOGETHER).map(|(name, _)| name))?;
            rest.by_ref().take(TOGETHER).try_for_each(|(_, value)| self.value(value, 0))?;
        }
        Ok(())
    }

    fn names<'p>(&mut self, names: impl Iterator<Item = JsonStr<'p>> + Clone) -> Result<(), Halt> {
        self.notes.ascii.clear();
        self.notes.text.clear();
        let all = if names.clone().all(JsonStr::is_plain_ascii) {
            for name in names {
                self.notes.ascii.try_reserve(name.raw().len())?;
                self.notes.ascii.push_str(name.raw());
                self.word(name.raw().len())?;
            }
            self.env.ascii(&self.notes.ascii)?
        } else {
            for name in names {
                let start = self.notes.text.len();
                host::decode_utf16_into(name, &mut self.notes.text)?;
                self.word(self.notes.text.len() - start)?;
            }
            self.env.string_of_units(&self.notes.text)?
        };
        self.push(all)
    }

    #[inline]
    #[allow(clippy::as_conversions)] // from usize to u64 nothing is lost
    fn word(&mut self, word: usize) -> Result<(), Halt> {
        let [low, high, ..] = units(word as u64);
        self.notes.plan.extend([low, high])
    }

    #[inline]
    fn name(&mut self, name: JsonStr<'_>) -> Result<u16, Halt> {
        let (number, known) = self.notes.names.number(name);
        if known {
            return Ok(number << unit::NAME_SHIFT);
        }
        self.string(name)?;
        Ok(number << unit::NAME_SHIFT | unit::NEW_NAME)
    }

    fn string(&mut self, string: JsonStr<'_>) -> Result<(), Halt> {
        let value = if string.is_plain_ascii() {
            self.env.ascii(string.raw())?
        } else {
            self.notes.text.clear();
            host::decode_utf16_into(string, &mut self.notes.text)?;
            self.env.string_of_units(&self.notes.text)?
        };
        self.push(value)
    }
}

fn is_envelope(members: Object<'_>) -> bool {
    members.len() == ENVELOPE.len() && members.into_iter().zip(ENVELOPE).all(|((name, _), expected)| name.raw() == expected)
}

/// Whether the names look like numbers. JavaScript stores such members differently, and `JSON.parse` is faster with them: it knows all of them
/// before it allocates.
fn is_numbered(members: Object<'_>) -> bool {
    members.into_iter().next().is_some_and(|(name, _)| name.raw().starts_with(|first: char| first.is_ascii_digit()))
}

/// A number that takes at most two units. `-0` needs more: in JavaScript it differs from `0`.
fn small_integer(number: Number<'_>) -> Option<i32> {
    if number.is_integer() && number.as_str() != "-0" { number.as_str().parse().ok() } else { None }
}

#[inline]
#[allow(clippy::as_conversions, clippy::cast_possible_truncation)] // cutting it up is the point
fn units(word: u64) -> [u16; 4] {
    [word as u16, (word >> 16) as u16, (word >> 32) as u16, (word >> 48) as u16]
}
