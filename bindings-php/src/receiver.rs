//! The classes `Internal\Receiver`, what all deliveries to one receiver share, and `Internal\Delivery`, the course of one of them.
//!
//! The core decides the course. The library in PHP asks what is next, does it with the user's own handler, store and logger, and says
//! here what came of it.
#![allow(unsafe_code)] // takes receivers and deliveries out of PHP's objects

use std::rc::Rc;
use std::sync::OnceLock;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{zend_long, zend_object_handlers};
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::{Claim, ClaimPolicy, Completion, Fault};
use payvost_webhooks::receive::{self, Answer, Ask, Body, BodyEnd, Claiming, HandlerEnd, Verified};
use payvost_webhooks::{Error, Outcome};

use crate::arguments::Argument;
use crate::boundary::{Failure, arguments, run};
use crate::claims::{fault_of, word_and_number};
use crate::engine::hide_parameter;
use crate::item::{Item, Word, build, first};
use crate::object::{Held, class, held, passed, registered};
use crate::{namespaced, outcome, router, values, verifier};

/// What a receiver is made of. A receiver that cannot verify answers every delivery with its mistake.
struct Receiver {
    verifier: std::result::Result<verifier::Shared, Error>,
    policy: Option<ClaimPolicy>,
    routes: Option<router::Shared>,
    claiming: Claiming,
}

/// A delivery on its course.
struct Delivery {
    receiver: Rc<Receiver>,
    machine: receive::Delivery,
    body: Option<Body>,
    matching_secret: Option<usize>,
}

/// The names of the steps, made once a process.
static STEPS: [Word; 7] = [
    Word::new("load"),
    Word::new("verify"),
    Word::new("claim"),
    Word::new("handle"),
    Word::new("complete"),
    Word::new("release"),
    Word::new("log"),
];

pub(crate) fn register() -> Result<()> {
    STEPS.iter().for_each(Word::intern);
    class::<Rc<Receiver>>(namespaced!("Internal\\Receiver"))
        .method(construct_receiver(), MethodFlags::Public)
        .method(verifier_of_receiver(), MethodFlags::Public)
        .registration(|class, tables| {
            registered::<Rc<Receiver>>(class, tables);
            // SAFETY: the method has just been registered.
            unsafe { hide_parameter(&raw const class.function_table, "__construct", 0) };
        })
        .register()?;
    let class = class::<Delivery>(namespaced!("Internal\\Delivery"));
    [
        construct(),
        read_limit(),
        arrived(),
        ask(),
        retried_key(),
        loaded(),
        verify(),
        claimed(),
        handled(),
        completed(),
        released(),
        failed(),
    ]
    .into_iter()
    .chain([handler_error(), record(), answer(), matching_secret(), attempt()])
    .fold(class, |class, method| class.method(method, MethodFlags::Public))
    .registration(registered::<Delivery>)
    .register()
}

