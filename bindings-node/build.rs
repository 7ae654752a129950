//! Sets the link arguments of a Node addon, which differ between platforms.

fn main() {
    napi_build::setup();
}
