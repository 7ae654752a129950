//! The extension's entry point, which PHP calls when it loads the library.
#![allow(unsafe_code)] // PHP calls into here

use std::ffi::{CString, c_int};
use std::panic::catch_unwind;

use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{
    ZEND_RESULT_CODE_FAILURE, ZEND_RESULT_CODE_SUCCESS, php_info_print_table_end, php_info_print_table_row,
    php_info_print_table_start,
};
use ext_php_rs::zend::{ModuleEntry, StaticModuleEntry};

use crate::{
    api_error, claims, errors, event_type, explain, keys, manage, memory, outcome, receiver, router, testing, verifier,
};

/// The symbol that PHP looks up in the library.
#[unsafe(no_mangle)]
#[allow(clippy::expect_used)] // PHP cannot report errors yet, and the names contain no NUL
extern "C" fn get_module() -> *mut ModuleEntry {
    static MODULE: StaticModuleEntry = StaticModuleEntry::new();
    MODULE.get_or_init(|| {
        let module = ModuleBuilder::new("payvost_webhooks", env!("CARGO_PKG_VERSION"))
            .function(verifier::verify_webhook())
            .function(testing::sign())
            .function(testing::sample_event())
            .function(explain::explain())
            .function(errors::refuse_option())
            .function(outcome::handled_response())
            .function(manage::rotation());
        let module =
            claims::functions().into_iter().fold(module, ModuleBuilder::function).startup_function(start).info_function(info);
        let (entry, _, allocations) = module.try_into().expect("the module is well-formed");
        (entry, allocations)
    })
}

/// Called once per process, before the first request.
unsafe extern "C" fn start(_type: c_int, _module_number: c_int) -> c_int {
    match catch_unwind(register) {
        Ok(Ok(())) => ZEND_RESULT_CODE_SUCCESS,
        _ => ZEND_RESULT_CODE_FAILURE,
    }
}

fn register() -> Result<()> {
    errors::register()?;
    api_error::register()?;
    verifier::register()?;
    event_type::register()?;
    router::register()?;
    claims::register()?;
    memory::register()?;
    receiver::register()?;
    manage::register()?;
    verifier::hide_parameters();
    testing::hide_parameters();
    explain::hide_parameters();
    keys::intern();
    Ok(())
}

/// This extension's part of `phpinfo()`.
unsafe extern "C" fn info(_module: *mut ModuleEntry) {
    let row = |name: &str, value: &str| {
        let (Ok(name), Ok(value)) = (CString::new(name), CString::new(value)) else { return };
        // SAFETY: the first argument is the number of strings, and each ends with a NUL.
        unsafe { php_info_print_table_row(2, name.as_ptr(), value.as_ptr()) };
    };
    // SAFETY: PHP has asked for the table, whose parts must come in this order.
    unsafe { php_info_print_table_start() };
    row("Payvost Webhooks", "enabled");
    row("Version", env!("CARGO_PKG_VERSION"));
    // SAFETY: as above.
    unsafe { php_info_print_table_end() };
}
