//! `WebhookReceiver`: the course of a delivery, which the core decides, step by step.
//!
//! A receiver makes handles, and a handle takes one delivery at a time through its course. Each function of a handle takes what came of
//! a step, and gives what is next: the name of a step (`load`, `claim`, `handle`, `complete`, `release`), or how the delivery ended
//! (see [`outcome::ending`]), or `undefined` where there is nothing to answer. JavaScript uses a handle again when its delivery has ended.

use std::cell::{RefCell, RefMut};
use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::Outcome;
use payvost_webhooks::claims::{Claim, ClaimPolicy, Completion, Fault as StoreFault};
use payvost_webhooks::receive::{self, Answer, Ask, Body, BodyEnd, Claiming, HandlerEnd, Verified};

use crate::arguments;
use crate::boundary::{Arguments, Call, Env, Fault, Function, Functions, Kind, Value};
use crate::claims::{fault, integer, with_prefix};
use crate::errors::Refusal;
use crate::outcome;
use crate::router::SharedRouter;
use crate::verifier::{Received, Verifier, number};

/// What the deliveries to a receiver have in common.
pub(crate) struct Receiver {
    verifier: Rc<Verifier>,
    /// Without them one handler takes everything.
    routes: Option<SharedRouter>,
    /// Without one nothing is claimed.
    policy: Option<ClaimPolicy>,
    claiming: Claiming,
    drops_info: bool,
}

/// A handle: the receiver, and the delivery that it is at, if it is at one.
pub(crate) struct Handle {
    receiver: Rc<Receiver>,
    delivery: RefCell<Option<Delivery>>,
}

struct Delivery {
    machine: receive::Delivery,
    body: Option<Body>,
}

/// `createReceiver(route, prefix, isInbox, dropsInfo)`: a function, [`CreateHandle`]. Without a prefix there is no store.
pub(crate) struct CreateReceiver;

impl Function for CreateReceiver {
    const NAME: &'static CStr = c"createReceiver";
    type Data = Rc<Verifier>;
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [route, prefix, is_inbox, drops_info, ..]: Arguments<'c>,
        verifier: &'c Rc<Verifier>,
    ) -> Result<Value<'c>, Refusal> {
        let (policy, claiming) = match (prefix.kind(), is_inbox.kind()) {
            (Kind::Absent, _) => (None, Claiming::Never),
            (_, kind) => {
                let claiming = if kind == Kind::Boolean(true) { Claiming::Inbox } else { Claiming::Lease };
                (Some(with_prefix(ClaimPolicy::new(), prefix)?), claiming)
            }
        };
        let routes = match route.kind() {
            Kind::Absent => None,
            _ => Some(offered(env, verifier, route)?),
        };
        let drops_info = drops_info.kind() == Kind::Boolean(true);
        let receiver = Receiver { verifier: verifier.clone(), routes, policy, claiming, drops_info };
        Ok(env.function::<CreateHandle>(Rc::new(receiver))?)
    }
}

/// The router of a function of `createRouter`: called so, it lays itself where this can take it.
fn offered<'c>(env: Env<'c>, verifier: &Verifier, route: Value<'c>) -> Result<SharedRouter, Fault> {
    let mut call = Call::new(route);
    call.push(env.undefined()?);
    call.push(env.boolean(true)?);
    call.make()?;
    verifier.offered.take().ok_or(Fault)
}

/// `createHandle()`: an object with the functions of a handle.
pub(crate) struct CreateHandle;

impl Function for CreateHandle {
    const NAME: &'static CStr = c"createHandle";
    type Data = Rc<Receiver>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, receiver: &'c Rc<Receiver>) -> Result<Value<'c>, Fault> {
        let handle = Rc::new(Handle { receiver: receiver.clone(), delivery: RefCell::new(None) });
        let functions = Functions::new(env)?
            .add::<Announce>(handle.clone())?
            .add::<Arrive>(handle.clone())?
            .add::<Retry>(handle.clone())?
            .add::<Loaded>(handle.clone())?
            .add::<Claimed>(handle.clone())?
            .add::<Attempt>(handle.clone())?
            .add::<Handled>(handle.clone())?
            .add::<Completed>(handle.clone())?
            .add::<HandlerError>(handle.clone())?
            .add::<Released>(handle.clone())?
            .add::<Failed>(handle)?;
        Ok(functions.object())
    }
}

/// `announce(method, contentLength, transferEncoding)`: how many bytes of the body to read. `undefined`: nothing is to be read, and
/// [`Arrive`] says what to answer. The method is left out where a router has let only the right one pass.
pub(crate) struct Announce;

