//! Values of JavaScript in the linear memory: the arguments of a call, and its result. `src-ts/wasm.ts` is the other side.
//!
//! Numbers are little-endian. The arguments begin with a slot of 16 bytes each, and so does each list among them:
//!
//! | bytes of a slot | |
//! | --- | --- |
//! | 0 to 3 | the kind, one of [`argument`] |
//! | 4 to 7 | the length of a string or a list, or of bytes; for a boolean 0 or 1; for a function its handle |
//! | 8 to 15 | a number, as a double; for the others in the first four bytes, where the content begins, counted from the first slot |
//!
//! A result is written one value after the other: a byte with its kind, one of [`result`], then its content.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

/// A function that JavaScript can call.
pub(crate) trait Function: 'static {
    /// Its name in the exports.
    const NAME: &'static CStr;

    /// The data of the function object.
    type Data;

    /// The error of a call.
    type Failure: Failure;

    /// The call. Missing arguments are `undefined`.
    fn call<'c>(env: Env<'c>, arguments: Arguments<'c>, data: &'c Self::Data) -> Result<Value<'c>, Self::Failure>;
}

/// The arguments of a call, up to the maximum of all functions here.
pub(crate) type Arguments<'c> = [Value<'c>; MAX_ARGUMENTS];

const MAX_ARGUMENTS: usize = 5;

/// The error of a call.
pub(crate) trait Failure: From<Fault> {
    /// The value to return instead of a result. A fault is thrown.
    fn value(self, env: Env<'_>) -> Result<Value<'_>, Fault>;
}

/// JavaScript made an invalid call.
pub(crate) struct Fault;

impl Failure for Fault {
    fn value(self, _: Env<'_>) -> Result<Value<'_>, Fault> {
        Err(self)
    }
}

/// The kinds of arguments, as in `src-ts/wasm.ts`.
mod argument {
    pub(super) const UNDEFINED: u32 = 0;
    pub(super) const NULL: u32 = 1;
    pub(super) const BOOLEAN: u32 = 2;
    pub(super) const NUMBER: u32 = 3;
    /// A string as UTF-8.
    pub(super) const TEXT: u32 = 4;
    /// A string with a lone surrogate, which has no UTF-8 form, as UTF-16.
    pub(super) const UNITS: u32 = 5;
    pub(super) const BYTES: u32 = 6;
    /// Bytes or a string of that length that JavaScript has not copied yet.
    pub(super) const ANNOUNCED: u32 = 7;
    pub(super) const LIST: u32 = 8;
    pub(super) const FUNCTION: u32 = 9;
    /// Bytes or a string of that length, for which there is no memory.
    pub(super) const NO_ROOM: u32 = 10;
}

/// The kinds of results, as in `src-ts/wasm.ts`.
mod result {
    pub(super) const UNDEFINED: u8 = 0;
    pub(super) const NULL: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const TRUE: u8 = 3;
    /// Eight bytes are the double.
    pub(super) const NUMBER: u8 = 4;
    /// Four bytes are the length, then follows UTF-8.
    pub(super) const TEXT: u8 = 5;
    /// Four bytes are the length.
    pub(super) const BYTES: u8 = 6;
    /// Four bytes are the number of the elements that follow.
    pub(super) const LIST: u8 = 7;
    /// Four bytes are the handle, one is the length of the name that follows.
    pub(super) const FUNCTION: u8 = 8;
    /// A byte is the number of functions that follow without their kind.
    pub(super) const OBJECT: u8 = 9;
    /// What `JSON.parse` makes of the payload.
    pub(super) const EVENT: u8 = 10;
}

const SLOT: usize = 16;

/// One call from JavaScript.
#[derive(Clone, Copy)]
pub(crate) struct Env<'c> {
    call: &'c Call<'c>,
}

/// The arguments, and what a call has made so far.
struct Call<'a> {
    area: &'a [u8],
    contents: RefCell<Vec<Content>>,
    /// Strings and lists, as they are written.
    made: RefCell<Vec<Vec<u8>>>,
}

/// A JavaScript value, during one call. It is small, since all functions pass many of them on.
#[derive(Clone, Copy)]
pub(crate) struct Value<'c> {
    env: Env<'c>,
    /// Its place in [`Call::contents`].
    place: usize,
}

#[derive(Clone, Copy)]
enum Content {
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    Text(Place),
    Units(Place),
    Bytes(Place),
    Announced(usize),
    NoRoom(usize),
    /// Where its first slot begins, and the number of its elements.
    List(Place),
    Function(u32),
    Event,
    /// A result, by its position in [`Call::made`].
    Made(usize),
    Other,
}

/// Where something begins in the area, and its length.
#[derive(Clone, Copy)]
struct Place {
    start: usize,
    length: usize,
}

