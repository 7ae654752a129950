//! The part of Node-API that this package needs. Everything here that is not `unsafe` is safe to call.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use napi::sys;

/// A function that JavaScript can call.
pub(crate) trait Function {
    /// Its name in stack traces and in the exports.
    const NAME: &'static CStr;

    /// The data of the function object, dropped when that is garbage-collected.
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

/// A call of Node-API failed: Node is out of memory or shutting down, or this package made an invalid call.
pub(crate) struct Fault;

impl Failure for Fault {
    fn value(self, _: Env<'_>) -> Result<Value<'_>, Fault> {
        Err(self)
    }
}

/// The environment, during one call from JavaScript.
#[derive(Clone, Copy)]
pub(crate) struct Env<'c> {
    raw: sys::napi_env,
    /// The function of [`LIST`], which lives as long as the environment.
    lister: sys::napi_ref,
    call: PhantomData<&'c ()>,
}

/// A JavaScript value, during one call from JavaScript.
#[derive(Clone, Copy)]
pub(crate) struct Value<'c> {
    env: Env<'c>,
    raw: sys::napi_value,
}

/// Builder for a call of a JavaScript function.
pub(crate) struct Call<'c> {
    function: Value<'c>,
    arguments: [sys::napi_value; MAX_OUTGOING],
    count: usize,
}

/// How many arguments a [`Call`] has room for.
const MAX_OUTGOING: usize = 64;

/// The kind of a value, as far as it matters here.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// `undefined` or `null`
    Absent,
    Boolean(bool),
    Number(f64),
    Other,
}

/// The memory of a `Uint8Array` or `ArrayBuffer`. Other threads may write to it at any time: a worker that shares it, or the thread of
/// `fs.read`. So what is read from it is copied.
pub(crate) struct Memory<'c> {
    start: *const AtomicU8,
    length: usize,
    buffer: Value<'c>,
}

/// An object whose members are functions.
pub(crate) struct Functions<'c>(Value<'c>);

impl<'c> Functions<'c> {
    /// The `exports` of the module.
    ///
    /// # Safety
    ///
    /// Both must come from Node, for the running initialisation of the module.
    pub(crate) unsafe fn exports(env: sys::napi_env, exports: sys::napi_value) -> Result<Self, Fault> {
        let mut env = Env { raw: env, lister: ptr::null_mut(), call: PhantomData };
        let source = env.ascii(LIST)?;
        // SAFETY: the environment and the text are alive during this call.
        let list = env.value(|env, result| unsafe { sys::napi_run_script(env, source.raw, result) })?;
        // SAFETY: as above, and the result has room. The reference is never deleted before the environment ends.
        check(unsafe { sys::napi_create_reference(env.raw, list.raw, 1, &raw mut env.lister) })?;
        Ok(Self(Value { env, raw: exports }))
    }

    pub(crate) fn new(env: Env<'c>) -> Result<Self, Fault> {
        // SAFETY: `value` passes a live environment and room for the result.
        env.value(|env, result| unsafe { sys::napi_create_object(env, result) }).map(Self)
    }

    pub(crate) fn add<F: Function>(self, data: F::Data) -> Result<Self, Fault> {
        let Self(Value { env, raw }) = self;
        let function = env.function::<F>(data)?;
        define(env, raw, &[property(F::NAME.as_ptr(), ptr::null_mut(), function)])?;
        Ok(self)
    }

    pub(crate) fn object(self) -> Value<'c> {
        self.0
    }
}

