//! `WebhookRouter`: chooses the handler for an event. The handlers stay in JavaScript; this holds their positions.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::{Error, PatternProblem, Router};

use crate::boundary::{Arguments, Env, Fault, Function, Kind, Value};
use crate::errors::Refusal;
use crate::handoff::{ASKED, Handoff};
use crate::utf16;

pub(crate) type SharedRouter = Rc<RefCell<Router<f64>>>;

/// `createRouter()`: a function, [`Route`].
pub(crate) struct CreateRouter;

impl Function for CreateRouter {
    const NAME: &'static CStr = c"createRouter";
    type Data = Handoff<SharedRouter>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, handoff: &'c Handoff<SharedRouter>) -> Result<Value<'c>, Fault> {
        env.function::<Route>((SharedRouter::default(), handoff.clone()))
    }
}

/// `route(pattern, position)` registers the handler at that position; `route(type)` is the position of the handler for events of
/// the type, or `undefined`.
pub(crate) struct Route;

impl Function for Route {
    const NAME: &'static CStr = c"route";
    type Data = (SharedRouter, Handoff<SharedRouter>);
    type Failure = Refusal;

    fn call<'c>(
        env: Env<'c>,
        [text, position, asked, ..]: Arguments<'c>,
        (router, handoff): &'c Self::Data,
    ) -> Result<Value<'c>, Refusal> {
        if asked.kind() == ASKED {
            handoff.put(router.clone());
            return Ok(env.undefined()?);
        }
        let text = text.string_length().and_then(|length| text.string_units(length)).unwrap_or_default();
        if let Kind::Number(position) = position.kind() {
            // A value that is not a string, or has a lone surrogate, is the type of no verified event.
            let pattern = utf16::to_utf8(&text).and_then(|pattern| String::from_utf8(pattern).ok());
            let pattern = pattern.ok_or(Error::InvalidPattern(PatternProblem::MatchesNothing))?;
            router.borrow_mut().on(&pattern, position)?;
            return Ok(env.undefined()?);
        }
        Ok(match router.borrow().route(&String::from_utf16_lossy(&text)) {
            Some(position) => env.number(*position)?,
            None => env.undefined()?,
        })
    }
}
