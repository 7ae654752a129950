//! The classes `Internal\Receiver`, what all deliveries to one receiver share, and `Internal\Delivery`, the course of one of them.
//!
//! The core decides the course. The library in PHP asks what is next, does it with the user's own handler, store and logger, and says
//! here what came of it.
#![allow(unsafe_code)] // takes receivers and deliveries out of PHP's objects

use std::rc::Rc;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_long;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::claims::{Claim, ClaimPolicy, Completion, Fault};
use payvost_webhooks::receive::{self, Answer, Ask, Body, BodyEnd, Claiming, HandlerEnd, Verified};
use payvost_webhooks::{Error, Outcome};

use crate::arguments::Argument;
use crate::boundary::{Failure, constructor, held, method};
use crate::claims::{fault_of, word_and_number};
use crate::engine::hide_parameters;
use crate::item::{Item, Word, build, first};
use crate::object::{class, held, passed, registered};
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

held!(Rc<Receiver>);
held!(Delivery);

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
    register_receiver()?;
    let class = class::<Delivery>(namespaced!("Internal\\Delivery")).registration(|class, tables| {
        hide_parameters(class, &[("verify", &[0, 1])]);
        registered::<Delivery>(class, tables);
    });
    let methods = beginning().into_iter().chain(answers()).chain(end());
    methods.fold(class, |class, method| class.method(method, MethodFlags::Public)).register()
}

fn register_receiver() -> Result<()> {
    let construct = constructor!((verifier: "verifier", policy: "policy", routes: "routes", claiming: "claiming"), {
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
        Rc::new(Receiver { verifier, policy, routes, claiming })
    });
    // Null where none could be made.
    let verifier = method!("verifier", () -> Mixed, |call, result| {
        // SAFETY: a method of this class. Nothing runs until it returns that could change the object.
        let receiver = unsafe { &*held::<Rc<Receiver>>(call) }.as_ref().ok_or(Failure::Panic)?;
        receiver.verifier.as_ref().map_or(Ok(()), |verifier| verifier::write(verifier, result))
    });
    class::<Rc<Receiver>>(namespaced!("Internal\\Receiver"))
        .method(construct, MethodFlags::Public)
        .method(verifier, MethodFlags::Public)
        .registration(|class, tables| {
            hide_parameters(class, &[("__construct", &[0])]);
            registered::<Rc<Receiver>>(class, tables);
        })
        .register()
}

/// Until the body is here.
fn beginning() -> [FunctionBuilder<'static>; 3] {
    [
        constructor!((receiver: "receiver", key: "retriedKey"), {
            let receiver = Rc::clone(passed::<Rc<Receiver>>(receiver).ok_or(Failure::Panic)?);
            let machine = match key.payload() {
                Ok(key) => receive::Delivery::retry(receiver.claiming, &String::from_utf8_lossy(key)),
                Err(_) => receive::Delivery::arrived(receiver.claiming),
            };
            Delivery { receiver, machine, body: None, matching_secret: None }
        }),
        // How many bytes of the body to read. The method is null where a router has let only `POST` pass.
        method!("readLimit", (method: "method", length: "contentLength", coding: "transferEncoding") -> Long, |call, result| {
            let limit = delivery(call)?.read_limit(method, length, coding);
            result.set_long(zend_long::try_from(limit).unwrap_or(zend_long::MAX));
            Ok(())
        }),
        // How reading the body ended, after so many bytes.
        method!("arrived", (bytes: "bytes", end: "end") -> Void, |call, _result| {
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
        }),
    ]
}