impl<'c> Env<'c> {
    /// A function that owns `data`.
    pub(crate) fn function<F: Function>(self, data: F::Data) -> Result<Value<'c>, Fault> {
        let data: *mut Owned<F::Data> = Box::into_raw(Box::new(Owned { lister: self.lister, data }));
        let made = self.value(|env, result| {
            // SAFETY: the name ends with a NUL; `data` lives as long as the function, see below.
            unsafe { sys::napi_create_function(env, F::NAME.as_ptr(), AUTO_LENGTH, Some(entry::<F>), data.cast(), result) }
        });
        let made = made.and_then(|function| {
            // SAFETY: the finalizer fits the type behind `data` and runs once, when the function can no longer be called.
            check(unsafe {
                let nothing = ptr::null_mut();
                sys::napi_add_finalizer(self.raw, function.raw, data.cast(), Some(drop_data::<F>), nothing, ptr::null_mut())
            })?;
            Ok(function)
        });
        if made.is_err() {
            // SAFETY: no finalizer was registered, and the function, if there is one, is not used elsewhere.
            drop(unsafe { Box::from_raw(data) });
        }
        made
    }

    pub(crate) fn undefined(self) -> Result<Value<'c>, Fault> {
        // SAFETY: `value` passes a live environment and room for the result.
        self.value(|env, result| unsafe { sys::napi_get_undefined(env, result) })
    }

    pub(crate) fn null(self) -> Result<Value<'c>, Fault> {
        // SAFETY: as above.
        self.value(|env, result| unsafe { sys::napi_get_null(env, result) })
    }

    pub(crate) fn number(self, number: f64) -> Result<Value<'c>, Fault> {
        // SAFETY: as above.
        self.value(|env, result| unsafe { sys::napi_create_double(env, number, result) })
    }

    pub(crate) fn string(self, text: &str) -> Result<Value<'c>, Fault> {
        let (start, length) = (text.as_ptr().cast::<c_char>(), text.len().cast_signed());
        self.value(|env, result| {
            // SAFETY: as above, and the text is read only during the call. ASCII is Latin-1 too, which is cheaper to read.
            unsafe {
                if text.is_ascii() {
                    sys::napi_create_string_latin1(env, start, length, result)
                } else {
                    sys::napi_create_string_utf8(env, start, length, result)
                }
            }
        })
    }

    /// Like [`string`](Self::string), for text that is known to be ASCII. For other text the string would be wrong.
    #[inline]
    pub(crate) fn ascii(self, text: &str) -> Result<Value<'c>, Fault> {
        let (start, length) = (text.as_ptr().cast::<c_char>(), text.len().cast_signed());
        // SAFETY: as above, and the text is read only during the call.
        self.value(|env, result| unsafe { sys::napi_create_string_latin1(env, start, length, result) })
    }

    pub(crate) fn string_of_units(self, units: &[u16]) -> Result<Value<'c>, Fault> {
        let (start, length) = (units.as_ptr(), units.len().cast_signed());
        // SAFETY: as above, and the units are read only during the call.
        self.value(|env, result| unsafe { sys::napi_create_string_utf16(env, start, length, result) })
    }

    pub(crate) fn array<const N: usize>(self, elements: [Value<'c>; N]) -> Result<Value<'c>, Fault> {
        self.list(&elements)
    }

    /// An array with own elements, even if `Array.prototype` has a setter for one of them, which would run code of the host and keep the
    /// element.
    pub(crate) fn list(self, elements: &[Value<'c>]) -> Result<Value<'c>, Fault> {
        if elements.len() > MAX_OUTGOING {
            return self.long_list(elements);
        }
        // SAFETY: as above, and the reference is alive.
        let function = self.value(|env, result| unsafe { sys::napi_get_reference_value(env, self.lister, result) })?;
        let mut call = Call::new(function);
        elements.iter().for_each(|element| call.push(*element));
        call.make()
    }

    /// An array of more elements than fit into a call.
    fn long_list(self, elements: &[Value<'c>]) -> Result<Value<'c>, Fault> {
        // SAFETY: as above.
        let array = self.value(|env, result| unsafe { sys::napi_create_array_with_length(env, elements.len(), result) })?;
        for (index, element) in elements.iter().enumerate() {
            let name = self.ascii(&index.to_string())?;
            define(self, array.raw, &[property(ptr::null(), name.raw, *element)])?;
        }
        Ok(array)
    }

    pub(crate) fn boolean(self, boolean: bool) -> Result<Value<'c>, Fault> {
        // SAFETY: as above.
        self.value(|env, result| unsafe { sys::napi_get_boolean(env, boolean, result) })
    }

    /// A `Buffer` with a copy of the bytes.
    pub(crate) fn buffer(self, bytes: &[u8]) -> Result<Value<'c>, Fault> {
        let (start, mut copy) = (bytes.as_ptr().cast(), ptr::null_mut());
        // SAFETY: as above; the bytes are read only during the call.
        self.value(|env, result| unsafe { sys::napi_create_buffer_copy(env, bytes.len(), start, &raw mut copy, result) })
    }

    fn value(self, make: impl FnOnce(sys::napi_env, *mut sys::napi_value) -> sys::napi_status) -> Result<Value<'c>, Fault> {
        let mut raw = ptr::null_mut();
        check(make(self.raw, &raw mut raw))?;
        Ok(Value { env: self, raw })
    }
}

impl<'c> Value<'c> {
    pub(crate) fn kind(self) -> Kind {
        let (mut kind, mut boolean, mut number) = (sys::ValueType::napi_undefined, false, 0.0);
        // SAFETY: the environment and the value are alive during this call, and the results have room.
        unsafe {
            match sys::napi_typeof(self.env.raw, self.raw, &raw mut kind) {
                sys::Status::napi_ok => {}
                _ => return Kind::Other,
            }
            match kind {
                sys::ValueType::napi_undefined | sys::ValueType::napi_null => Kind::Absent,
                sys::ValueType::napi_boolean => {
                    sys::napi_get_value_bool(self.env.raw, self.raw, &raw mut boolean);
                    Kind::Boolean(boolean)
                }
                sys::ValueType::napi_number => {
                    sys::napi_get_value_double(self.env.raw, self.raw, &raw mut number);
                    Kind::Number(number)
                }
                _ => Kind::Other,
            }
        }
    }

    /// The length of a string in UTF-16 code units; `None` for a value that is not a string. Copies nothing.
    pub(crate) fn string_length(self) -> Option<usize> {
        let mut length = 0;
        // SAFETY: without a buffer, only the length is written.
        let status = unsafe { sys::napi_get_value_string_utf16(self.env.raw, self.raw, ptr::null_mut(), 0, &raw mut length) };
        (status == sys::Status::napi_ok).then_some(length)
    }

    /// The UTF-16 code units of a string of that length.
    pub(crate) fn string_units(self, length: usize) -> Option<Vec<u16>> {
        self.string_units_in(Vec::with_capacity(length + 1), length)
    }

    /// As [`string_units`](Self::string_units), in a vector with that much room and one more, for a string of any length.
    pub(crate) fn string_units_in(self, mut units: Vec<u16>, length: usize) -> Option<Vec<u16>> {
        units.clear();
        if units.capacity() <= length {
            return None;
        }
        let mut written = 0;
        // SAFETY: the buffer has room for `length` units and the terminator, and Node writes no more than that.
        let status = unsafe {
            sys::napi_get_value_string_utf16(self.env.raw, self.raw, units.as_mut_ptr(), length + 1, &raw mut written)
        };
        if status != sys::Status::napi_ok || written > length {
            return None;
        }
        // SAFETY: Node has written that many units.
        unsafe { units.set_len(written) };
        Some(units)
    }

    /// Writes a string as UTF-8, as many whole characters as fit with a terminator, and returns the number of bytes.
    pub(crate) fn string_into(self, buffer: &mut [u8]) -> Option<usize> {
        let mut written = 0;
        // SAFETY: Node writes no more than the buffer holds.
        let status = unsafe {
            let start = buffer.as_mut_ptr().cast();
            sys::napi_get_value_string_utf8(self.env.raw, self.raw, start, buffer.len(), &raw mut written)
        };
        (status == sys::Status::napi_ok).then_some(written)
    }

    /// The memory of a `Uint8Array`, such as a `Buffer`.
    #[inline]
    pub(crate) fn uint8_array(self) -> Option<Memory<'c>> {
        let (mut kind, mut length, mut start, mut buffer) = (0, 0, ptr::null_mut(), ptr::null_mut());
        // SAFETY: the results have room; the null pointers stand for results that are not wanted.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env.raw,
                self.raw,
                &raw mut kind,
                &raw mut length,
                &raw mut start,
                &raw mut buffer,
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array {
            return None;
        }
        Value { raw: buffer, ..self }.memory(start, length)
    }

    /// The memory of an `ArrayBuffer`.
    pub(crate) fn array_buffer(self) -> Option<Memory<'c>> {
        let (mut start, mut length) = (ptr::null_mut(), 0);
        if !self.is_array_buffer() {
            return None;
        }
        // SAFETY: it is an `ArrayBuffer`, and the results have room.
        let status = unsafe { sys::napi_get_arraybuffer_info(self.env.raw, self.raw, &raw mut start, &raw mut length) };
        if status == sys::Status::napi_ok { self.memory(start, length) } else { None }
    }

    /// The elements of an array that `src-ts/` made: it has no getters and is not a proxy, so no code of the host runs.
    pub(crate) fn elements(self) -> Option<Vec<Value<'c>>> {
        let (mut is_array, mut length) = (false, 0);
        // SAFETY: the values are alive during this call, the results have room.
        unsafe {
            sys::napi_is_array(self.env.raw, self.raw, &raw mut is_array);
            if !is_array || sys::napi_get_array_length(self.env.raw, self.raw, &raw mut length) != sys::Status::napi_ok {
                return None;
            }
        }
        let element = |index| {
            // SAFETY: as above.
            self.env.value(|env, result| unsafe { sys::napi_get_element(env, self.raw, index, result) }).ok()
        };
        (0..length).map(element).collect()
    }

    /// Calls this function for what it does, not for its result.
    pub(crate) fn call(self, arguments: &[Self]) -> Result<(), Fault> {
        let mut call = Call::new(self);
        arguments.iter().for_each(|argument| call.push(*argument));
        call.make().map(drop)
    }

    /// Whether this is an `ArrayBuffer`, but not a `SharedArrayBuffer`.
    #[inline]
    fn is_array_buffer(self) -> bool {
        let mut yes = false;
        // SAFETY: the value is alive during this call, the result has room.
        unsafe { sys::napi_is_arraybuffer(self.env.raw, self.raw, &raw mut yes) };
        yes
    }

    /// Bytes of this `ArrayBuffer` or `SharedArrayBuffer`, at the place that Node returned; `None` if they were transferred, which leaves the
    /// buffer empty.
    #[inline]
    fn memory(self, start: *mut c_void, length: usize) -> Option<Memory<'c>> {
        let mut detached = false;
        if length == 0 && self.is_array_buffer() {
            // SAFETY: the value is alive during this call, the result has room.
            unsafe { sys::napi_is_detached_arraybuffer(self.env.raw, self.raw, &raw mut detached) };
        }
        (!detached).then_some(Memory { start: start.cast(), length, buffer: self })
    }
}

