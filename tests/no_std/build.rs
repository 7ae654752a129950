//! The C library gives `memcpy`, `memcmp` and `abort`, and the start of the program.

fn main() {
    println!("cargo:rustc-link-lib=c");
}