fn construct_receiver() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([verifier, policy, routes, claiming]) = arguments(call, 4) else { return };
            run(|| {
                let verifier = match passed::<verifier::Shared>(verifier) {
                    Some(verifier) => Ok(Rc::clone(verifier)),
                    None => verifier.secrets().build().map(Rc::new),
                };
                let claiming = match claiming.text() {
                    Some("never") => Claiming::Never,
                    Some("lease") => Claiming::Lease,
                    Some("inbox") => Claiming::Inbox,
                    _ => return Err(Failure::Panic),
                };
                let (policy, routes) = (passed::<ClaimPolicy>(policy).cloned(), passed::<router::Shared>(routes).cloned());
                if policy.is_none() && claiming != Claiming::Never {
                    return Err(Failure::Panic);
                }
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(Rc::new(Receiver { verifier, policy, routes, claiming })) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .arg(Arg::new("verifier", DataType::Mixed))
        .arg(Arg::new("policy", DataType::Mixed))
        .arg(Arg::new("routes", DataType::Mixed))
        .arg(Arg::new("claiming", DataType::Mixed))
}

/// The verifier; null where none could be made.
fn verifier_of_receiver() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                // SAFETY: a method of this class. Nothing runs until it returns that could change the object.
                let receiver = unsafe { &*held::<Rc<Receiver>>(call) }.as_ref().ok_or(Failure::Panic)?;
                receiver.verifier.as_ref().map_or(Ok(()), |verifier| verifier::write(verifier, result))
            });
        }
    }
    FunctionBuilder::new("verifier", handler).returns(DataType::Mixed, false, false)
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([receiver, key]) = arguments(call, 1) else { return };
            run(|| {
                let receiver = Rc::clone(passed::<Rc<Receiver>>(receiver).ok_or(Failure::Panic)?);
                let machine = match key.payload() {
                    Ok(key) => receive::Delivery::retry(receiver.claiming, &String::from_utf8_lossy(key)),
                    Err(_) => receive::Delivery::arrived(receiver.claiming),
                };
                let delivery = Delivery { receiver, machine, body: None, matching_secret: None };
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(delivery) };
                Ok(())
            });
        }
    }
    FunctionBuilder::constructor(handler)
        .arg(Arg::new("receiver", DataType::Mixed))
        .not_required()
        .arg(Arg::new("retriedKey", DataType::Mixed).default("null"))
}

/// How many bytes of the body to read. The method is null where a router has let only `POST` pass.
fn read_limit() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([method, length, coding]) = arguments(call, 3) else { return };
            let limit = run(|| {
                let delivery = delivery(call)?;
                if let Some(outcome) = method.payload().ok().and_then(Outcome::of_method) {
                    delivery.machine = receive::Delivery::ended(outcome);
                    return Ok(0);
                }
                let Ok(verifier) = &delivery.receiver.verifier else { return Ok(0) };
                let body = Body::new(verifier.max_payload_bytes(), length.payload().ok(), coding.payload().ok());
                delivery.body = Some(body);
                Ok(body.limit())
            });
            result.set_long(zend_long::try_from(limit.unwrap_or(0)).unwrap_or(zend_long::MAX));
        }
    }
    FunctionBuilder::new("readLimit", handler)
        .arg(Arg::new("method", DataType::Mixed))
        .arg(Arg::new("contentLength", DataType::Mixed))
        .arg(Arg::new("transferEncoding", DataType::Mixed))
        .returns(DataType::Long, false, false)
}

/// How reading the body ended, after so many bytes.
fn arrived() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([bytes, end]) = arguments(call, 2) else { return };
            run(|| {
                let end = match end.text() {
                    Some("reached") => BodyEnd::Reached,
                    Some("broken") => BodyEnd::Broken,
                    Some("timed_out") => BodyEnd::TimedOut,
                    Some("consumed") => BodyEnd::Consumed,
                    _ => return Err(Failure::Panic),
                };
                let delivery = delivery(call)?;
                if let Some(outcome) = delivery.body.and_then(|body| body.finish(bytes.count(), end)) {
                    delivery.machine = receive::Delivery::ended(outcome);
                }
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::new("arrived", handler).arg(Arg::new("bytes", DataType::Mixed));
    method.arg(Arg::new("end", DataType::Mixed)).returns(DataType::Void, false, false)
}

/// The next step; null when the delivery is done.
fn ask() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                let Some(ask) = delivery(call)?.machine.next() else { return Ok(()) };
                let step = match ask {
                    Ask::Load => &STEPS[0],
                    Ask::Verify { .. } => &STEPS[1],
                    Ask::Claim { .. } => &STEPS[2],
                    Ask::Handle => &STEPS[3],
                    Ask::Complete => &STEPS[4],
                    Ask::Release => &STEPS[5],
                    Ask::Log => &STEPS[6],
                    _ => return Err(Failure::Panic),
                };
                step.write(result);
                Ok(())
            });
        }
    }
    FunctionBuilder::new("ask", handler).returns(DataType::String, false, true)
}

