//! PHP objects that hold a Rust value.
#![allow(unsafe_code)] // lays out PHP's objects

use std::ffi::c_int;
use std::mem::{self, offset_of};
use std::ptr;
use std::sync::OnceLock;

use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::ffi::{
    ext_php_rs_zend_object_alloc, object_properties_init, std_object_handlers, zend_object, zend_object_handlers,
    zend_object_std_dtor, zend_object_std_init,
};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use crate::arguments::Argument;
use crate::boundary::{Failure, catch_bailout};
use crate::engine::{object_init_ex, zend_objects_not_comparable};

/// The type of the value in a class's objects.
pub(crate) trait Held: Sized + 'static {
    /// The class's own place for the engine's table of object handlers.
    fn handlers() -> &'static OnceLock<zend_object_handlers>;
}

/// A final class whose objects hold such a value. They cannot be cloned, compared or serialized.
pub(crate) fn class<T: Held>(name: &str) -> ClassBuilder {
    ClassBuilder::new(name).flags(ClassFlags::Final | ClassFlags::NoDynamicProperties | ClassFlags::NotSerializable)
}

/// To be called after the engine has registered such a class.
pub(crate) fn registered<T: Held>(class: &mut ClassEntry, tables: ArgInfoTables) {
    class.__bindgen_anon_2.create_object = Some(Object::<T>::create);
    // PHP refers to the tables for as long as it runs.
    mem::forget(tables);
}

/// The place of the value in the object whose method is called: `None` until the constructor has run.
///
/// # Safety
///
/// The method belongs to a class that was [`registered`] with this type.
pub(crate) unsafe fn held<T: Held>(call: &ExecuteData) -> *mut Option<T> {
    // SAFETY: PHP calls a method with an object of its class, and keeps it until the call returns.
    unsafe { &raw mut (*Object::<T>::of(call.This.value.obj)).value }
}

/// The value of an object that was passed as an argument: `None` for an object of another class.
pub(crate) fn passed<T: Held>(argument: Argument<'_>) -> Option<&T> {
    let object = argument.0?.object()?;
    if !ptr::eq(object.handlers, Object::<T>::handlers()) {
        return None;
    }
    // SAFETY: only objects of a class that was registered with this type have its handlers. The argument keeps the object alive, and
    // nothing changes its value while the called function reads it.
    unsafe { (*Object::<T>::of(ptr::from_ref(object).cast_mut())).value.as_ref() }
}

/// Creates an object of a class that was [`registered`] with this type, in the result.
pub(crate) fn make<T: Held>(class: *mut ClassEntry, value: T, result: &mut Zval) -> Result<(), Failure> {
    // SAFETY: the class is registered, and the result is null.
    let code = catch_bailout(|| unsafe { object_init_ex(result, class) })?;
    if code != 0 || !result.is_object() {
        return Err(Failure::Panic);
    }
    // SAFETY: `create` has just made the object, and no other code has it yet.
    unsafe { (*Object::<T>::of(result.value.obj)).value = Some(value) };
    Ok(())
}

/// An object in PHP's layout: our value comes before the engine's part.
#[repr(C)]
struct Object<T> {
    value: Option<T>,
    engine: zend_object,
}

impl<T: Held> Object<T> {
    /// The engine's allocator aligns to 8 bytes.
    const ALIGNED: () = assert!(mem::align_of::<Self>() <= 8);

    /// # Safety
    ///
    /// `object` was made by [`create`](Self::create).
    unsafe fn of(object: *mut zend_object) -> *mut Self {
        // SAFETY: the caller guarantees what is needed here.
        unsafe { object.byte_sub(offset_of!(Self, engine)).cast() }
    }

    /// Cloning and comparing are turned off: PHP would do both by the properties, of which there are none.
    fn handlers() -> &'static zend_object_handlers {
        T::handlers().get_or_init(|| zend_object_handlers {
            offset: c_int::try_from(offset_of!(Self, engine)).unwrap_or(0),
            free_obj: Some(Self::free),
            clone_obj: None,
            compare: Some(zend_objects_not_comparable),
            // SAFETY: a constant of the engine.
            ..unsafe { std_object_handlers }
        })
    }

    unsafe extern "C" fn create(class: *mut ClassEntry) -> *mut zend_object {
        let () = Self::ALIGNED;
        // SAFETY: the engine's own steps to create an object, in its order. Our part is set before anything can free it.
        unsafe {
            let object = ext_php_rs_zend_object_alloc(mem::size_of::<Self>(), class).cast::<Self>();
            ptr::write(&raw mut (*object).value, None);
            let engine = &raw mut (*object).engine;
            zend_object_std_init(engine, class);
            object_properties_init(engine, class);
            (*engine).handlers = Self::handlers();
            engine
        }
    }

    /// Drops the value: secrets are wiped with it.
    unsafe extern "C" fn free(object: *mut zend_object) {
        // SAFETY: PHP frees an object of this class once, when it is no longer used.
        unsafe {
            ptr::drop_in_place(&raw mut (*Self::of(object)).value);
            zend_object_std_dtor(object);
        }
    }
}
