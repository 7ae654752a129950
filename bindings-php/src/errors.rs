//! The one place where the core's errors become PHP exceptions.
//!
//! The classes are only markers. The details of an exception are in private properties of their base class, and `\Exception` creates
//! the objects.
#![allow(unsafe_code)] // creates PHP's objects

use std::ffi::{c_char, c_int};
use std::fmt::{self, Display, Write as _};
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::args::{Arg, ArgInfoTables};
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::error::{Error as RegistrationError, Result};
use ext_php_rs::ffi::{ZEND_ACC_PRIVATE, zend_long, zend_object, zend_read_property, zend_throw_exception};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData, ZendType, ce};
use ext_php_rs::zend_fastcall;
use payvost_webhooks::manage::Refusal;
use payvost_webhooks::{Error, ErrorClass, ErrorCode, OptionName, Outcome};

use crate::boundary::{arguments, run};
use crate::engine::{
    permanent_string, spl_ce_RuntimeException, zend_declare_typed_property, zend_update_property_long,
    zend_update_property_stringl,
};
use crate::item::{Item, build};
use crate::{namespaced, values};

/// Throws the exception of an error. No frame may own anything that a bailout would leak.
#[cold]
pub(crate) fn throw(error: Error) {
    let message = Text::<256>::of(error);
    let outcome = Outcome::Refused(error);
    let body = Text::<512>::of(outcome.body());
    let class = match error.class() {
        ErrorClass::Configuration => &CONFIGURATION,
        ErrorClass::SignatureVerification => &SIGNATURE_VERIFICATION,
        ErrorClass::InvalidPayload => &INVALID_PAYLOAD,
        ErrorClass::EventRejected => &EVENT_REJECTED,
        _ => &BASE,
    };
    // SAFETY: the class is registered, the message ends with a NUL, and PHP is calling a function of this extension. The engine holds
    // the object, because it is the current exception.
    unsafe {
        let exception = zend_throw_exception(class.entry(), message.as_c_str(), 0);
        detail(exception, error.code().as_str(), error.hint(), usize::from(outcome.status()), body.as_str());
        if let Some(offset) = error.offset() {
            OFFSET.set_int(exception, offset);
        }
        if let Some(pointer) = error.pointer() {
            POINTER.set(exception, pointer);
        }
    }
}

/// The function `Internal\refuseOption`: throws an `invalid_option` that only PHP code can find, such as a store's client.
pub(crate) fn refuse_option() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([message, hint]) = arguments(call, 2) else { return };
            if let (Some(message), Some(hint)) = (message.text(), hint.text()) {
                throw_option(message, hint);
            }
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\refuseOption"), handler)
        .arg(Arg::new("message", DataType::Mixed))
        .arg(Arg::new("hint", DataType::Mixed))
        .returns(DataType::Void, false, false)
}

/// Throws an `invalid_option`. The message is a constant sentence without quotes and backslashes.
#[cold]
pub(crate) fn throw_option(message: &str, hint: &str) {
    throw_invalid_option(&Text::of(message), hint, None);
}

/// Throws the exception of an option or a parameter that the management API's client refuses.
#[cold]
pub(crate) fn throw_refusal(refusal: Box<Refusal>) {
    let (message, hint, parameter) = (Text::of(&refusal), refusal.hint(), Text::<128>::of(refusal.parameter()));
    // A bailout would leak it.
    drop(refusal);
    throw_invalid_option(&message, hint, Some(parameter.as_str()));
}