fn retried_key() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| build(&delivery(call)?.machine.retried_key().map_or(Item::Null, Item::from), result));
        }
    }
    FunctionBuilder::new("retriedKey", handler).returns(DataType::String, false, true)
}

fn loaded() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([kept]) = arguments(call, 1) else { return };
            run(|| delivery(call)?.feed(Answer::Loaded(kept.is_true())));
        }
    }
    answering(FunctionBuilder::new("loaded", handler), "isKept")
}

/// Verifies. The event, the number of its route, and what to ask the store, where it is asked; null when the delivery is refused.
fn verify() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([payload, signature]) = arguments(call, 2) else { return };
            run(|| delivery(call)?.verify(payload, signature, result));
        }
    }
    FunctionBuilder::new("verify", handler)
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .returns(DataType::Array, false, true)
}

fn claimed() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([reply]) = arguments(call, 1) else { return };
            run(|| {
                let (word, number) = reply.0.and_then(Zval::array).map_or((None, None), word_and_number);
                let claim = word.zip(number).and_then(|(word, number)| Claim::from_reply(word, number));
                delivery(call)?.feed(claim.map_or_else(unknown_reply, Answer::Claimed))
            });
        }
    }
    answering(FunctionBuilder::new("claimed", handler), "reply")
}

/// How the handler ended; with the class of what it has thrown.
fn handled() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([end, kind]) = arguments(call, 1) else { return };
            run(|| {
                let kind = String::from_utf8_lossy(kind.payload().unwrap_or_default());
                let end = match end.text() {
                    Some("returned") => HandlerEnd::Returned,
                    Some("handed_over") => HandlerEnd::HandedOver,
                    Some("failed") => HandlerEnd::Failed(&kind),
                    _ => return Err(Failure::Panic),
                };
                delivery(call)?.feed(Answer::Handled(end))
            });
        }
    }
    FunctionBuilder::new("handled", handler)
        .arg(Arg::new("end", DataType::Mixed))
        .not_required()
        .arg(Arg::new("kind", DataType::Mixed).default("null"))
        .returns(DataType::Void, false, false)
}

/// Whether the claim was completed, or the word of an inbox.
fn completed() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([reply]) = arguments(call, 1) else { return };
            run(|| {
                let completion = match reply.0.and_then(Zval::bool) {
                    Some(true) => Some(Completion::Completed),
                    Some(false) => Some(Completion::Lost),
                    None => reply.text().and_then(Completion::from_reply),
                };
                delivery(call)?.feed(completion.map_or_else(unknown_reply, Answer::Completed))
            });
        }
    }
    answering(FunctionBuilder::new("completed", handler), "reply")
}

fn released() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([held]) = arguments(call, 1) else { return };
            run(|| delivery(call)?.feed(Answer::Released(held.is_true())));
        }
    }
    answering(FunctionBuilder::new("released", handler), "isHeld")
}

fn failed() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([fault]) = arguments(call, 1) else { return };
            run(|| delivery(call)?.feed(Answer::Failed(fault_of(fault)?)));
        }
    }
    answering(FunctionBuilder::new("failed", handler), "fault")
}

fn handler_error() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| build(&delivery(call)?.machine.handler_error().into(), result));
        }
    }
    FunctionBuilder::new("handlerError", handler).returns(DataType::String, false, false)
}

/// What to log, and the end of the delivery; null for a level that the logger drops.
fn record() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([dropped]) = arguments(call, 0) else { return };
            run(|| {
                let delivery = delivery(call)?;
                if dropped.text() != Some(delivery.machine.level().as_str()) {
                    outcome::write_record(&delivery.machine.record(), result)?;
                }
                // Whatever becomes of the record changes nothing.
                delivery.feed(Answer::Logged)
            });
        }
    }
    FunctionBuilder::new("record", handler).not_required().arg(Arg::new("dropped", DataType::Mixed).default("null")).returns(
        DataType::Array,
        false,
        true,
    )
}

