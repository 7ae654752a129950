//! `WebhookReceiver`: the core decides each step of a delivery, JavaScript takes it.
//!
//! A receiver makes handles, and a handle takes one delivery at a time. Each function of a handle takes the result of a step and returns
//! what is next: the name of a step (`load`, `claim`, `handle`, `complete`, `release`), or how the delivery ended (see
//! [`outcome::ending`]), or `undefined` if there is no response. JavaScript reuses a handle when its delivery has ended.

use std::cell::{RefCell, RefMut};
use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::claims::{Claim, ClaimPolicy, Completion, Fault as StoreFault};
use payvost_webhooks::receive::{self, Answer, Ask, Body, BodyEnd, Claiming, HandlerEnd, Verified};
use payvost_webhooks::{Event, Outcome};

use crate::arguments;
use crate::boundary::{Arguments, Env, Fault, Function, Functions, Kind, Value};
use crate::claims::{fault, integer, with_prefix};
use crate::errors::Refusal;
use crate::handoff::Handoff;
use crate::outcome;
use crate::payload;
use crate::router::SharedRouter;
use crate::verifier::{Received, Verifier, number};

/// The data that all deliveries to a receiver share.
pub(crate) struct Receiver {
    verifier: Rc<Verifier>,
    /// Without them every event has a handler.
    routes: Option<SharedRouter>,
    /// Without a store nothing is claimed.
    store: Option<Store>,
}

struct Store {
    policy: ClaimPolicy,
    claiming: Claiming,
    keeps_deliveries: bool,
}

/// A handle: the receiver, and the current delivery.
pub(crate) struct Handle {
    receiver: Rc<Receiver>,
    delivery: RefCell<Option<Delivery>>,
}

struct Delivery {
    machine: receive::Delivery,
    body: Option<Body>,
}

/// `createReceiver(verify, route, prefix, isInbox, keepsDeliveries)`: a function, [`CreateHandle`]. Without a prefix there is no store.
pub(crate) struct CreateReceiver;

impl Function for CreateReceiver {
    const NAME: &'static CStr = c"createReceiver";
    type Data = (Handoff<Rc<Verifier>>, Handoff<SharedRouter>);
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [verify, route, prefix, is_inbox, keeps_deliveries]: Arguments<'c>,
        (verifiers, routers): &'c Self::Data,
    ) -> Result<Value<'c>, Refusal> {
        let is = |value: Value<'c>| value.kind() == Kind::Boolean(true);
        let store = match prefix.kind() {
            Kind::Absent => None,
            _ => Some(Store {
                policy: with_prefix(ClaimPolicy::new(), prefix)?,
                claiming: if is(is_inbox) { Claiming::Inbox } else { Claiming::Lease },
                keeps_deliveries: is(keeps_deliveries),
            }),
        };
        let routes = match route.kind() {
            Kind::Absent => None,
            _ => Some(routers.take_from(env, route)?),
        };
        let verifier = verifiers.take_from(env, verify)?;
        Ok(env.function::<CreateHandle>(Rc::new(Receiver { verifier, routes, store }))?)
    }
}

/// `createHandle()`: an object with the functions of a handle.
pub(crate) struct CreateHandle;

impl Function for CreateHandle {
    const NAME: &'static CStr = c"createHandle";
    type Data = Rc<Receiver>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, receiver: &'c Rc<Receiver>) -> Result<Value<'c>, Fault> {
        functions(env, &Rc::new(Handle { receiver: receiver.clone(), delivery: RefCell::new(None) }))
    }
}

/// Makes functions of methods of [`Handle`].
macro_rules! functions {
    ($($function:ident $name:literal $method:ident)*) => {
        $(
            struct $function;

            impl Function for $function {
                const NAME: &'static CStr = $name;
                type Data = Rc<Handle>;
                type Failure = Fault;

                fn call<'c>(env: Env<'c>, arguments: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
                    handle.$method(env, arguments)
                }
            }
        )*

        fn functions<'c>(env: Env<'c>, handle: &Rc<Handle>) -> Result<Value<'c>, Fault> {
            Ok(Functions::new(env)?$(.add::<$function>(handle.clone())?)*.object())
        }
    };
}

