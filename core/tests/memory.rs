//! Freed memory contains no keys of secrets, and when memory runs out, a call fails instead of aborting.
#![allow(unsafe_code)] // an allocator that looks into what is freed

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use payvost_webhooks::host::{self, HostError};
use payvost_webhooks::{Error, Kind, Value, WebhookVerifier, WebhookVerifierBuilder, sign};
use sha2::block_api::compress256;

/// Looks for keys in freed memory, and can refuse to allocate. `realloc` is the trait's default: allocate, copy, free.
struct Watching;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// Words that must not be in freed memory; zeros mean none.
static WANTED: [[AtomicUsize; 4]; 64] = [const { [const { AtomicUsize::new(0) }; 4] }; 64];
static FOUND: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// How many allocations this thread may still make; negative for no limit.
    static LEFT: Cell<i64> = const { Cell::new(-1) };
}

// SAFETY: every call is passed on to the system's allocator.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match LEFT.get() {
            0 => return std::ptr::null_mut(),
            left if left > 0 => LEFT.set(left - 1),
            _ => {}
        }
        // SAFETY: the caller keeps to the contract of the trait. Zeroed, so that old content does not count.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the memory is as long as its layout says, and was zeroed before it was handed out.
        let bytes = unsafe { std::slice::from_raw_parts(memory, layout.size()) };
        for wanted in &WANTED {
            let wanted = wanted.each_ref().map(|word| word.load(Ordering::Relaxed));
            if wanted != [0; 4] {
                let wanted = wanted.map(usize::to_ne_bytes);
                FOUND.fetch_add(
                    usize::from(bytes.windows(32).any(|window| *window == *wanted.as_flattened())),
                    Ordering::Relaxed,
                );
            }
        }
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// One test at a time looks for keys.
static LOOKING: Mutex<()> = Mutex::new(());