impl<'c> Call<'c> {
    /// The maximum number of arguments.
    pub(crate) const ROOM: usize = MAX_OUTGOING;

    pub(crate) fn new(function: Value<'c>) -> Self {
        Self { function, arguments: [ptr::null_mut(); MAX_OUTGOING], count: 0 }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count == MAX_OUTGOING
    }

    /// Adds an argument. One beyond the maximum is left out.
    #[inline]
    pub(crate) fn push(&mut self, argument: Value<'c>) {
        if let Some(place) = self.arguments.get_mut(self.count) {
            *place = argument.raw;
            self.count += 1;
        }
    }

    /// Replaces an argument that was added before.
    pub(crate) fn replace(&mut self, index: usize, argument: Value<'c>) {
        if let Some(place) = self.arguments.get_mut(..self.count).and_then(|added| added.get_mut(index)) {
            *place = argument.raw;
        }
    }

    /// Makes the call, and clears the arguments. Node rejects a value that is not a function.
    pub(crate) fn make(&mut self) -> Result<Value<'c>, Fault> {
        let Value { env, raw: function } = self.function;
        let this = env.undefined()?;
        let count = std::mem::take(&mut self.count);
        env.value(|env, result| {
            // SAFETY: as above; the first `count` arguments are values of the running call, as are the function and its `this`.
            unsafe { sys::napi_call_function(env, this.raw, function, count, self.arguments.as_ptr(), result) }
        })
    }
}