/// The kind of a value, as far as it matters here.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// `undefined` or `null`
    Absent,
    Boolean(bool),
    Number(f64),
    Other,
}

/// The bytes of a `Uint8Array` or `ArrayBuffer`.
pub(crate) struct Memory<'c>(&'c [u8]);

/// An object whose members are functions.
pub(crate) struct Functions<'c> {
    env: Env<'c>,
    count: u8,
    written: Vec<u8>,
}

/// Functions in the hands of JavaScript. A handle is the place in this list.
#[derive(Default)]
pub(crate) struct Table {
    functions: Vec<Option<Rc<dyn Callable>>>,
    free: Vec<u32>,
}

/// A function with its data.
pub(crate) trait Callable {
    fn call<'c>(&'c self, env: Env<'c>, arguments: Arguments<'c>) -> Result<Value<'c>, Fault>;
}

struct Owned<F: Function>(F::Data);

impl<F: Function> Callable for Owned<F> {
    fn call<'c>(&'c self, env: Env<'c>, arguments: Arguments<'c>) -> Result<Value<'c>, Fault> {
        F::call(env, arguments, &self.0).or_else(|failure| failure.value(env))
    }
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

impl Table {
    fn add(&mut self, function: Rc<dyn Callable>) -> Result<u32, Fault> {
        if let Some(handle) = self.free.pop() {
            *self.place(handle).ok_or(Fault)? = Some(function);
            return Ok(handle);
        }
        let handle = u32::try_from(self.functions.len()).map_err(|_| Fault)?;
        self.functions.push(Some(function));
        Ok(handle)
    }

    fn place(&mut self, handle: u32) -> Option<&mut Option<Rc<dyn Callable>>> {
        self.functions.get_mut(usize::try_from(handle).ok()?)
    }
}

/// Calls the function with that handle. `area` holds `count` arguments. Writes the result to the end of `written`; nothing stands for an event.
pub(crate) fn call(handle: u32, area: &[u8], count: usize, written: &mut Vec<u8>) -> Result<(), Fault> {
    let function = function(handle)?;
    let call = Call::new(area);
    let env = Env { call: &call };
    let mut arguments = [env.value(Content::Undefined); MAX_ARGUMENTS];
    for (index, argument) in arguments.iter_mut().take(count).enumerate() {
        *argument = env.value(read(area, index * SLOT).ok_or(Fault)?);
    }
    let result = function.call(env, arguments)?;
    if matches!(result.content(), Content::Event) { Ok(()) } else { result.write(written) }
}

/// Writes the object of all functions.
pub(crate) fn exports(
    add: impl for<'c> FnOnce(Functions<'c>) -> Result<Functions<'c>, Fault>,
    written: &mut Vec<u8>,
) -> Result<(), Fault> {
    let call = Call::new(&[]);
    add(Functions::new(Env { call: &call })?)?.object().write(written)
}

/// Drops a function that JavaScript no longer has, with its data.
pub(crate) fn release(handle: u32) {
    let function = TABLE.with_borrow_mut(|table| {
        let function = table.place(handle)?.take();
        if function.is_some() {
            table.free.push(handle);
        }
        function
    });
    drop(function); // the table is free again: what is dropped may own functions
}

fn function(handle: u32) -> Result<Rc<dyn Callable>, Fault> {
    TABLE.with_borrow_mut(|table| table.place(handle)?.clone()).ok_or(Fault)
}

/// Hands a function to JavaScript: writes its handle and its name.
fn hand_over<F: Function>(data: F::Data, written: &mut Vec<u8>) -> Result<(), Fault> {
    let name = F::NAME.to_bytes();
    let handle = TABLE.with_borrow_mut(|table| table.add(Rc::new(Owned::<F>(data))))?;
    written.extend_from_slice(&handle.to_le_bytes());
    written.push(u8::try_from(name.len()).map_err(|_| Fault)?);
    written.extend_from_slice(name);
    Ok(())
}

/// The argument in the slot that begins there.
fn read(area: &[u8], slot: usize) -> Option<Content> {
    let slot: &[u8; SLOT] = area.get(slot..)?.first_chunk()?;
    let [k0, k1, k2, k3, l0, l1, l2, l3, n0, n1, n2, n3, n4, n5, n6, n7] = *slot;
    let number = f64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]);
    let handle = u32::from_le_bytes([l0, l1, l2, l3]);
    let length = usize::try_from(handle).ok()?;
    let start = usize::try_from(u32::from_le_bytes([n0, n1, n2, n3])).ok()?;
    let place = Place { start, length };
    Some(match u32::from_le_bytes([k0, k1, k2, k3]) {
        argument::UNDEFINED => Content::Undefined,
        argument::NULL => Content::Null,
        argument::BOOLEAN => Content::Boolean(length != 0),
        argument::NUMBER => Content::Number(number),
        argument::TEXT => Content::Text(place),
        argument::UNITS => Content::Units(place),
        argument::BYTES => Content::Bytes(place),
        argument::ANNOUNCED => Content::Announced(length),
        argument::NO_ROOM => Content::NoRoom(length),
        argument::LIST => Content::List(place),
        argument::FUNCTION => Content::Function(handle),
        _ => Content::Other,
    })
}

