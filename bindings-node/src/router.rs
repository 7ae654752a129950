//! `WebhookRouter`: which handler an event goes to. The handlers stay in JavaScript; here is the position of each.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::{Error, PatternProblem, Router};

use crate::boundary::{Arguments, Env, Fault, Function, Kind, Value};
use crate::errors::Refusal;
use crate::utf16;

pub(crate) type SharedRouter = Rc<RefCell<Router<f64>>>;

/// Where a router lays itself for a receiver that asks for it.
pub(crate) type Offered = Rc<RefCell<Option<SharedRouter>>>;

/// `createRouter()`: a function, [`Route`].
pub(crate) struct CreateRouter;

impl Function for CreateRouter {
    const NAME: &'static CStr = c"createRouter";
    type Data = Offered;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, offered: &'c Offered) -> Result<Value<'c>, Fault> {
        env.function::<Route>(Routes { router: Rc::default(), offered: offered.clone() })
    }
}

pub(crate) struct Routes {
    router: SharedRouter,
    offered: Offered,
}

/// `route(pattern, position)` registers the handler at that position; `route(type)` is the position of the handler for events of
/// the type, or `undefined`. `route(undefined, true)` offers the router to the receiver that calls it so.
pub(crate) struct Route;

impl Function for Route {
    const NAME: &'static CStr = c"route";
    type Data = Routes;
    type Failure = Refusal;

    fn call<'c>(env: Env<'c>, [text, position, ..]: Arguments<'c>, routes: &'c Routes) -> Result<Value<'c>, Refusal> {
        let Routes { router, offered } = routes;
        let text = text.string_length().and_then(|length| text.string_units(length)).unwrap_or_default();
        match position.kind() {
            Kind::Number(position) => {
                // What is no text, or has a lone surrogate, is the type of no verified event.
                let pattern = utf16::to_utf8(&text).and_then(|pattern| String::from_utf8(pattern).ok());
                let pattern = pattern.ok_or(Error::InvalidPattern(PatternProblem::MatchesNothing))?;
                router.borrow_mut().on(&pattern, position)?;
                Ok(env.undefined()?)
            }
            Kind::Boolean(true) => {
                offered.replace(Some(router.clone()));
                Ok(env.undefined()?)
            }
            _ => Ok(match router.borrow().route(&String::from_utf16_lossy(&text)) {
                Some(position) => env.number(*position)?,
                None => env.undefined()?,
            }),
        }
    }
}
