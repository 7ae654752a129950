//! The classes `Internal\Receiver`, which all deliveries to a receiver share, and `Internal\Delivery`, a single delivery.
//!
//! The core decides what happens to a delivery. The PHP library asks for the next step, performs it with the application's handler,
//! store and logger, and reports the result here.
#![allow(unsafe_code)] // reads receivers and deliveries in PHP's objects

use std::rc::Rc;
use std::time::Instant;

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

/// The parts of a receiver. With invalid secrets there is no verifier: every delivery is refused with that error.
struct Receiver {
    verifier: std::result::Result<verifier::Shared, Error>,
    policy: Option<ClaimPolicy>,
    routes: router::Shared,
    claiming: Claiming,
}

/// A delivery, and what is known about it so far.
struct Delivery {
    receiver: Rc<Receiver>,
    started: Instant,
    machine: receive::Delivery,
    body: Option<Body>,
    matching_secret: Option<usize>,
    key: String,
    token: String,
}

held!(Rc<Receiver>);
held!(Delivery);

/// The names of the steps, created once per process.
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
        hide_parameters(class, &[("loaded", &[0]), ("verify", &[0, 1]), ("result", &[0])]);
        registered::<Delivery>(class, tables);
    });
    let methods = beginning().into_iter().chain(answers()).chain(end());
    methods.fold(class, |class, method| class.method(method, MethodFlags::Public)).register()
}