fn throw_invalid_option(message: &Text<256>, hint: &str, parameter: Option<&str>) {
    let code = ErrorCode::InvalidOption.as_str();
    let quoted = Quoted(message.as_str());
    let body = Text::<512>::of(format_args!(r#"{{"error":{{"code":"{code}","message":"{quoted}"}}}}"#));
    let status = Outcome::Refused(Error::InvalidOption(OptionName::Unknown)).status();
    // SAFETY: as in `throw`.
    unsafe {
        let exception = zend_throw_exception(CONFIGURATION.entry(), message.as_c_str(), 0);
        detail(exception, code, hint, usize::from(status), body.as_str());
        if let Some(parameter) = parameter {
            PARAMETER.set(exception, parameter);
        }
    }
}

/// Sets what every exception of these classes has.
///
/// # Safety
///
/// `exception` is an object of one of these classes.
pub(crate) unsafe fn detail(exception: *mut zend_object, code: &str, hint: &str, status: usize, body: &str) {
    // SAFETY: the caller guarantees what is needed here.
    unsafe {
        ERROR_CODE.set(exception, code);
        HINT.set(exception, hint);
        HTTP_STATUS.set_int(exception, status);
        HTTP_BODY.set(exception, body);
    }
}

/// Throws a `\RuntimeException`, for a bug in this extension.
#[cold]
pub(crate) fn throw_internal_error() {
    // SAFETY: the class is PHP's own, the message ends with a NUL.
    unsafe { zend_throw_exception(spl_ce_RuntimeException, c"internal error in payvost_webhooks".as_ptr(), 0) };
}

pub(crate) fn register() -> Result<()> {
    ClassBuilder::new(namespaced!("WebhookException"))
        .flags(ClassFlags::Abstract)
        .extends((ce::exception, "Exception"))
        .method(getter(FunctionBuilder::new("getErrorCode", get_error_code), &ERROR_CODE), GETTER)
        .method(getter(FunctionBuilder::new("getHint", get_hint), &HINT), GETTER)
        .method(getter(FunctionBuilder::new("getOffset", get_offset), &OFFSET), GETTER)
        .method(getter(FunctionBuilder::new("getPointer", get_pointer), &POINTER), GETTER)
        .method(getter(FunctionBuilder::new("getParameter", get_parameter), &PARAMETER), GETTER)
        .method(getter(FunctionBuilder::new("getHttpStatus", get_http_status), &HTTP_STATUS), GETTER)
        .method(getter(FunctionBuilder::new("getHttpBody", get_http_body), &HTTP_BODY), GETTER)
        .method(FunctionBuilder::new("__sleep", sleep).returns(DataType::Array, false, false), MethodFlags::Public)
        .registration(|class, tables| BASE.registered(class, tables))
        .register()?;
    for property in [&ERROR_CODE, &HINT, &OFFSET, &POINTER, &PARAMETER, &HTTP_STATUS, &HTTP_BODY] {
        property.declare()?;
    }
    mark(namespaced!("ConfigurationException"))
        .registration(|class, tables| CONFIGURATION.registered(class, tables))
        .register()?;
    mark(namespaced!("SignatureVerificationException"))
        .registration(|class, tables| SIGNATURE_VERIFICATION.registered(class, tables))
        .register()?;
    mark(namespaced!("InvalidPayloadException"))
        .registration(|class, tables| INVALID_PAYLOAD.registered(class, tables))
        .register()?;
    mark(namespaced!("EventRejectedException"))
        .registration(|class, tables| EVENT_REJECTED.registered(class, tables))
        .register()
}

pub(crate) fn mark(name: &str) -> ClassBuilder {
    ClassBuilder::new(name).extends((|| BASE.get(), "WebhookException"))
}

pub(crate) const GETTER: MethodFlags = MethodFlags::Public.union(MethodFlags::Final);

pub(crate) fn getter(method: FunctionBuilder<'static>, property: &Property) -> FunctionBuilder<'static> {
    method.returns(property.r#type, false, property.nullable)
}

zend_fastcall! {
    extern fn get_error_code(call: &mut ExecuteData, result: &mut Zval) {
        ERROR_CODE.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_hint(call: &mut ExecuteData, result: &mut Zval) {
        HINT.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_offset(call: &mut ExecuteData, result: &mut Zval) {
        OFFSET.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_pointer(call: &mut ExecuteData, result: &mut Zval) {
        POINTER.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_parameter(call: &mut ExecuteData, result: &mut Zval) {
        PARAMETER.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_http_status(call: &mut ExecuteData, result: &mut Zval) {
        HTTP_STATUS.get(call, result);
    }
}
zend_fastcall! {
    extern fn get_http_body(call: &mut ExecuteData, result: &mut Zval) {
        HTTP_BODY.get(call, result);
    }
}

/// The engine's name of a private property of the base class.
macro_rules! private {
    ($name:literal) => {
        concat!("\0", namespaced!("WebhookException"), "\0", $name)
    };
}

/// What is serialized of every exception.
pub(crate) const BASE_FIELDS: [&str; 11] = [
    "message",
    "code",
    "file",
    "line",
    private!("errorCode"),
    private!("hint"),
    private!("offset"),
    private!("pointer"),
    private!("parameter"),
    private!("httpStatus"),
    private!("httpBody"),
];

zend_fastcall! {
    /// Serializes everything but the stack trace, whose arguments can be confidential, and often cannot be serialized.
    extern fn sleep(call: &mut ExecuteData, result: &mut Zval) {
        let Some([]) = arguments(call, 0) else { return };
        let names = BASE_FIELDS.map(Item::from);
        run(|| build(&Item::List(&names), result));
    }
}

static BASE: Class = Class::new();
static CONFIGURATION: Class = Class::new();
static SIGNATURE_VERIFICATION: Class = Class::new();
static INVALID_PAYLOAD: Class = Class::new();
static EVENT_REJECTED: Class = Class::new();

/// A class that the engine has registered.
pub(crate) struct Class(AtomicPtr<ClassEntry>);

impl Class {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    pub(crate) fn registered(&self, entry: &'static mut ClassEntry, methods: ArgInfoTables) {
        self.0.store(entry, Ordering::Release);
        // PHP refers to them for as long as it runs.
        mem::forget(methods);
    }

    pub(crate) fn entry(&self) -> *mut ClassEntry {
        self.0.load(Ordering::Acquire)
    }

    #[allow(clippy::expect_used)] // called right after the class was registered
    fn get(&self) -> &'static ClassEntry {
        // SAFETY: null, or an entry of the engine, which lives as long as the engine.
        unsafe { self.entry().as_ref() }.expect("the class is registered")
    }
}

static ERROR_CODE: Property = Property { owner: &BASE, name: "errorCode", r#type: DataType::String, nullable: false };
static HINT: Property = Property { owner: &BASE, name: "hint", r#type: DataType::String, nullable: false };
static OFFSET: Property = Property { owner: &BASE, name: "offset", r#type: DataType::Long, nullable: true };
static POINTER: Property = Property { owner: &BASE, name: "pointer", r#type: DataType::String, nullable: true };
static PARAMETER: Property = Property { owner: &BASE, name: "parameter", r#type: DataType::String, nullable: true };
static HTTP_STATUS: Property = Property { owner: &BASE, name: "httpStatus", r#type: DataType::Long, nullable: false };
static HTTP_BODY: Property = Property { owner: &BASE, name: "httpBody", r#type: DataType::String, nullable: false };

/// A private property of one of these classes.
pub(crate) struct Property {
    pub(crate) owner: &'static Class,
    pub(crate) name: &'static str,
    pub(crate) r#type: DataType,
    pub(crate) nullable: bool,
}

impl Property {
    pub(crate) fn declare(&self) -> Result<()> {
        let name = permanent_string(self.name).ok_or(RegistrationError::InvalidPointer)?;
        let r#type = ZendType::empty_from_type(self.r#type, false, false, self.nullable);
        let r#type = r#type.ok_or(RegistrationError::ZvalConversion(self.r#type))?;
        let mut default = Zval::new();
        if self.r#type == DataType::Long && !self.nullable {
            default.set_long(0);
        } else if !self.nullable {
            // SAFETY: the place holds null. The empty string is shared, so an internal class may have it as a default.
            unsafe { values::write_string(&raw mut default, b"") };
        }
        let private = c_int::try_from(ZEND_ACC_PRIVATE)?;
        // SAFETY: the class is registered, and extensions are being started.
        unsafe { zend_declare_typed_property(self.owner.entry(), name, &raw mut default, private, ptr::null_mut(), r#type) };
        Ok(())
    }

    /// # Safety
    ///
    /// `exception` is an object of the owner, and the property is a string.
    pub(crate) unsafe fn set(&self, exception: *mut zend_object, value: &str) {
        let (name, value) = (self.name.as_bytes(), value.as_bytes());
        // SAFETY: pointers and lengths are those of strings, which are copied.
        unsafe {
            let (name, name_length) = (name.as_ptr().cast(), name.len());
            zend_update_property_stringl(self.owner.entry(), exception, name, name_length, value.as_ptr().cast(), value.len());
        }
    }

    /// # Safety
    ///
    /// `exception` is an object of the owner, and the property is an int.
    pub(crate) unsafe fn set_int(&self, exception: *mut zend_object, value: usize) {
        let value = zend_long::try_from(value).unwrap_or(zend_long::MAX);
        // SAFETY: the pointer and the length are those of a string.
        unsafe { zend_update_property_long(self.owner.entry(), exception, self.name.as_ptr().cast(), self.name.len(), value) };
    }

    /// The body of the method that returns the property.
    pub(crate) fn get(&self, call: &ExecuteData, result: &mut Zval) {
        let Some([]) = arguments(call, 0) else { return };
        let mut unused = Zval::new();
        let (name, name_length) = (self.name.as_ptr().cast(), self.name.len());
        // SAFETY: PHP calls a method with an object of its class. The property is declared, so its own place is returned.
        let value = unsafe {
            zend_read_property(self.owner.entry(), call.This.value.obj, name, name_length, true, &raw mut unused).as_ref()
        };
        if let Some(value) = value {
            *result = value.shallow_clone();
        }
    }
}

/// A C string on the stack, so that a bailout leaks nothing.
pub(crate) struct Text<const SIZE: usize> {
    /// The text, filled up with NULs. The last byte is always a NUL.
    bytes: [u8; SIZE],
    length: usize,
}

impl<const SIZE: usize> Text<SIZE> {
    pub(crate) fn of(value: impl Display) -> Self {
        let mut text = Self { bytes: [0; SIZE], length: 0 };
        // A text that does not fit is cut, and still thrown.
        let _ = write!(text, "{value}");
        text
    }

    pub(crate) fn as_c_str(&self) -> *const c_char {
        self.bytes.as_ptr().cast()
    }

    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl<const SIZE: usize> fmt::Write for Text<SIZE> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let [room @ .., _nul] = self.bytes.as_mut_slice() else { return Err(fmt::Error) };
        room.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// A text as it stands between the quotes of a JSON string. It has no control characters.
struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(character)?;
        }
        Ok(())
    }
}
