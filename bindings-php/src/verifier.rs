//! The class `WebhookVerifier`.
#![allow(unsafe_code)] // lays out objects of PHP's

use std::ffi::c_int;
use std::mem::{self, offset_of};
use std::ptr;
use std::sync::OnceLock;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{
    ext_php_rs_zend_object_alloc, object_properties_init, std_object_handlers, zend_object, zend_object_handlers,
    zend_object_std_dtor, zend_object_std_init,
};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use ext_php_rs::zend_fastcall;
use payvost_webhooks::{Error, SecretProblem, WebhookVerifier};

use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::engine::{hide_parameter, zend_objects_not_comparable};
use crate::{namespaced, values};

/// Verifies, and writes the event to the place of the result. Shared by the method and the function.
#[inline]
pub(crate) fn verify(
    verifier: &WebhookVerifier,
    payload: Argument<'_>,
    signature: Argument<'_>,
    result: &mut Zval,
) -> Result<(), Failure> {
    let event = verifier.verify(payload.payload()?, signature.signature())?;
    values::build(event.as_value(), result)
}

pub(crate) fn register() -> ext_php_rs::error::Result<()> {
    ClassBuilder::new(namespaced!("WebhookVerifier"))
        .flags(ClassFlags::Final | ClassFlags::NoDynamicProperties | ClassFlags::NotSerializable)
        .method(construct(), MethodFlags::Public)
        .method(verify_method(), MethodFlags::Public)
        .method(verify_signature_method(), MethodFlags::Public)
        .registration(|class, tables| {
            class.__bindgen_anon_2.create_object = Some(create);
            // SAFETY: the method has just been registered.
            unsafe { hide_parameter(&raw const class.function_table, "__construct", 0) };
            // PHP refers to the tables as long as it runs.
            mem::forget(tables);
        })
        .register()
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([secrets, tolerance, expect_live_mode, max_payload_bytes]) = arguments(call, 1) else { return };
            run(|| {
                let builder = tolerance.tolerance(secrets.secrets());
                let builder = max_payload_bytes.max_payload_bytes(expect_live_mode.expect_live_mode(builder));
                let verifier = builder.build()?;
                // SAFETY: the method of an object of this class is being called, and no other one is.
                unsafe { (*Object::of(call.This.value.obj)).verifier = Some(verifier) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .arg(Arg::new("secrets", DataType::Mixed))
        .not_required()
        .arg(Arg::new("toleranceSeconds", DataType::Mixed).default("null"))
        .arg(Arg::new("expectLiveMode", DataType::Mixed).default("null"))
        .arg(Arg::new("maxPayloadBytes", DataType::Mixed).default("null"))
}

fn verify_method() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, signature]) = arguments(call, 2) else { return };
            run(|| verify(Object::verifier(call)?, payload, signature, result));
        }
    }
    FunctionBuilder::new("verify", handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .returns(DataType::Array, false, false)
}

fn verify_signature_method() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([payload, signature]) = arguments(call, 2) else { return };
            run(|| Ok(Object::verifier(call)?.verify_signature(payload.payload()?, signature.signature())?));
        }
    }
    FunctionBuilder::new("verifySignature", handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .returns(DataType::Void, false, false)
}

/// An object as PHP has it: what is ours lies before what is the engine's.
#[repr(C)]
struct Object {
    /// `None` until the constructor has succeeded; PHP can make an object without calling it.
    verifier: Option<WebhookVerifier>,
    engine: zend_object,
}

// The engine's allocator aligns to 8 bytes.
const _: () = assert!(mem::align_of::<Object>() <= 8);

impl Object {
    /// # Safety
    ///
    /// `object` was made by [`create`].
    unsafe fn of(object: *mut zend_object) -> *mut Self {
        // SAFETY: what is asked for here is asked of the caller.
        unsafe { object.byte_sub(offset_of!(Self, engine)).cast() }
    }

    /// The verifier of the object whose method is being called.
    fn verifier(call: &ExecuteData) -> std::result::Result<&WebhookVerifier, Error> {
        // SAFETY: PHP calls a method with an object of its class, and keeps it until the call returns. Nothing runs meanwhile that
        // could change it.
        let object = unsafe { &*Self::of(call.This.value.obj) };
        object.verifier.as_ref().ok_or(Error::InvalidSecret(SecretProblem::Missing))
    }
}

/// Neither cloned nor compared: PHP would do both by the properties, and there are none.
fn handlers() -> &'static zend_object_handlers {
    static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
    HANDLERS.get_or_init(|| zend_object_handlers {
        offset: c_int::try_from(offset_of!(Object, engine)).unwrap_or(0),
        free_obj: Some(free),
        clone_obj: None,
        compare: Some(zend_objects_not_comparable),
        // SAFETY: a constant of the engine.
        ..unsafe { std_object_handlers }
    })
}

unsafe extern "C" fn create(class: *mut ClassEntry) -> *mut zend_object {
    // SAFETY: the engine's own steps to make an object, in its order, with our part set before anything can free it.
    unsafe {
        let object = ext_php_rs_zend_object_alloc(mem::size_of::<Object>(), class).cast::<Object>();
        ptr::write(&raw mut (*object).verifier, None);
        let engine = &raw mut (*object).engine;
        zend_object_std_init(engine, class);
        object_properties_init(engine, class);
        (*engine).handlers = handlers();
        engine
    }
}

/// Wipes and frees the secrets.
unsafe extern "C" fn free(object: *mut zend_object) {
    // SAFETY: PHP frees an object of this class once, and nobody uses it any more.
    unsafe {
        ptr::drop_in_place(&raw mut (*Object::of(object)).verifier);
        zend_object_std_dtor(object);
    }
}
