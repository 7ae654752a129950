//! The class `Internal\MemoryClaims`: the store of claims that lives in the memory of this process.
#![allow(unsafe_code)] // takes the store out of PHP's object

use std::sync::OnceLock;
use std::time::Duration;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_object_handlers;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::{ClaimPolicy, ClaimRequest, HandlerError, KeptDelivery, MemoryClaims};

use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::claims::now;
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{Held, class, held, passed, registered};

pub(crate) fn register() -> Result<()> {
    class::<MemoryClaims>(namespaced!("Internal\\MemoryClaims"))
        .method(construct(), MethodFlags::Public)
        .method(claim(), MethodFlags::Public)
        .method(extend(), MethodFlags::Public)
        .method(complete(), MethodFlags::Public)
        .method(release(), MethodFlags::Public)
        .method(dead_letters(), MethodFlags::Public)
        .method(delivery(), MethodFlags::Public)
        .method(count(), MethodFlags::Public)
        .registration(registered::<MemoryClaims>)
        .register()
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([capacity]) = arguments(call, 1) else { return };
            run(|| {
                let claims = MemoryClaims::new(capacity.count())?;
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(claims) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler).arg(mixed("capacity"))
}

fn claim() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([policy, key, fingerprint, event_type, token, payload, signature]) = arguments(call, 7) else { return };
            run(|| {
                let (policy, [key, fingerprint, event_type, token]) = (own(policy)?, texts([key, fingerprint, event_type, token])?);
                let request = ClaimRequest::from_parts(key.to_owned(), fingerprint.to_owned(), event_type.to_owned());
                let payload = payload.payload().ok();
                let delivery = payload.zip(signature.text()).map(|(payload, signature)| KeptDelivery { payload, signature });
                // Null when there is no room.
                let Ok(claim) = step(call, |claims| claims.claim(now(), policy, &request, token, delivery))? else { return Ok(()) };
                let (word, number) = claim.reply();
                build(&Item::List(&[word.into(), Item::Int(number)]), result)
            });
        }
    }
    let names = ["policy", "key", "fingerprint", "eventType", "token", "payload", "signature"];
    let method = FunctionBuilder::new("claim", handler).returns(DataType::Array, false, true);
    names.into_iter().fold(method, |method, name| method.arg(mixed(name)))
}

fn extend() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([key, token, milliseconds]) = arguments(call, 3) else { return };
            let held = run(|| {
                let ([key, token], lease) = (texts([key, token])?, Duration::from_millis(milliseconds.natural_number().unwrap_or(0)));
                step(call, |claims| claims.extend(now(), key, token, lease))
            });
            result.set_bool(held.unwrap_or(false));
        }
    }
    let method = FunctionBuilder::new("extend", handler).arg(mixed("key")).arg(mixed("token")).arg(mixed("milliseconds"));
    method.returns(DataType::Bool, false, false)
}

fn complete() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([policy, key, token]) = arguments(call, 3) else { return };
            let held = run(|| {
                let (policy, [key, token]) = (own(policy)?, texts([key, token])?);
                step(call, |claims| claims.complete(now(), policy, key, token))
            });
            result.set_bool(held.unwrap_or(false));
        }
    }
    let method = FunctionBuilder::new("complete", handler).arg(mixed("policy")).arg(mixed("key")).arg(mixed("token"));
    method.returns(DataType::Bool, false, false)
}

fn release() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([policy, key, token, error]) = arguments(call, 4) else { return };
            let held = run(|| {
                let (policy, [key, token]) = (own(policy)?, texts([key, token])?);
                let error = HandlerError::new(error.text().unwrap_or_default());
                step(call, |claims| claims.release(now(), policy, key, token, &error))
            });
            result.set_bool(held.unwrap_or(false));
        }
    }
    let method = FunctionBuilder::new("release", handler).arg(mixed("policy")).arg(mixed("key")).arg(mixed("token"));
    method.arg(mixed("error")).returns(DataType::Bool, false, false)
}

fn dead_letters() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([limit]) = arguments(call, 1) else { return };
            run(|| {
                let letters = step(call, |claims| claims.dead_letters(now(), limit.count()))?;
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
            });
        }
    }
    FunctionBuilder::new("deadLetters", handler).arg(mixed("limit")).returns(DataType::Array, false, false)
}

fn delivery() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([key]) = arguments(call, 1) else { return };
            run(|| {
                step(call, |claims| match key.text().and_then(|key| claims.delivery(now(), key)) {
                    Some(kept) => build(&Item::List(&[Item::Bytes(kept.payload), kept.signature.into()]), result),
                    None => Ok(()),
                })?
            });
        }
    }
    FunctionBuilder::new("delivery", handler).arg(mixed("key")).returns(DataType::Array, false, true)
}

fn count() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            if let Some(length) = run(|| step(call, |claims| claims.len())) {
                result.set_long(i64::try_from(length).unwrap_or(i64::MAX));
            }
        }
    }
    FunctionBuilder::new("count", handler).returns(DataType::Long, false, false)
}

/// Takes a step in the store of the object whose method is being called.
fn step<T>(call: &ExecuteData, step: impl FnOnce(&mut MemoryClaims) -> T) -> std::result::Result<T, Failure> {
    // SAFETY: a method of this class. Nothing of PHP's runs in the step that could call another one.
    let claims = unsafe { &mut *held(call) };
    Ok(step(claims.as_mut().ok_or(Failure::Panic)?))
}

/// The library in PHP passes nothing else.
fn own(policy: Argument<'_>) -> std::result::Result<&ClaimPolicy, Failure> {
    passed(policy).ok_or(Failure::Panic)
}

fn texts<const LENGTH: usize>(arguments: [Argument<'_>; LENGTH]) -> std::result::Result<[&str; LENGTH], Failure> {
    let texts = arguments.map(Argument::text);
    if texts.iter().all(Option::is_some) { Ok(texts.map(Option::unwrap_or_default)) } else { Err(Failure::Panic) }
}

fn mixed(name: &str) -> Arg<'_> {
    Arg::new(name, DataType::Mixed)
}

impl Held for MemoryClaims {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