functions! {
    Announce c"announce" announce
    Arrive c"arrive" arrive
    Retry c"retry" retry
    Loaded c"loaded" loaded
    Claimed c"claimed" claimed
    Handled c"handled" handled
    Completed c"completed" completed
    HandlerError c"handlerError" handler_error
    Released c"released" released
    Failed c"failed" failed
}

impl Handle {
    /// `announce(method, contentLength, transferEncoding)`: how many bytes of the body to read. `undefined`: read nothing, and
    /// [`arrive`](Self::arrive) returns the outcome. The method is left out if the router accepts only `POST`.
    fn announce<'c>(&self, env: Env<'c>, [method, length, coding, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let text = |value: Value<'c>| value.string_length().map(|_| arguments::lossy(value));
        if let Some(outcome) = text(method).and_then(|method| Outcome::of_method(method.as_bytes())) {
            self.begin(receive::Delivery::ended(outcome), None)?;
            return env.undefined();
        }
        let (length, coding) = (text(length), text(coding));
        let max_bytes = self.receiver.verifier.inner.max_payload_bytes();
        let body = Body::new(max_bytes, length.as_deref().map(str::as_bytes), coding.as_deref().map(str::as_bytes));
        self.begin(receive::Delivery::arrived(self.receiver.claiming()), Some(body))?;
        number(env, body.limit())
    }