impl<'a> Call<'a> {
    fn new(area: &'a [u8]) -> Self {
        Self { area, contents: RefCell::default(), made: RefCell::default() }
    }

    fn bytes(&self, Place { start, length }: Place) -> &'a [u8] {
        self.area.get(start..).and_then(|rest| rest.get(..length)).unwrap_or_default()
    }

    /// JavaScript writes UTF-8 only.
    fn text(&self, place: Place) -> &'a str {
        str::from_utf8(self.bytes(place)).unwrap_or_default()
    }
}

impl<'c> Env<'c> {
    /// A function that owns `data`.
    pub(crate) fn function<F: Function>(self, data: F::Data) -> Result<Value<'c>, Fault> {
        let mut written = vec![result::FUNCTION];
        hand_over::<F>(data, &mut written)?;
        Ok(self.made(written))
    }

    pub(crate) fn undefined(self) -> Result<Value<'c>, Fault> {
        Ok(self.value(Content::Undefined))
    }

    pub(crate) fn null(self) -> Result<Value<'c>, Fault> {
        Ok(self.value(Content::Null))
    }

    pub(crate) fn number(self, number: f64) -> Result<Value<'c>, Fault> {
        Ok(self.value(Content::Number(number)))
    }

    pub(crate) fn boolean(self, boolean: bool) -> Result<Value<'c>, Fault> {
        Ok(self.value(Content::Boolean(boolean)))
    }

    pub(crate) fn string(self, text: &str) -> Result<Value<'c>, Fault> {
        Ok(self.made(with_length(result::TEXT, text.len(), text.as_bytes())?))
    }

    /// Like [`string`](Self::string).
    pub(crate) fn ascii(self, text: &str) -> Result<Value<'c>, Fault> {
        self.string(text)
    }

    /// An array with a copy of the bytes.
    pub(crate) fn buffer(self, bytes: &[u8]) -> Result<Value<'c>, Fault> {
        Ok(self.made(with_length(result::BYTES, bytes.len(), bytes)?))
    }

    pub(crate) fn array<const N: usize>(self, elements: [Value<'c>; N]) -> Result<Value<'c>, Fault> {
        self.list(&elements)
    }

    pub(crate) fn list(self, elements: &[Value<'c>]) -> Result<Value<'c>, Fault> {
        let mut written = with_length(result::LIST, elements.len(), &[])?;
        elements.iter().try_for_each(|element| element.write(&mut written))?;
        Ok(self.made(written))
    }

    /// What `JSON.parse` makes of the payload that JavaScript has passed to this call.
    pub(crate) fn event(self) -> Value<'c> {
        self.value(Content::Event)
    }

    fn value(self, content: Content) -> Value<'c> {
        let mut contents = self.call.contents.borrow_mut();
        contents.push(content);
        Value { env: self, place: contents.len() - 1 }
    }

    fn made(self, written: Vec<u8>) -> Value<'c> {
        let position = {
            let mut made = self.call.made.borrow_mut();
            made.push(written);
            made.len() - 1
        };
        self.value(Content::Made(position))
    }
}

fn with_length(kind: u8, length: usize, content: &[u8]) -> Result<Vec<u8>, Fault> {
    let length = u32::try_from(length).map_err(|_| Fault)?;
    let mut written = Vec::with_capacity(1 + size_of::<u32>() + content.len());
    written.push(kind);
    written.extend_from_slice(&length.to_le_bytes());
    written.extend_from_slice(content);
    Ok(written)
}

impl<'c> Value<'c> {
    fn content(self) -> Content {
        self.env.call.contents.borrow().get(self.place).copied().unwrap_or(Content::Undefined)
    }

    pub(crate) fn kind(self) -> Kind {
        match self.content() {
            Content::Undefined | Content::Null => Kind::Absent,
            Content::Boolean(boolean) => Kind::Boolean(boolean),
            Content::Number(number) => Kind::Number(number),
            _ => Kind::Other,
        }
    }

    /// The length of a string in UTF-16 code units; `None` for a value that is not a string.
    pub(crate) fn string_length(self) -> Option<usize> {
        match self.content() {
            Content::Text(place) => Some(self.env.call.text(place).encode_utf16().count()),
            Content::Units(place) => Some(place.length / 2),
            _ => None,
        }
    }

