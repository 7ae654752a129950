//! Which version this is.

use core::ffi::c_char;

/// The version of this header: its first number.
pub const PAYVOST_VERSION_MAJOR: u32 = 0;

/// The version of this header: its second number.
pub const PAYVOST_VERSION_MINOR: u32 = 1;

/// The version of this header: its third number.
pub const PAYVOST_VERSION_PATCH: u32 = 0;

/// The version of the library that is loaded, such as `"0.1.0"`. Ends in NUL, lives as long as the
/// library.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

// The header cannot take its numbers from the package, so the two are held together here.
const _: () = assert!(
    is(PAYVOST_VERSION_MAJOR, env!("CARGO_PKG_VERSION_MAJOR"))
        && is(PAYVOST_VERSION_MINOR, env!("CARGO_PKG_VERSION_MINOR"))
        && is(PAYVOST_VERSION_PATCH, env!("CARGO_PKG_VERSION_PATCH")),
    "the version in this file is not that of the package"
);

const fn is(number: u32, text: &str) -> bool {
    matches!(u32::from_str_radix(text, 10), Ok(parsed) if parsed == number)
}