impl Function for Announce {
    const NAME: &'static CStr = c"announce";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [method, length, coding, ..]: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        let text = |value: Value<'c>| value.string_length().map(|_| arguments::lossy(value));
        if let Some(outcome) = text(method).and_then(|method| Outcome::of_method(method.as_bytes())) {
            handle.begin(receive::Delivery::ended(outcome), None)?;
            return env.undefined();
        }
        let (length, coding) = (text(length), text(coding));
        let max_bytes = handle.receiver.verifier.inner.max_payload_bytes();
        let body = Body::new(max_bytes, length.as_deref().map(str::as_bytes), coding.as_deref().map(str::as_bytes));
        handle.begin(receive::Delivery::arrived(handle.receiver.claiming), Some(body))?;
        number(env, body.limit())
    }
}

/// `arrive(payload, signature, build, end)`: verifies what has come; `end` is how reading the body ended, and is left out where nothing was
/// announced. Gives `[next]` of what is refused, else `[next, event, route, position of the secret]` and where there is something to claim
/// `[…, key, fingerprint, type, whether it is a retry]`.
pub(crate) struct Arrive;

impl Function for Arrive {
    const NAME: &'static CStr = c"arrive";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [payload, signature, build, end, ..]: Arguments<'c>,
        handle: &'c Rc<Handle>,
    ) -> Result<Value<'c>, Fault> {
        let body = match &*handle.delivery.try_borrow().map_err(|_| Fault)? {
            Some(Delivery { machine, body }) if machine.outcome().is_none() => Some(*body),
            Some(_) => None,
            None => Some(None),
        };
        match body {
            // Another method.
            None => return env.list(&[handle.next(env)?]),
            Some(Some(body)) => {
                if let Some(outcome) = finish(body, payload, end)? {
                    handle.begin(receive::Delivery::ended(outcome), None)?;
                    return env.list(&[handle.next(env)?]);
                }
            }
            Some(None) => handle.begin(receive::Delivery::arrived(handle.receiver.claiming), None)?,
        }
        handle.verify(env, Received { payload, signature, kept: false }, build)
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
    Ok(match arguments::payload_length(payload) {
        Some(length) => body.finish(length, end),
        // Somebody has parsed it.
        None => body.finish(0, BodyEnd::Consumed),
    })
}

/// `retry(key)`: begins with the delivery that is kept under a key.
pub(crate) struct Retry;

impl Function for Retry {
    const NAME: &'static CStr = c"retry";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [key, ..]: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        handle.begin(receive::Delivery::retry(handle.receiver.claiming, &arguments::lossy(key)), None)?;
        handle.next(env)
    }
}

/// `loaded(isKept, payload, signature, build)`: verifies what the store has kept, and gives the same as [`Arrive`].
pub(crate) struct Loaded;

impl Function for Loaded {
    const NAME: &'static CStr = c"loaded";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [is_kept, payload, signature, build, ..]: Arguments<'c>,
        handle: &'c Rc<Handle>,
    ) -> Result<Value<'c>, Fault> {
        let is_kept = is_kept.kind() == Kind::Boolean(true);
        let next = handle.feed(env, Answer::Loaded(is_kept))?;
        if is_kept { handle.verify(env, Received { payload, signature, kept: true }, build) } else { env.list(&[next]) }
    }
}

/// `claimed(word, number)`: what the store replied to the claim.
pub(crate) struct Claimed;

impl Function for Claimed {
    const NAME: &'static CStr = c"claimed";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [word, number, ..]: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        handle.feed(env, claim(word, number).map_or_else(unknown_reply, Answer::Claimed))
    }
}

/// `attempt()`: how often the event has been claimed, this time included.
pub(crate) struct Attempt;

impl Function for Attempt {
    const NAME: &'static CStr = c"attempt";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        env.number(handle.machine()?.attempt().into())
    }
}

/// `handled(end, kind)`: the handler `returned`, `handed_over`, or `failed` with an error of that kind.
pub(crate) struct Handled;

impl Function for Handled {
    const NAME: &'static CStr = c"handled";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [end, kind, ..]: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        if end.kind() == Kind::Absent {
            return handle.feed(env, Answer::Handled(HandlerEnd::Returned));
        }
        let kind = arguments::lossy(kind);
        let end = match &*arguments::lossy(end) {
            "returned" => HandlerEnd::Returned,
            "handed_over" => HandlerEnd::HandedOver,
            "failed" => HandlerEnd::Failed(&kind),
            _ => return Err(Fault),
        };
        handle.feed(env, Answer::Handled(end))
    }
}

/// `completed(reply)`: true, or a word of an inbox. Nothing else says that the claim was the worker's.
pub(crate) struct Completed;

impl Function for Completed {
    const NAME: &'static CStr = c"completed";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [reply, ..]: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        let completion = match (reply.kind(), arguments::text(reply)) {
            (Kind::Boolean(true), _) => Some(Completion::Completed),
            (_, Some(word)) => Completion::from_reply(&word),
            _ => Some(Completion::Lost),
        };
        handle.feed(env, completion.map_or_else(unknown_reply, Answer::Completed))
    }
}

/// `handlerError()`: what the store is to keep of the handler's failure.
pub(crate) struct HandlerError;