    /// The UTF-16 code units of a string of that length.
    pub(crate) fn string_units(self, length: usize) -> Option<Vec<u16>> {
        let mut units = Vec::with_capacity(length);
        match self.content() {
            Content::Text(place) => units.extend(self.env.call.text(place).encode_utf16()),
            Content::Units(place) => {
                units.extend(self.env.call.bytes(place).as_chunks().0.iter().copied().map(u16::from_le_bytes))
            }
            _ => return None,
        }
        Some(units)
    }

    /// Writes a string as UTF-8, as many whole characters as fit with a terminator, and returns the number of bytes. A character that no
    /// signature has stands for a string without a UTF-8 form.
    pub(crate) fn string_into(self, buffer: &mut [u8]) -> Option<usize> {
        let bytes = match self.content() {
            Content::Text(place) => {
                let text = self.env.call.text(place);
                let mut end = text.len().min(buffer.len().saturating_sub(1));
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                text.get(..end)?.as_bytes()
            }
            Content::Units(_) => "\u{fffd}".as_bytes(),
            _ => return None,
        };
        buffer.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(bytes.len())
    }

    /// The bytes of a `Uint8Array`, or of an `ArrayBuffer`.
    pub(crate) fn uint8_array(self) -> Option<Memory<'c>> {
        if let Content::Bytes(place) = self.content() { Some(Memory(self.env.call.bytes(place))) } else { None }
    }

    /// The bytes of a payload. [`Raw::Announced`] if JavaScript has not copied them yet.
    pub(crate) fn raw(self) -> Option<Raw<'c>> {
        match self.content() {
            Content::Bytes(place) | Content::Text(place) => Some(Raw::Bytes(self.env.call.bytes(place))),
            Content::Announced(length) => Some(Raw::Announced(length)),
            Content::NoRoom(length) => Some(Raw::NoRoom(length)),
            Content::Units(place) => Some(Raw::IllFormed(place.length / 2)),
            _ => None,
        }
    }

    /// The elements of an array that `src-ts/` made.
    pub(crate) fn elements(self) -> Option<Vec<Value<'c>>> {
        let Content::List(Place { start, length }) = self.content() else { return None };
        (0..length).map(|index| Some(self.env.value(read(self.env.call.area, start + index * SLOT)?))).collect()
    }

    /// Calls this function for what it does, not for its result.
    pub(crate) fn call(self, added: &[Self]) -> Result<(), Fault> {
        let Content::Function(handle) = self.content() else { return Err(Fault) };
        let function = function(handle)?;
        let call = Call::new(&[]);
        let env = Env { call: &call };
        let mut arguments = [env.value(Content::Undefined); MAX_ARGUMENTS];
        for (argument, given) in arguments.iter_mut().zip(added) {
            *argument = env.value(given.content());
        }
        function.call(env, arguments).map(drop)
    }

    fn write(self, written: &mut Vec<u8>) -> Result<(), Fault> {
        match self.content() {
            Content::Undefined => written.push(result::UNDEFINED),
            Content::Null => written.push(result::NULL),
            Content::Boolean(false) => written.push(result::FALSE),
            Content::Boolean(true) => written.push(result::TRUE),
            Content::Number(number) => {
                written.push(result::NUMBER);
                written.extend_from_slice(&number.to_le_bytes());
            }
            Content::Event => written.push(result::EVENT),
            Content::Text(place) => written.extend(with_length(result::TEXT, place.length, self.env.call.bytes(place))?),
            Content::Bytes(place) => written.extend(with_length(result::BYTES, place.length, self.env.call.bytes(place))?),
            Content::Made(position) => {
                let made = self.env.call.made.borrow();
                written.extend_from_slice(made.get(position).ok_or(Fault)?);
            }
            _ => return Err(Fault),
        }
        Ok(())
    }
}

/// The content of a payload.
#[derive(Clone, Copy)]
pub(crate) enum Raw<'c> {
    Bytes(&'c [u8]),
    Announced(usize),
    /// So many bytes, for which there is no memory.
    NoRoom(usize),
    /// A string of that many units without a UTF-8 form.
    IllFormed(usize),
}

impl Memory<'_> {
    pub(crate) fn copy(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl<'c> Functions<'c> {
    #[allow(clippy::unnecessary_wraps)] // Node-API can fail here
    pub(crate) fn new(env: Env<'c>) -> Result<Self, Fault> {
        Ok(Self { env, count: 0, written: Vec::new() })
    }

    pub(crate) fn add<F: Function>(mut self, data: F::Data) -> Result<Self, Fault> {
        self.count += 1;
        hand_over::<F>(data, &mut self.written)?;
        Ok(self)
    }

    pub(crate) fn object(self) -> Value<'c> {
        let mut written = vec![result::OBJECT, self.count];
        written.extend(self.written);
        self.env.made(written)
    }
}
