//! A host whose dictionaries find duplicate keys, and which checks escapes when it decodes them.

#![allow(unreachable_pub)] // shared by several test programs

use std::collections::HashSet;
use std::mem::MaybeUninit;

use payvost_webhooks::host::{self, HostError};
use payvost_webhooks::{Error, Event, JsonStr, Kind, Value, WebhookVerifier};

/// The verdict on a payload if these two checks are left to this host.
pub fn verify<'p>(verifier: &WebhookVerifier, payload: &'p [u8], signature: &str) -> Result<Event<'p>, Error> {
    match host::verify_and_build(verifier, payload, signature, false, |value| ((), is_sound(value))) {
        Ok(((), event)) => Ok(event),
        Err(HostError::Refused(error)) => Err(error),
        Err(HostError::OutOfMemory) => Err(Error::OutOfMemory),
        Err(HostError::HostFault) => unreachable!("the dictionaries lost a part of a valid payload"),
    }
}

fn is_sound(value: Value<'_>) -> bool {
    match value.kind() {
        Kind::Array(elements) => elements.into_iter().all(is_sound),
        Kind::Object(members) => {
            let dictionary: Option<HashSet<_>> = members.into_iter().map(|(key, _)| decoded(key)).collect();
            dictionary.is_some_and(|keys| keys.len() == members.len()) && members.into_iter().all(|(_, value)| is_sound(value))
        }
        Kind::String(string) => decoded(string).is_some(),
        _ => true,
    }
}

/// The characters, which must be the same from both ways to decode them.
fn decoded(string: JsonStr<'_>) -> Option<Vec<u32>> {
    let (mut codes, mut places) = (Vec::new(), vec![MaybeUninit::<u16>::uninit(); string.raw_bytes().len()]);
    let found = host::decode_characters_into(string, &mut codes).unwrap();
    let written = host::write_characters(string, &mut places);
    assert_eq!(
        found.map(|found| (found.count, found.bits)),
        written.map(|written| (written.count, written.bits)),
        "{string:?}"
    );
    let found = found?;
    assert_eq!(codes.len(), found.count);
    let largest = codes.iter().copied().max().unwrap_or(0);
    assert_eq!(size(found.bits), size(largest), "{string:?}");
    assert!(string.is_escaped() || size(largest) == size(host::largest_unescaped(string).into()), "{string:?}");
    Some(codes)
}

/// How many bytes a character needs; none for ASCII.
fn size(code: u32) -> usize {
    [0x80, 0x100, 0x1_0000].iter().filter(|limit| code >= **limit).count()
}