impl Memory<'_> {
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The bytes themselves, for a hash and nothing else; `None` if a worker can write to them.
    #[inline]
    pub(crate) fn to_hash(&self) -> Option<&[u8]> {
        if self.length == 0 || !self.buffer.is_array_buffer() {
            return None;
        }
        // SAFETY: Node says that `length` bytes start there; they stay, since the argument keeps their buffer alive and no JavaScript runs
        // meanwhile. Without a `SharedArrayBuffer`, only an operation that Node runs in the background, such as `fs.read`, can still write to
        // them. No branch, index or length depends on the bytes of a hash: it is the wrong one then, which no signature matches.
        Some(unsafe { slice::from_raw_parts(self.start.cast(), self.length) })
    }

    /// A copy of the bytes as they are now, so that the bytes that are checked are the ones that are read.
    pub(crate) fn copy(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.length);
        self.fill(&mut bytes);
        bytes
    }

    /// Replaces the content of the buffer by such a copy; `None` if there is no memory for it.
    #[inline]
    pub(crate) fn copy_to(&self, buffer: &mut Vec<u8>) -> Option<()> {
        buffer.clear();
        buffer.try_reserve_exact(self.length).ok()?;
        self.fill(buffer);
        Some(())
    }

    /// Replaces the content of the buffer.
    #[inline]
    fn fill(&self, buffer: &mut Vec<u8>) {
        const WORD: usize = size_of::<u64>();
        buffer.clear();
        buffer.reserve(self.length);
        // First the bytes before the first whole word, then words, then the rest.
        let head = self.start.align_offset(WORD).min(self.length);
        let words = (self.length - head) / WORD;
        let tail = head + words * WORD;
        // SAFETY: Node says that `length` bytes start there; they stay, since the argument keeps their buffer alive and no JavaScript runs
        // meanwhile. Other threads may write to them, which an atomic load allows.
        let byte = |index: usize| unsafe { &*self.start.add(index) }.load(Ordering::Relaxed);
        // SAFETY: as above, and all of the word is within the length and aligned.
        let word = |index: usize| unsafe { &*self.start.add(head + index * WORD).cast::<AtomicU64>() }.load(Ordering::Relaxed);
        let copy = buffer.as_mut_ptr();
        // SAFETY: the buffer has room for `length` bytes, all of which are written before they count. No one else has it.
        unsafe {
            (0..head).for_each(|index| copy.add(index).write(byte(index)));
            (0..words).for_each(|index| copy.add(head + index * WORD).cast::<u64>().write_unaligned(word(index)));
            (tail..self.length).for_each(|index| copy.add(index).write(byte(index)));
            buffer.set_len(self.length);
        }
    }
}