fn register_receiver() -> Result<()> {
    let construct = constructor!((verifier: "verifier", policy: "policy", routes: "routes", inbox: "isInbox"), {
        let verifier = match passed::<verifier::Shared>(verifier) {
            Some(verifier) => Ok(Rc::clone(verifier)),
            None => verifier.secrets().build().map(|verifier| Rc::new(verifier.into())),
        };
        let policy = passed::<ClaimPolicy>(policy).cloned();
        let routes = passed::<router::Shared>(routes).cloned().ok_or(Failure::Panic)?;
        let claiming = match (&policy, inbox.is_true()) {
            (None, _) => Claiming::Never,
            (Some(_), true) => Claiming::Inbox,
            (Some(_), false) => Claiming::Lease,
        };
        Rc::new(Receiver { verifier, policy, routes, claiming })
    });
    // Null if the secrets are invalid.
    let verifier = method!("verifier", () -> Mixed, |call, result| {
        // SAFETY: a method of this class. Nothing that could change the object runs until it returns.
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

/// The constructor and the body.
fn beginning() -> [FunctionBuilder<'static>; 3] {
    [
        constructor!((receiver: "receiver", key: "retriedKey"), {
            let receiver = Rc::clone(passed::<Rc<Receiver>>(receiver).ok_or(Failure::Panic)?);
            let machine = match key.payload() {
                Ok(key) => receive::Delivery::retry(receiver.claiming, &String::from_utf8_lossy(key)),
                Err(_) => receive::Delivery::arrived(receiver.claiming),
            };
            let (key, token) = (String::new(), String::new());
            Delivery { receiver, started: Instant::now(), machine, body: None, matching_secret: None, key, token }
        }),
        // The number of bytes of the body to read. The method is null if the router accepts `POST` only.
        method!("readLimit", (method: "method", length: "contentLength", coding: "transferEncoding") -> Long, |call, result| {
            let limit = delivery(call)?.read_limit(method, length, coding);
            result.set_long(zend_long::try_from(limit).unwrap_or(zend_long::MAX));
            Ok(())
        }),
        // How many bytes were read, and why reading ended.
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

/// The next step, and the results of steps.
fn answers() -> [FunctionBuilder<'static>; 12] {
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
        // The kept payload and signature, or null.
        method!("loaded", (kept: "kept") -> Array | null, |call, result| {
            let kept = kept.0.and_then(Zval::array);
            if let Some(kept) = kept {
                build(&Item::List(&["payload", "signature"].map(|name| kept.get(name).into())), result)?;
            }
            feed(call, Answer::Loaded(kept.is_some()))
        }),
        // The event, the number of its route, and the request for the store, if there is one; null if the delivery is refused.
        method!("verify", (payload: "payload", signature: "signature") -> Array | null, |call, result| {
            delivery(call)?.verify(payload, signature, result)
        }),
        // Creates the token of the claim, in hexadecimal digits, from random bytes.
        method!("token", (random: "random") -> String, |call, result| {
            let random = random.payload().map_err(|_| Failure::Panic)?;
            let delivery = delivery(call)?;
            delivery.token = random.iter().fold(String::new(), |token, byte| format!("{token}{byte:02x}"));
            build(&Item::from(&*delivery.token), result)
        }),
        // The key and the token of the claim.
        method!("claim", () -> Array, |call, result| {
            let delivery = delivery(call)?;
            build(&Item::List(&[Item::from(&*delivery.key), Item::from(&*delivery.token)]), result)
        }),
        method!("claimed", (reply: "reply") -> Void, |call, _result| {
            let (word, number) = reply.0.and_then(Zval::array).map_or((None, None), word_and_number);
            let claim = word.zip(number).and_then(|(word, number)| Claim::from_reply(word, number));
            feed(call, claim.map_or_else(unknown_reply, Answer::Claimed))
        }),
        // The class of the exception that the handler threw, or null; and whether it has handed the claim over.
        method!("handled", (kind: "kind", handed_over: "isHandedOver") -> Void, |call, _result| {
            let kind = kind.payload().ok().map(String::from_utf8_lossy);
            feed(call, Answer::Handled(match &kind {
                Some(kind) => HandlerEnd::Failed(kind),
                None if handed_over.is_true() => HandlerEnd::HandedOver,
                None => HandlerEnd::Returned,
            }))
        }),
        // Whether the claim was completed, or the word that an inbox returned.
        method!("completed", (reply: "reply") -> Void, |call, _result| {
            let completion = match reply.0.and_then(Zval::bool) {
                Some(true) => Some(Completion::Completed),
                Some(false) => Some(Completion::Lost),
                None => reply.text().and_then(Completion::from_reply),
            };
            feed(call, completion.map_or_else(unknown_reply, Answer::Completed))
        }),
        // The key and the token of the claim, and what the store keeps of the handler's failure.
        method!("failedClaim", () -> Array, |call, result| {
            let delivery = delivery(call)?;
            let error = delivery.machine.handler_error().into();
            build(&Item::List(&[Item::from(&*delivery.key), Item::from(&*delivery.token), error]), result)
        }),
        method!("released", (held: "isHeld") -> Void, |call, _result| feed(call, Answer::Released(held.is_true()))),
        method!("failed", (fault: "fault") -> Void, |call, _result| feed(call, Answer::Failed(fault_of(fault)?))),
    ]
}

/// The outcome, when the delivery is done.
fn end() -> [FunctionBuilder<'static>; 4] {
    [
        // The arguments of a logger; null for a level that the logger drops. Ends the delivery.
        method!("record", (thrown: "thrown", dropped: "dropped") -> Array | null, |call, result| {
            let delivery = delivery(call)?;
            if dropped.text() != Some(delivery.machine.level().as_str()) {
                outcome::write_record(&delivery.machine.record(), thrown.0, result)?;
            }
            // A record that cannot be logged changes nothing.
            delivery.feed(Answer::Logged)
        }),
        // The arguments of a `Response`; null if a retry has found nothing.
        method!("response", () -> Array | null, |call, result| match delivery(call)?.machine.outcome() {
            Some(outcome) => outcome::write_response(outcome, result),
            None => Ok(()),
        }),
        // The arguments of a `WebhookResult`.
        method!("result", (event: "event") -> Array, |call, result| {
            let delivery = delivery(call)?;
            let outcome = delivery.machine.outcome().ok_or(Failure::Panic)?;
            let of_event = |name| event.0.and_then(Zval::array).and_then(|event| event.get(name)).into();
            let secret = delivery.matching_secret.and_then(|position| position.try_into().ok()).map_or(Item::Null, Item::Int);
            let duration = Item::Float(delivery.started.elapsed().as_secs_f64());
            let (status, attempt) = (Item::Int(outcome.status().into()), Item::Int(delivery.machine.attempt().into()));
            let (id, event_type) = (of_event("id"), of_event("type"));
            build(&Item::List(&[outcome.code().into(), status, id, event_type, secret, duration, attempt]), result)
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
        // The clock is read once per delivery, before the core starts.
        let verifier = match &receiver.verifier {
            Ok(verifier) => Ok(verifier.at_present()?),
            Err(error) => Err(*error),
        };
        let event = verifier.and_then(|verifier| {
            let (payload, signature) = (payload.payload()?, signature.signature());
            if stored { verifier.verify_stored(payload, signature) } else { verifier.verify(payload, signature) }
        });
        let event = match event {
            Ok(event) => event,
            Err(Error::OutOfMemory) => return Err(Failure::OutOfMemory),
            Err(error) => return self.feed(Answer::Refused(error)),
        };
        self.matching_secret = Some(event.matching_secret());
        let route = receiver.routes.borrow().find(event.event_type());
        self.key = receiver.policy.as_ref().map(|policy| policy.key(event.id(), event.live_mode())).unwrap_or_default();
        let names = Verified { id: event.id(), event_type: event.event_type(), key: &self.key, has_handler: route.is_some() };
        self.machine.feed(Answer::Verified(names)).map_err(|_| Failure::Panic)?;
        let request = match (self.machine.next(), &receiver.policy) {
            (Some(Ask::Claim { retry }), Some(policy)) => Some((policy.request(&event), retry)),
            _ => None,
        };
        let request = request.as_ref().map(|(request, retry)| {
            let [key, fingerprint, event_type] =
                [&request.key, &request.fingerprint, &request.event_type].map(|text| Item::from(&**text));
            [key, fingerprint, event_type, payload.0.into(), signature.0.into(), Item::Bool(*retry)]
        });
        let number = route.and_then(|number| u64::try_from(number).ok()).map_or(Item::Null, Item::Int);
        let request = request.as_ref().map_or(Item::Null, |request| Item::List(request));
        build(&Item::List(&[Item::Null, number, request]), result)?;
        values::build(event.as_value(), first(result)?)
    }
}

fn unknown_reply<'a>() -> Answer<'a> {
    Answer::Failed(Fault::unknown_reply())
}

fn feed(call: &ExecuteData, answer: Answer<'_>) -> std::result::Result<(), Failure> {
    delivery(call)?.feed(answer)
}

/// The delivery of the object whose method is called.
#[allow(clippy::mut_from_ref)] // the reference is to PHP's object, not to the call
fn delivery(call: &ExecuteData) -> std::result::Result<&mut Delivery, Failure> {
    // SAFETY: a method of this class. Nothing that could call another method runs until it returns.
    unsafe { &mut *held::<Delivery>(call) }.as_mut().ok_or(Failure::Panic)
}
