//! The class `Internal\MemoryClaims`: the store of claims that lives in the memory of this process.
#![allow(unsafe_code)] // reads the store in PHP's object

use std::time::Duration;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::claims::{ClaimPolicy, ClaimRequest, HandlerError, KeptDelivery, MemoryClaims};

use crate::arguments::Argument;
use crate::boundary::{Failure, constructor, held, method};
use crate::claims::{now, write_word_and_number};
use crate::engine::hide_parameters;
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{class, held, passed, registered};

/// The store, and the time in milliseconds that a test has set.
struct Memory {
    claims: MemoryClaims,
    set_to: Option<u64>,
}

held!(Memory);

pub(crate) fn register() -> Result<()> {
    let methods = [
        constructor!((capacity: "capacity"), Memory { claims: MemoryClaims::new(capacity.count())?, set_to: None }),
        method!("setTime", (milliseconds: "milliseconds") -> Void, |call, _result| {
            memory(call)?.set_to = milliseconds.natural_number();
            Ok(())
        }),
        claim(),
        method!("extend", (key: "key", token: "token", milliseconds: "milliseconds") -> Bool, |call, result| {
            let [key, token] = texts([key, token])?;
            let lease = Duration::from_millis(milliseconds.natural_number().unwrap_or(0));
            result.set_bool(step(call, |claims, now| claims.extend(now, key, token, lease))?);
            Ok(())
        }),
        method!("complete", (policy: "policy", key: "key", token: "token") -> Bool, |call, result| {
            let (policy, [key, token]) = (own(policy)?, texts([key, token])?);
            result.set_bool(step(call, |claims, now| claims.complete(now, policy, key, token))?);
            Ok(())
        }),
        method!("release", (policy: "policy", key: "key", token: "token", error: "error") -> Bool, |call, result| {
            let (policy, [key, token]) = (own(policy)?, texts([key, token])?);
            let error = HandlerError::new(error.text().unwrap_or_default());
            result.set_bool(step(call, |claims, now| claims.release(now, policy, key, token, &error))?);
            Ok(())
        }),
        // A word and a number.
        method!("take", (policy: "policy", key: "key", ticket: "ticket", token: "token") -> Array, |call, result| {
            let (policy, [key, ticket, token]) = (own(policy)?, texts([key, ticket, token])?);
            write_word_and_number(step(call, |claims, now| claims.take(now, policy, key, ticket, token))?.reply(), result)
        }),
        method!("discard", (policy: "policy", key: "key") -> Bool, |call, result| {
            let (policy, [key]) = (own(policy)?, texts([key])?);
            result.set_bool(step(call, |claims, now| claims.discard(now, policy, key))?);
            Ok(())
        }),
        dead_letters(),
        method!("delivery", (key: "key") -> Array | null, |call, result| {
            step(call, |claims, now| match key.text().and_then(|key| claims.delivery(now, key)) {
                Some(kept) => build(&Item::List(&[Item::Bytes(kept.payload), kept.signature.into()]), result),
                None => Ok(()),
            })?
        }),
        method!("count", () -> Long, |call, result| {
            result.set_long(i64::try_from(step(call, |claims, _| claims.len())?).unwrap_or(i64::MAX));
            Ok(())
        }),
    ];
    let class = class::<Memory>(namespaced!("Internal\\MemoryClaims")).registration(|class, tables| {
        hide_parameters(class, &[("claim", &[5, 6])]);
        registered::<Memory>(class, tables);
    });
    methods.into_iter().fold(class, |class, method| class.method(method, MethodFlags::Public)).register()
}

/// A word and a number; null if the store is full.
fn claim() -> FunctionBuilder<'static> {
    method!(
        "claim",
        (policy: "policy", key: "key", fingerprint: "fingerprint", event_type: "eventType", token: "token", payload: "payload",
         signature: "signature") -> Array | null,
        |call, result| {
            let (policy, [key, fingerprint, event_type, token]) = (own(policy)?, texts([key, fingerprint, event_type, token])?);
            let request = ClaimRequest::from_parts(key.to_owned(), fingerprint.to_owned(), event_type.to_owned());
            let payload = payload.payload().ok();
            let delivery = payload.zip(signature.text()).map(|(payload, signature)| KeptDelivery { payload, signature });
            let Ok(claim) = step(call, |claims, now| claims.claim(now, policy, &request, token, delivery))? else { return Ok(()) };
            write_word_and_number(claim.reply(), result)
        }
    )
}

fn dead_letters() -> FunctionBuilder<'static> {
    method!("deadLetters", (limit: "limit") -> Array, |call, result| {
        let letters = step(call, |claims, now| claims.dead_letters(now, limit.count()))?;
        let rows: Vec<_> = letters
            .iter()
            .map(|letter| {
                [
                    Item::from(&*letter.key),
                    Item::from(&*letter.event_type),
                    Item::from(letter.reason.as_str()),
                    Item::Int(letter.attempts.into()),
                    letter.error.as_deref().map_or(Item::Null, Item::from),
                    Item::Int(u64::try_from(letter.age.as_millis()).unwrap_or(u64::MAX)),
                ]
            })
            .collect();
        let rows: Vec<_> = rows.iter().map(|row| Item::List(row)).collect();
        build(&Item::List(&rows), result)
    })
}

/// Performs a step on the store of the object whose method is called.
fn step<T>(call: &ExecuteData, step: impl FnOnce(&mut MemoryClaims, u64) -> T) -> std::result::Result<T, Failure> {
    let memory = memory(call)?;
    let now = memory.set_to.unwrap_or_else(now);
    Ok(step(&mut memory.claims, now))
}

#[allow(clippy::mut_from_ref)] // the reference is to PHP's object, not to the call
fn memory(call: &ExecuteData) -> std::result::Result<&mut Memory, Failure> {
    // SAFETY: a method of this class. No PHP code runs in a step, so no other method is called.
    unsafe { &mut *held::<Memory>(call) }.as_mut().ok_or(Failure::Panic)
}

/// The PHP library passes nothing else.
fn own(policy: Argument<'_>) -> std::result::Result<&ClaimPolicy, Failure> {
    passed(policy).ok_or(Failure::Panic)
}

fn texts<const LENGTH: usize>(arguments: [Argument<'_>; LENGTH]) -> std::result::Result<[&str; LENGTH], Failure> {
    let texts = arguments.map(Argument::text);
    if texts.iter().all(Option::is_some) { Ok(texts.map(Option::unwrap_or_default)) } else { Err(Failure::Panic) }
}