/// The data of a function.
struct Owned<D> {
    lister: sys::napi_ref,
    data: D,
}

/// The callback for Node. A panic ends here.
unsafe extern "C" fn entry<F: Function>(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let call = || {
        let (mut raw, mut count, mut data) = ([ptr::null_mut(); MAX_ARGUMENTS], MAX_ARGUMENTS, ptr::null_mut());
        // SAFETY: the environment and the call are those that Node is making; Node fills all of `raw`, with `undefined`
        // where there are fewer arguments.
        check(unsafe { sys::napi_get_cb_info(env, info, &raw mut count, raw.as_mut_ptr(), ptr::null_mut(), &raw mut data) })?;
        // SAFETY: `Env::function` gave this data to this function, which is being called and so has not been collected.
        let Owned { lister, data } = unsafe { &*data.cast::<Owned<F::Data>>() };
        let env = Env { raw: env, lister: *lister, call: PhantomData };
        F::call(env, raw.map(|raw| Value { env, raw }), data).or_else(|failure| failure.value(env))
    };
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => value.raw,
        Ok(Err(_)) | Err(_) => {
            // SAFETY: the environment is alive, both texts end with a NUL. An exception that is already pending stays.
            unsafe { sys::napi_throw_error(env, ptr::null(), c"internal error".as_ptr()) };
            ptr::null_mut()
        }
    }
}

unsafe extern "C" fn drop_data<F: Function>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: `Env::function` made it with `Box::into_raw` and hands it over only here.
    let data = unsafe { Box::from_raw(data.cast::<Owned<F::Data>>()) };
    // A panic can no longer be reported.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(data)));
}

/// Returns an array of its arguments: elements of a rest parameter are defined, not assigned.
const LIST: &str = "(...list) => list";

/// Defines a property. The prototype is not consulted.
fn define(env: Env<'_>, object: sys::napi_value, properties: &[sys::napi_property_descriptor]) -> Result<(), Fault> {
    // SAFETY: the object is a value of this call, and so is what the properties hold.
    check(unsafe { sys::napi_define_properties(env.raw, object, properties.len(), properties.as_ptr()) })
}

/// A property like one that was assigned, by a name that ends with a NUL or by a string.
fn property(name: *const c_char, string: sys::napi_value, value: Value<'_>) -> sys::napi_property_descriptor {
    sys::napi_property_descriptor {
        utf8name: name,
        name: string,
        method: None,
        getter: None,
        setter: None,
        value: value.raw,
        attributes: sys::PropertyAttributes::writable
            | sys::PropertyAttributes::enumerable
            | sys::PropertyAttributes::configurable,
        data: ptr::null_mut(),
    }
}

/// Makes Node find the NUL itself.
const AUTO_LENGTH: isize = -1;

fn check(status: sys::napi_status) -> Result<(), Fault> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(Fault) }
}