/// What is next, and what came of it.
fn answers() -> [FunctionBuilder<'static>; 10] {
    [
        // Null when the delivery is done.
        method!("ask", () -> String | null, |call, result| {
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
        }),
        method!("retriedKey", () -> String | null, |call, result| {
            build(&delivery(call)?.machine.retried_key().map_or(Item::Null, Item::from), result)
        }),
        method!("loaded", (kept: "isKept") -> Void, |call, _result| feed(call, Answer::Loaded(kept.is_true()))),
        // The event, the number of its route, and what to ask the store, where it is asked; null when the delivery is refused.
        method!("verify", (payload: "payload", signature: "signature") -> Array | null, |call, result| {
            delivery(call)?.verify(payload, signature, result)
        }),
        method!("claimed", (reply: "reply") -> Void, |call, _result| {
            let (word, number) = reply.0.and_then(Zval::array).map_or((None, None), word_and_number);
            let claim = word.zip(number).and_then(|(word, number)| Claim::from_reply(word, number));
            feed(call, claim.map_or_else(unknown_reply, Answer::Claimed))
        }),
        // How the handler ended; with the class of what it has thrown, or null.
        method!("handled", (end: "end", kind: "kind") -> Void, |call, _result| {
            let kind = String::from_utf8_lossy(kind.payload().unwrap_or_default());
            let end = match end.text() {
                Some("returned") => HandlerEnd::Returned,
                Some("handed_over") => HandlerEnd::HandedOver,
                Some("failed") => HandlerEnd::Failed(&kind),
                _ => return Err(Failure::Panic),
            };
            feed(call, Answer::Handled(end))
        }),
        // Whether the claim was completed, or the word of an inbox.
        method!("completed", (reply: "reply") -> Void, |call, _result| {
            let completion = match reply.0.and_then(Zval::bool) {
                Some(true) => Some(Completion::Completed),
                Some(false) => Some(Completion::Lost),
                None => reply.text().and_then(Completion::from_reply),
            };
            feed(call, completion.map_or_else(unknown_reply, Answer::Completed))
        }),
        method!("handlerError", () -> String, |call, result| build(&delivery(call)?.machine.handler_error().into(), result)),
        method!("released", (held: "isHeld") -> Void, |call, _result| feed(call, Answer::Released(held.is_true()))),
        method!("failed", (fault: "fault") -> Void, |call, _result| feed(call, Answer::Failed(fault_of(fault)?))),
    ]
}

/// When all is done.
fn end() -> [FunctionBuilder<'static>; 4] {
    [
        // What to log, and the end of the delivery; null for a level that the logger drops.
        method!("record", (dropped: "dropped") -> Array | null, |call, result| {
            let delivery = delivery(call)?;
            if dropped.text() != Some(delivery.machine.level().as_str()) {
                outcome::write_record(&delivery.machine.record(), result)?;
            }
            // Whatever becomes of the record changes nothing.
            delivery.feed(Answer::Logged)
        }),
        // Null when a retry has found nothing.
        method!("answer", () -> Array | null, |call, result| match delivery(call)?.machine.outcome() {
            Some(outcome) => outcome::write_answer(outcome, result),
            None => Ok(()),
        }),
        method!("matchingSecret", () -> Long | null, |call, result| {
            if let Some(position) = delivery(call)?.matching_secret {
                result.set_long(zend_long::try_from(position).unwrap_or(zend_long::MAX));
            }
            Ok(())
        }),
        method!("attempt", () -> Long, |call, result| {
            result.set_long(zend_long::from(delivery(call)?.machine.attempt()));
            Ok(())
        }),
    ]
}

impl Delivery {
    fn feed(&mut self, answer: Answer<'_>) -> std::result::Result<(), Failure> {
        self.machine.feed(answer).map_err(|_| Failure::Panic)
    }

    fn read_limit(&mut self, method: Argument<'_>, length: Argument<'_>, coding: Argument<'_>) -> usize {
        if let Some(outcome) = method.payload().ok().and_then(Outcome::of_method) {
            self.machine = receive::Delivery::ended(outcome);
            return 0;
        }
        let Ok(verifier) = &self.receiver.verifier else { return 0 };
        let body = Body::new(verifier.max_payload_bytes(), length.payload().ok(), coding.payload().ok());
        self.body = Some(body);
        body.limit()
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

fn feed(call: &ExecuteData, answer: Answer<'_>) -> std::result::Result<(), Failure> {
    delivery(call)?.feed(answer)
}

/// The delivery of the object whose method is being called.
#[allow(clippy::mut_from_ref)] // of PHP's object, which a shared reference to the call says nothing about
fn delivery(call: &ExecuteData) -> std::result::Result<&mut Delivery, Failure> {
    // SAFETY: a method of this class. Nothing runs until it returns that could call another one.
    unsafe { &mut *held::<Delivery>(call) }.as_mut().ok_or(Failure::Panic)
}