/// The answer; null when a retry has found nothing.
fn answer() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| match delivery(call)?.machine.outcome() {
                Some(outcome) => outcome::write_answer(outcome, result),
                None => Ok(()),
            });
        }
    }
    FunctionBuilder::new("answer", handler).returns(DataType::Array, false, true)
}

fn matching_secret() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            if let Some(position) = run(|| Ok(delivery(call)?.matching_secret)).flatten() {
                result.set_long(zend_long::try_from(position).unwrap_or(zend_long::MAX));
            }
        }
    }
    FunctionBuilder::new("matchingSecret", handler).returns(DataType::Long, false, true)
}

fn attempt() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            if let Some(attempt) = run(|| Ok(delivery(call)?.machine.attempt())) {
                result.set_long(zend_long::from(attempt));
            }
        }
    }
    FunctionBuilder::new("attempt", handler).returns(DataType::Long, false, false)
}

impl Delivery {
    fn feed(&mut self, answer: Answer<'_>) -> std::result::Result<(), Failure> {
        self.machine.feed(answer).map_err(|_| Failure::Panic)
    }

    fn verify(
        &mut self,
        payload: Argument<'_>,
        signature: Argument<'_>,
        result: &mut Zval,
    ) -> std::result::Result<(), Failure> {
        let stored = matches!(self.machine.next(), Some(Ask::Verify { stored: true }));
        let receiver = Rc::clone(&self.receiver);
        let event = receiver.verifier.as_ref().map_err(|error| *error).and_then(|verifier| {
            let (payload, signature) = (payload.payload()?, signature.signature());
            if stored { verifier.verify_kept(payload, signature) } else { verifier.verify(payload, signature) }
        });
        let event = match event {
            Ok(event) => event,
            Err(error) => return self.feed(Answer::Refused(error)),
        };
        self.matching_secret = Some(event.matching_secret());
        let route = receiver.routes.as_ref().map(|routes| routes.borrow().find(event.event_type()));
        let key = receiver.policy.as_ref().map(|policy| policy.key(event.id(), event.live_mode()));
        let (key, has_handler) = (key.as_deref().unwrap_or_default(), route.is_none_or(|number| number.is_some()));
        self.feed(Answer::Verified(Verified { id: event.id(), event_type: event.event_type(), key, has_handler }))?;
        let number = route.flatten().and_then(|number| u64::try_from(number).ok()).map_or(Item::Null, Item::Int);
        let mut items = vec![Item::Null, number];
        let request = match (self.machine.next(), &receiver.policy) {
            (Some(Ask::Claim { retry }), Some(policy)) => Some((policy.request(&event), retry)),
            _ => None,
        };
        if let Some((request, retry)) = &request {
            items.extend([&request.key, &request.fingerprint, &request.event_type].map(|text| Item::from(&**text)));
            items.push(Item::Bool(*retry));
        }
        build(&Item::List(&items), result)?;
        values::build(event.as_value(), first(result)?)
    }
}

fn unknown_reply<'a>() -> Answer<'a> {
    Answer::Failed(Fault::unknown_reply())
}

/// A method that takes what came of a step.
fn answering(method: FunctionBuilder<'static>, parameter: &'static str) -> FunctionBuilder<'static> {
    method.arg(Arg::new(parameter, DataType::Mixed)).returns(DataType::Void, false, false)
}

/// The delivery of the object whose method is being called.
#[allow(clippy::mut_from_ref)] // of PHP's object, which a shared reference to the call says nothing about
fn delivery(call: &ExecuteData) -> std::result::Result<&mut Delivery, Failure> {
    // SAFETY: a method of this class. Nothing runs until it returns that could call another one.
    unsafe { &mut *held::<Delivery>(call) }.as_mut().ok_or(Failure::Panic)
}

impl Held for Rc<Receiver> {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}

impl Held for Delivery {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
