//! Verifies a webhook and rotates a secret with an allocator and a panic handler of its own, and nothing of `std`. Exits with 0 when both
//! come out right; `tests/no_std/run` also looks at the symbols.

#![no_std]
#![no_main]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicUsize, Ordering};

use payvost_webhooks::manage::{Answer, Ask, CallOptions, Client, Now, Operation, Response};
use payvost_webhooks::{Error, ErrorCode, Timestamp, WebhookVerifier, sign};

/// Stands in for the C library's start: it calls this, and nothing of Rust's runtime runs before.
#[unsafe(no_mangle)]
pub extern "C" fn main(_: c_int, _: *const *const c_char) -> c_int {
    let verdicts = [verify(br#"{"x":"\u00e9"}"#), verify(br#"{"x":1,"x":2}"#)];
    match verdicts {
        [Ok(()), Err(error)] if error.code() == ErrorCode::InvalidJson && is_managed() == Some(true) => 0,
        _ => 1,
    }
}

/// Rotates the secret of a webhook; the server asks to come back in a second.
fn is_managed() -> Option<bool> {
    let client = Client::builder("sk_test_example").build().ok()?;
    let (parameters, options) = (br#"{"id":"webhook_abc123"}"#, CallOptions::default());
    let mut call = client.call(Operation::WebhooksRotateSecret, parameters, &options, [1; 16], Now::default()).ok()?;
    let body = br#"{"success":true,"data":{"secret":"whsec_new"}}"#;
    let limited = Response { status: 429, headers: &[("Retry-After", "1")], body: b"" };
    call.feed(Answer::Response(limited), Now::default(), 0).ok()?;
    let waits = matches!(call.next(), Ask::Wait(pause) if pause.as_secs() == 1);
    call.feed(Answer::Waited, Now { elapsed_ms: 1_000, unix_ms: 0 }, 0).ok()?;
    call.feed(Answer::Response(Response { status: 200, headers: &[], body }), Now::default(), 0).ok()?;
    Some(waits && matches!(call.next(), Ask::Done(Ok(success)) if success.data() == r#"{"secret":"whsec_new"}"#))
}

fn verify(data: &[u8]) -> Result<(), Error> {
    let head = br#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":"#;
    let payload = [&head[..], data, b"}"].concat();
    let verifier = WebhookVerifier::builder()
        .secret("whsec_example")
        .tolerance(core::time::Duration::from_secs(60), || Timestamp::from_unix(1_761_991_200, 0))
        .build()?;
    verifier.verify(&payload, &sign(&payload, "whsec_example")?).map(drop)
}

/// Gives memory out once and never takes it back.
struct Bump {
    memory: UnsafeCell<[u8; SIZE]>,
    used: AtomicUsize,
}

const SIZE: usize = 1 << 16;

// SAFETY: no two calls of `alloc` give out the same bytes, since `used` is advanced atomically.
unsafe impl Sync for Bump {}

// SAFETY: the blocks lie inside `memory`, do not overlap, and are aligned as asked for.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let wanted = layout.size() + layout.align();
        let start = self.used.fetch_add(wanted, Ordering::Relaxed);
        if start.saturating_add(wanted) > SIZE {
            return core::ptr::null_mut();
        }
        // SAFETY: the block and the padding before it were just found to lie inside `memory`.
        unsafe {
            let block = self.memory.get().cast::<u8>().add(start);
            block.add(block.align_offset(layout.align()))
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Bump = Bump { memory: UnsafeCell::new([0; SIZE]), used: AtomicUsize::new(0) };

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn abort() -> !;
    }
    // SAFETY: the C library's `abort` takes nothing and can be called at any time.
    unsafe { abort() }
}

/// `core` was compiled with unwinding and names this; nothing here unwinds.
#[unsafe(no_mangle)]
pub extern "C" fn rust_eh_personality() {}
