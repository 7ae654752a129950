//! A host whose dictionaries find the keys that stand twice in one object.

#![allow(unreachable_pub)] // shared by several test programs

use std::collections::HashSet;

use payvost_webhooks::{Error, Event, Kind, Value, WebhookVerifier};

/// The verdict on a payload when the search for such keys is left to this host.
pub fn verify<'p>(verifier: &WebhookVerifier, payload: &'p [u8], signature: &str) -> Result<Event<'p>, Error> {
    let draft = verifier.draft(payload, signature, false)?;
    let keys_differ = keys_differ(draft.as_value());
    draft.finish(keys_differ)
}

fn keys_differ(value: Value<'_>) -> bool {
    match value.kind() {
        Kind::Array(elements) => elements.into_iter().all(keys_differ),
        Kind::Object(members) => {
            let dictionary: HashSet<_> = members.into_iter().map(|(key, _)| key.decode()).collect();
            dictionary.len() == members.len() && members.into_iter().all(|(_, value)| keys_differ(value))
        }
        _ => true,
    }
}