impl Function for HandlerError {
    const NAME: &'static CStr = c"handlerError";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        env.string(handle.machine()?.handler_error())
    }
}

/// `released(isHeld)`: whether the claim was the worker's to release.
pub(crate) struct Released;

impl Function for Released {
    const NAME: &'static CStr = c"released";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [held, ..]: Arguments<'c>, handle: &'c Rc<Handle>) -> Result<Value<'c>, Fault> {
        handle.feed(env, Answer::Released(held.kind() == Kind::Boolean(true)))
    }
}

/// `failed(class, codes, message, isConnecting)`: the store failed. Nothing of the message is kept.
pub(crate) struct Failed;

impl Function for Failed {
    const NAME: &'static CStr = c"failed";
    type Data = Rc<Handle>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [class, codes, message, is_connecting, ..]: Arguments<'c>,
        handle: &'c Rc<Handle>,
    ) -> Result<Value<'c>, Fault> {
        let fault = fault(class, codes, message);
        let fault = if is_connecting.kind() == Kind::Boolean(true) { fault.while_connecting() } else { fault };
        handle.feed(env, Answer::Failed(fault))
    }
}

/// `releasesLate(word, number)`: of a lease that was granted after nobody waited for it any more, what to release it with.
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

/// `isMethodOfDeliveries(method)`, for middleware, which passes on what it does not answer.
pub(crate) struct IsMethodOfDeliveries;

impl Function for IsMethodOfDeliveries {
    const NAME: &'static CStr = c"isMethodOfDeliveries";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [method, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        env.boolean(Outcome::of_method(arguments::lossy(method).as_bytes()).is_none())
    }
}

impl Handle {
    fn begin(&self, machine: receive::Delivery, body: Option<Body>) -> Result<(), Fault> {
        *self.delivery.try_borrow_mut().map_err(|_| Fault)? = Some(Delivery { machine, body });
        Ok(())
    }

    fn machine(&self) -> Result<RefMut<'_, receive::Delivery>, Fault> {
        let delivery = self.delivery.try_borrow_mut().map_err(|_| Fault)?;
        RefMut::filter_map(delivery, |delivery| delivery.as_mut().map(|delivery| &mut delivery.machine)).map_err(|_| Fault)
    }

    fn verify<'c>(&'c self, env: Env<'c>, received: Received<'c>, build: Value<'c>) -> Result<Value<'c>, Fault> {
        let Receiver { verifier, routes, policy, .. } = &*self.receiver;
        let verdict = verifier.verify_and_tell(env, received, build, |event| {
            let route = routes.as_ref().map(|routes| routes.borrow().route(event.event_type()).copied());
            let key = policy.as_ref().map(|policy| policy.key(event.id(), event.live_mode()));
            let (key, has_handler) = (key.as_deref().unwrap_or_default(), route.is_none_or(|route| route.is_some()));
            let names = Verified { id: event.id(), event_type: event.event_type(), key, has_handler };
            let next = self.machine().and_then(|mut machine| {
                machine.feed(Answer::Verified(names)).map_err(|_| Fault)?;
                Ok(machine.next())
            });
            let request = match (&next, policy) {
                (Ok(Some(Ask::Claim { retry })), Some(policy)) => Some((policy.request(event), *retry)),
                _ => None,
            };
            Ok((next, route.flatten(), request))
        });
        let (event, position, route, request) = match verdict {
            Ok((event, position, (next, route, request))) => {
                next?;
                (event, position, route, request)
            }
            Err(Refusal::Error(error)) => return env.list(&[self.feed(env, Answer::Refused(error))?]),
            Err(Refusal::Fault) => return Err(Fault),
        };
        let route = route.map_or_else(|| env.undefined(), |route| env.number(route))?;
        let (next, position) = (self.next(env)?, number(env, position)?);
        match request {
            None => env.array([next, event, route, position]),
            Some((request, retry)) => {
                let (key, fingerprint) = (env.string(&request.key)?, env.string(&request.fingerprint)?);
                let (event_type, retry) = (env.string(&request.event_type)?, env.boolean(retry)?);
                env.array([next, event, route, position, key, fingerprint, event_type, retry])
            }
        }
    }

    fn feed<'c>(&self, env: Env<'c>, answer: Answer<'_>) -> Result<Value<'c>, Fault> {
        self.machine()?.feed(answer).map_err(|_| Fault)?;
        self.next(env)
    }

    /// What is next. What is to be logged is given to JavaScript, which always does it, and so has been logged.
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
                let ending = outcome::ending(env, &machine, self.receiver.drops_info)?;
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

fn claim(word: Value<'_>, number: Value<'_>) -> Option<Claim> {
    arguments::text(word).zip(integer(number)).and_then(|(word, number)| Claim::from_reply(&word, number))
}

fn unknown_reply<'a>() -> Answer<'a> {
    Answer::Failed(StoreFault::unknown_reply())
}
