//! Sets the name of the shared library that programs link to. It changes when old programs could no longer use it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libpayvost_webhooks.so.{major}"),
        Ok("macos") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libpayvost_webhooks.{major}.dylib");
        }
        _ => {}
    }
}