    /// `arrive(payload, signature, build, end)`: verifies the delivery. `end` is how reading the body ended; it is left out if nothing
    /// was announced. Returns `[next]` for a delivery that is rejected, else `[next, event, position of the secret]`, and with a store
    /// `[…, [key, fingerprint, type, whether it is a retry, payload, signature]]`: what to claim. The last two are `null` unless the store
    /// keeps deliveries.
    fn arrive<'c>(&'c self, env: Env<'c>, [payload, signature, build, end, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let body = match &*self.delivery.try_borrow().map_err(|_| Fault)? {
            Some(Delivery { machine, body }) if machine.outcome().is_none() => Some(*body),
            Some(_) => None,
            None => Some(None),
        };
        match body {
            // Another method.
            None => return env.list(&[self.next(env)?]),
            Some(Some(body)) => {
                if let Some(outcome) = finish(body, payload, end)? {
                    self.begin(receive::Delivery::ended(outcome), None)?;
                    return env.list(&[self.next(env)?]);
                }
            }
            Some(None) => self.begin(receive::Delivery::arrived(self.receiver.claiming()), None)?,
        }
        self.verify(env, Received { payload, signature, stored: false }, build)
    }

    /// `retry(key)`: begins with the delivery that is stored under a key. Returns the same as [`arrive`](Self::arrive), with only the key
    /// as what to claim.
    fn retry<'c>(&self, env: Env<'c>, [key, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        self.begin(receive::Delivery::retry(self.receiver.claiming(), &arguments::lossy(key)), None)?;
        let absent = env.undefined()?;
        env.list(&[self.next(env)?, absent, absent, env.list(&[key])?])
    }

    /// `loaded(isStored, payload, signature, build)`: verifies what the store has loaded, and returns the same as [`arrive`](Self::arrive).
    fn loaded<'c>(
        &'c self,
        env: Env<'c>,
        [is_stored, payload, signature, build, ..]: Arguments<'c>,
    ) -> Result<Value<'c>, Fault> {
        let stored = is_stored.kind() == Kind::Boolean(true);
        let next = self.feed(env, Answer::Loaded(stored))?;
        if stored { self.verify(env, Received { payload, signature, stored }, build) } else { env.list(&[next]) }
    }

    /// `claimed(word, number)`: the store's reply to the claim.
    fn claimed<'c>(&self, env: Env<'c>, [word, number, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        self.feed(env, claim(word, number).map_or_else(unknown_reply, Answer::Claimed))
    }

    /// `handled(end, kind)`: the handler `returned`, which is the default, `handed_over`, or `failed` with an error of that kind; it has
    /// `timed_out` and stopped, or is `abandoned` because it did not stop.
    fn handled<'c>(&self, env: Env<'c>, [end, kind, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        if end.kind() == Kind::Absent {
            return self.feed(env, Answer::Handled(HandlerEnd::Returned));
        }
        let kind = arguments::lossy(kind);
        let end = match &*arguments::lossy(end) {
            "returned" => HandlerEnd::Returned,
            "handed_over" => HandlerEnd::HandedOver,
            "failed" => HandlerEnd::Failed(&kind),
            "timed_out" => HandlerEnd::TimedOut,
            "abandoned" => HandlerEnd::Abandoned,
            _ => return Err(Fault),
        };
        self.feed(env, Answer::Handled(end))
    }

    /// `completed(reply)`: `true`, or the word of an inbox. Anything else means that the claim no longer belonged to the worker.
    fn completed<'c>(&self, env: Env<'c>, [reply, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let completion = match (reply.kind(), arguments::text(reply)) {
            (Kind::Boolean(true), _) => Some(Completion::Completed),
            (_, Some(word)) => Completion::from_reply(&word),
            _ => Some(Completion::Lost),
        };
        self.feed(env, completion.map_or_else(unknown_reply, Answer::Completed))
    }

    /// `handlerError()`: the error of the handler, in the form to store.
    fn handler_error<'c>(&self, env: Env<'c>, _: Arguments<'c>) -> Result<Value<'c>, Fault> {
        env.string(self.machine()?.handler_error())
    }

    /// `released(isHeld)`: whether the claim still belonged to the worker.
    fn released<'c>(&self, env: Env<'c>, [held, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        self.feed(env, Answer::Released(held.kind() == Kind::Boolean(true)))
    }

    /// `failed(class, codes, message, isConnecting)`: the store failed. The message is not stored.
    fn failed<'c>(&self, env: Env<'c>, [class, codes, message, is_connecting, ..]: Arguments<'c>) -> Result<Value<'c>, Fault> {
        let fault = fault(class, codes, message);
        let fault = if is_connecting.kind() == Kind::Boolean(true) { fault.while_connecting() } else { fault };
        self.feed(env, Answer::Failed(fault))
    }

    fn begin(&self, machine: receive::Delivery, body: Option<Body>) -> Result<(), Fault> {
        *self.delivery.try_borrow_mut().map_err(|_| Fault)? = Some(Delivery { machine, body });
        Ok(())
    }

    fn machine(&self) -> Result<RefMut<'_, receive::Delivery>, Fault> {
        let delivery = self.delivery.try_borrow_mut().map_err(|_| Fault)?;
        RefMut::filter_map(delivery, |delivery| delivery.as_mut().map(|delivery| &mut delivery.machine)).map_err(|_| Fault)
    }

    fn verify<'c>(&'c self, env: Env<'c>, received: Received<'c>, build: Value<'c>) -> Result<Value<'c>, Fault> {
        let signature = received.signature;
        let verdict = self
            .receiver
            .verifier
            .verify_and(env, received, build, |event, payload| Ok(self.verified(env, event, payload, signature)));
        let (event, position, request) = match verdict {
            Ok((event, position, request)) => (event, position, request?),
            Err(Refusal::Error(error)) => return env.list(&[self.feed(env, Answer::Refused(error))?]),
            Err(Refusal::Fault) => return Err(Fault),
        };
        let (next, position) = (self.next(env)?, number(env, position)?);
        match request {
            None => env.array([next, event, position]),
            Some(request) => env.array([next, event, position, request]),
        }
    }

    /// Feeds the machine with a genuine event, and returns what to claim.
    fn verified<'c>(
        &self,
        env: Env<'c>,
        event: &Event<'_>,
        payload: &[u8],
        signature: Value<'c>,
    ) -> Result<Option<Value<'c>>, Fault> {
        let Receiver { routes, store, .. } = &*self.receiver;
        let key = store.as_ref().map(|store| store.policy.key(event.id(), event.live_mode())).unwrap_or_default();
        let has_handler = routes.as_ref().is_none_or(|routes| routes.borrow().route(event.event_type()).is_some());
        let mut machine = self.machine()?;
        let names = Verified { id: event.id(), event_type: event.event_type(), key: &key, has_handler };
        machine.feed(Answer::Verified(names)).map_err(|_| Fault)?;
        let (Some(Ask::Claim { retry }), Some(store)) = (machine.next(), store) else { return Ok(None) };
        let request = store.policy.request(event);
        let [payload, signature] = if store.keeps_deliveries { [env.buffer(payload)?, signature] } else { [env.null()?; 2] };
        let [key, fingerprint] = [env.string(&request.key)?, env.string(&request.fingerprint)?];
        let [event_type, retry] = [env.string(&request.event_type)?, env.boolean(retry)?];
        env.array([key, fingerprint, event_type, retry, payload, signature]).map(Some)
    }

    fn feed<'c>(&self, env: Env<'c>, answer: Answer<'_>) -> Result<Value<'c>, Fault> {
        self.machine()?.feed(answer).map_err(|_| Fault)?;
        self.next(env)
    }

    /// What is next. JavaScript always logs the record of an ending, so the machine is fed that here.
    fn next<'c>(&self, env: Env<'c>) -> Result<Value<'c>, Fault> {
        let mut machine = self.machine()?;
        let next = match machine.next() {
            Some(Ask::Verify { .. }) => return env.undefined(),
            Some(Ask::Load) => return env.ascii("load"),
            Some(Ask::Claim { .. }) => return env.ascii("claim"),
            Some(Ask::Handle) => return env.ascii("handle"),
            Some(Ask::Complete) => return env.ascii("complete"),
            Some(Ask::Release) => return env.ascii("release"),
            Some(Ask::Log) => {
                let ending = outcome::ending(env, &machine)?;
                machine.feed(Answer::Logged).map_err(|_| Fault)?;
                ending
            }
            None => env.undefined()?,
            Some(_) => return Err(Fault),
        };
        drop(machine);
        *self.delivery.try_borrow_mut().map_err(|_| Fault)? = None;
        Ok(next)
    }
}