/// How many blocks were freed with a key of these secrets in them while this ran.
fn keys_in_freed_memory(secrets: &[String], work: impl FnOnce()) -> usize {
    let _one_at_a_time = LOOKING.lock();
    let keys = secrets.iter().flat_map(|secret| [0x36, 0x5c].map(|pad| state(secret, pad)));
    for (wanted, key) in WANTED.iter().zip(keys) {
        for (word, bytes) in wanted.iter().zip(key.map(u32::to_ne_bytes).as_flattened().as_chunks().0) {
            word.store(usize::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
    }
    FOUND.store(0, Ordering::Relaxed);
    work();
    let found = FOUND.load(Ordering::Relaxed);
    WANTED.iter().flatten().for_each(|word| word.store(0, Ordering::Relaxed));
    found
}

/// The state of SHA-256 that HMAC derives from a key (RFC 2104 §2). It is enough to sign.
fn state(secret: &str, pad: u8) -> [u32; 8] {
    let mut block = [pad; 64];
    block.iter_mut().zip(secret.bytes()).for_each(|(padded, byte)| *padded ^= byte);
    let mut state = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    compress256(&mut state, &[block]);
    state
}

fn secrets(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("whsec_memory_{number}")).collect()
}

fn with_secrets(secrets: &[String]) -> WebhookVerifierBuilder {
    secrets.iter().fold(WebhookVerifier::builder(), |builder, secret| builder.secret(secret))
}

#[test]
#[cfg(target_pointer_width = "64")]
fn a_key_is_found_where_it_is_freed() {
    let secrets = secrets(1);
    let found = keys_in_freed_memory(&secrets, || drop(Box::new((7_u8, state(&secrets[0], 0x5c)))));
    assert_eq!(found, 1);
}

/// A vector that grows by itself frees its old memory unwiped.
#[test]
#[cfg(target_pointer_width = "64")]
fn freed_memory_has_no_keys_for_any_number_of_secrets() {
    for count in [1, 2, 3, 4, 5, 6, 9, 17, 32] {
        let secrets = secrets(count);
        let found = keys_in_freed_memory(&secrets, || {
            let builder = with_secrets(&secrets);
            let verifier = builder.clone().build().unwrap();
            let signature = sign(b"{}", secrets.last().unwrap()).unwrap();
            assert_eq!(verifier.clone().matching_secret(b"{}", &signature), Ok(count - 1));
            // One bad secret invalidates the list, which is freed.
            assert!(builder.secret(" ").build().is_err());
        });
        assert_eq!(found, 0, "{count} secrets");
    }
}

/// Runs this with 0, 1, 2, … allocations allowed until it succeeds. Returns how often it did not.
fn failures<T>(mut work: impl FnMut() -> Result<T, Error>) -> i64 {
    for allowed in 0.. {
        LEFT.set(allowed);
        let result = work();
        LEFT.set(-1);
        match result {
            Ok(_) => return allowed,
            Err(error) => assert_eq!(error, Error::OutOfMemory, "after {allowed} allocations"),
        }
    }
    unreachable!()
}

/// An event that needs memory in every way: more values than its length suggests, many keys, and escapes everywhere.
fn payload() -> String {
    let keys: String = (0..40).map(|number| format!(r#""k\u00e9y{number}":[[],{{}},"\n"],"#)).collect();
    let dense = "1,".repeat(2_000);
    format!(
        r#"{{"\u0069d":"\u0065vt_1","type":"payment\u002esucceeded","createdAt":"2025-11-01T10:00\u003a00Z","liveMode":true,"data":{{{keys}"dense":[{dense}1]}}}}"#
    )
}

#[test]
fn verifying_fails_when_memory_runs_out() {
    let (payload, verifier) = (payload(), with_secrets(&secrets(2)).build().unwrap());
    let signature = sign(&payload, "whsec_memory_1").unwrap();
    assert!(failures(|| verifier.verify(&payload, &signature)) >= 5);
    // Describing a problem needs memory too, and a lack of it must not lead to another verdict.
    for broken in [
        payload.replace("true", "true,\"a\":1,\"\\u0061\":2"),
        payload.replace("k\\u00e9y7\"", "k\\u00e9y6\""),
        payload.clone() + "!",
    ] {
        let signature = sign(&broken, "whsec_memory_1").unwrap();
        let expected = verifier.verify(&broken, &signature).unwrap_err();
        let verdict = || match verifier.verify(&broken, &signature) {
            Err(error) if error == expected => Ok(()),
            other => other.map(|_| unreachable!("accepted")),
        };
        assert!(failures(verdict) >= 1, "{expected}");
    }
}

#[test]
fn signing_and_building_fail_when_memory_runs_out() {
    assert_eq!(failures(|| sign(b"{}", "whsec_memory")), 1);
    let secrets = secrets(5);
    assert_eq!(failures(|| with_secrets(&secrets).build()), 3);
}

#[test]
fn a_host_learns_that_memory_ran_out() {
    let (payload, verifier) = (payload(), WebhookVerifier::new("whsec_memory").unwrap());
    let signature = sign(&payload, "whsec_memory").unwrap();
    let verified = || match host::verify_and_build(&verifier, &payload, &signature, false, |_| ((), true)) {
        Ok(((), event)) => host::into_owned(event).map_err(|host::OutOfMemory| Error::OutOfMemory),
        Err(HostError::OutOfMemory) => Err(Error::OutOfMemory),
        Err(HostError::Refused(error)) => Err(error),
        Err(HostError::HostFault) => unreachable!("no fault of the host"),
    };
    assert!(failures(verified) >= 4);

    let event = verifier.verify(&payload, &signature).unwrap();
    let Some(Kind::String(string)) = event.pointer("/data/kéy1/2").map(Value::kind) else { panic!("not a string") };
    let out_of_memory = |host::OutOfMemory| Error::OutOfMemory;
    assert_eq!(failures(|| host::decode_characters_into(string, &mut Vec::new()).map_err(out_of_memory)), 1);
    assert_eq!(failures(|| host::decode_utf16_into(string, &mut Vec::new()).map_err(out_of_memory)), 1);
    assert_eq!(failures(|| host::decode_into(string, &mut String::new()).map_err(out_of_memory)), 1);
}
