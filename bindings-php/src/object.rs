//! Objects of PHP's that hold a value of Rust's.
#![allow(unsafe_code)] // lays out objects of PHP's

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

/// What objects of a class hold.
pub(crate) trait Held: Sized + 'static {
    /// A place of its own for the table that the engine finds the object's behaviour in.
    fn handlers() -> &'static OnceLock<zend_object_handlers>;
}

/// A final class whose objects hold such a value, and can be neither cloned, compared nor serialised.
pub(crate) fn class<T: Held>(name: &str) -> ClassBuilder {
    ClassBuilder::new(name).flags(ClassFlags::Final | ClassFlags::NoDynamicProperties | ClassFlags::NotSerializable)
}

/// To be called when the engine has registered such a class.
pub(crate) fn registered<T: Held>(class: &mut ClassEntry, tables: ArgInfoTables) {
    class.__bindgen_anon_2.create_object = Some(Object::<T>::create);
    // PHP refers to the tables as long as it runs.
    mem::forget(tables);
}

/// Where the value of the object is whose method is being called: `None` until there is one.
///
/// # Safety
///
/// The method is one of a class that was [`registered`] with this type.
pub(crate) unsafe fn held<T: Held>(call: &ExecuteData) -> *mut Option<T> {
    // SAFETY: PHP calls a method with an object of its class, and keeps it until the call returns.
    unsafe { &raw mut (*Object::<T>::of(call.This.value.obj)).value }
}

/// The value of an object that was passed as an argument: `None` when it is none of this class.
pub(crate) fn passed<T: Held>(argument: Argument<'_>) -> Option<&T> {
    let object = argument.0?.object()?;
    if !ptr::eq(object.handlers, Object::<T>::handlers()) {
        return None;
    }
    // SAFETY: objects of a class that was registered with this type have its handlers, and no others do. The argument keeps the object,
    // and nothing changes its value while the function that it was passed to reads it.
    unsafe { (*Object::<T>::of(ptr::from_ref(object).cast_mut())).value.as_ref() }
}

/// Makes an object of a class that was [`registered`] with this type, in the place of a result.
pub(crate) fn make<T: Held>(class: *mut ClassEntry, value: T, result: &mut Zval) -> Result<(), Failure> {
    // SAFETY: the class is registered; PHP's place for the result holds null.
    let code = catch_bailout(|| unsafe { object_init_ex(result, class) })?;
    if code != 0 || !result.is_object() {
        return Err(Failure::Panic);
    }
    // SAFETY: the object has just been made by `create`, and nobody else has it yet.
    unsafe { (*Object::<T>::of(result.value.obj)).value = Some(value) };
    Ok(())
}

/// An object as PHP has it: what is ours lies before what is the engine's.
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
        // SAFETY: what is asked for here is asked of the caller.
        unsafe { object.byte_sub(offset_of!(Self, engine)).cast() }
    }

    /// Neither cloned nor compared: PHP would do both by the properties, and there are none.
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
        // SAFETY: the engine's own steps to make an object, in its order, with our part set before anything can free it.
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
        // SAFETY: PHP frees an object of this class once, and nobody uses it any more.
        unsafe {
            ptr::drop_in_place(&raw mut (*Self::of(object)).value);
            zend_object_std_dtor(object);
        }
    }
}