impl Receiver {
    fn claiming(&self) -> Claiming {
        self.store.as_ref().map_or(Claiming::Never, |store| store.claiming)
    }
}

fn finish(body: Body, payload: Value<'_>, end: Value<'_>) -> Result<Option<Outcome>, Fault> {
    let end = match &*arguments::lossy(end) {
        "reached" => BodyEnd::Reached,
        "broken" => BodyEnd::Broken,
        "timed_out" => BodyEnd::TimedOut,
        "consumed" => BodyEnd::Consumed,
        _ => return Err(Fault),
    };
    Ok(match payload::length(payload) {
        Some(length) => body.finish(length, end),
        // Another middleware parsed it.
        None => body.finish(0, BodyEnd::Consumed),
    })
}

/// `releasesLate(word, number)`: for a lease that was granted after the time limit, the error to release it with.
pub(crate) struct ReleasesLate;

impl Function for ReleasesLate {
    const NAME: &'static CStr = c"releasesLate";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [word, number, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let delivery = receive::Delivery::arrived(Claiming::Lease);
        match claim(word, number) {
            Some(claim) if delivery.releases_late(claim) => env.ascii("StoreUnavailable"),
            _ => env.undefined(),
        }
    }
}

/// `isMethodOfDeliveries(method)`: for middleware, which passes on other requests.
pub(crate) struct IsMethodOfDeliveries;

impl Function for IsMethodOfDeliveries {
    const NAME: &'static CStr = c"isMethodOfDeliveries";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [method, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        env.boolean(Outcome::of_method(arguments::lossy(method).as_bytes()).is_none())
    }
}

fn claim(word: Value<'_>, number: Value<'_>) -> Option<Claim> {
    arguments::text(word).zip(integer(number)).and_then(|(word, number)| Claim::from_reply(&word, number))
}

fn unknown_reply<'a>() -> Answer<'a> {
    Answer::Failed(StoreFault::unknown_reply())
}
