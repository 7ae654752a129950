//! `payvost_router`: finds the callback for an event.

use core::ffi::{c_char, c_int, c_void};
use core::mem::MaybeUninit;

use payvost_webhooks::{Error, PatternProblem, Router};

use crate::boundary::{self, boxed};
use crate::call::{self, given};
use crate::errors::{Failure, payvost_error};
use crate::event::payvost_event;
use crate::outcome::payvost_outcome;
use crate::result::payvost_result;

/// Handles an event: gets the event, and the pointer that it was registered with.
///
/// Return 0 if the event is handled, so that the provider does not retry, and any other number if
/// it is not. The caller owns the event and its payload: do not free them, and copy what you need
/// later.
///
/// The handler must return: a `longjmp()` or a C++ exception must not leave it. It may dispatch
/// another event, but must not change or free the router that calls it.
pub type payvost_handler = Option<unsafe extern "C" fn(event: Option<&payvost_event>, user: *mut c_void) -> c_int>;

/// Calls the handler that was registered for the type of an event: for one type, for a family of
/// types, or for everything.
///
/// Make one at startup with `payvost_router_new()`, register the handlers, and dispatch in as many
/// threads as you like: dispatching does not change it. Registering does: finish that before the
/// first thread dispatches. Handlers can run in several threads at once.
///
/// A refused registration stays refused: from then on nothing is dispatched, so that an event whose
/// pattern was misspelled does not count as one without a handler.
pub struct payvost_router {
    handlers: Router<Registration>,
    mistake: Option<Failure>,
}

struct Registration {
    handler: unsafe extern "C" fn(event: Option<&payvost_event>, user: *mut c_void) -> c_int,
    user: *mut c_void,
}

/// Makes a router without handlers.
///
/// `*router` is written on success only, and must be freed with `payvost_router_free()`. `error`
/// may be `NULL`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_router_new(
    router: Option<&mut MaybeUninit<Box<payvost_router>>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        given(router)?.write(boxed(payvost_router { handlers: Router::new(), mistake: None })?);
        Ok(())
    })
}

/// Registers a handler for a type, `"payment.succeeded"`, for a family of types, `"payment.*"`, or
/// for everything, `"*"`.
///
/// The most specific pattern decides, and only its handler runs: a type before its family, a family
/// before a larger one, any of them before everything. The pattern is no longer needed when this
/// returns. `user` is passed to the handler unchanged, may be `NULL`, and must live as long as
/// events are dispatched.
///
/// Do not call it while another thread uses the router. `error` may be `NULL`.
///
/// Fails with `PAYVOST_INVALID_OPTION` when the pattern already has a handler or can match nothing.
/// A `NULL` handler is refused like a `NULL` router. It returns what dispatching will return from
/// now on because of the setup: an earlier mistake is reported again, so it is enough to check the
/// result of the last registration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn payvost_router_on(
    router: Option<&mut payvost_router>,
    pattern: *const c_char,
    pattern_len: usize,
    handler: payvost_handler,
    user: *mut c_void,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let router = given(router)?;
        router.usable()?;
        // SAFETY: it points to as many readable bytes as its length says, or is null.
        let pattern = unsafe { boundary::text(pattern, pattern_len) };
        let registered = router.register(pattern, handler, user);
        router.mistake = registered.err();
        registered
    })
}

/// Calls the handler for an event, in this thread, and waits for it.
///
/// `*outcome` says whether a handler ran and whether it handled the event. It is written on success
/// only; a handler that failed is a success of this call. When this call fails, no handler ran.
/// `error` may be `NULL`. A handler must not use what `outcome` and `error` point to.
///
/// Fails with `PAYVOST_INVALID_OPTION` or `PAYVOST_INVALID_ARGUMENT` when a registration had failed.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn payvost_router_dispatch(
    router: Option<&payvost_router>,
    event: Option<&payvost_event>,
    outcome: Option<&mut MaybeUninit<payvost_outcome>>,
    error: Option<&mut MaybeUninit<payvost_error>>,
) -> payvost_result {
    call::run(error, || {
        let (router, event, outcome) = (given(router)?, given(event)?, given(outcome)?);
        router.usable()?;
        outcome.write(match router.handle(event) {
            None => payvost_outcome::PAYVOST_OUTCOME_UNHANDLED,
            Some(0) => payvost_outcome::PAYVOST_OUTCOME_HANDLED,
            Some(_) => payvost_outcome::PAYVOST_OUTCOME_HANDLER_FAILED,
        });
        Ok(())
    })
}

/// Frees a router. `NULL` is a no-op. The `user` pointers of its handlers are not touched.
#[unsafe(no_mangle)]
pub extern "C" fn payvost_router_free(router: Option<Box<payvost_router>>) {
    boundary::guarded((), || drop(router));
}

impl payvost_router {
    fn register(&mut self, pattern: Option<&str>, handler: payvost_handler, user: *mut c_void) -> Result<(), Failure> {
        let handler = given(handler)?;
        let pattern = pattern.ok_or(Error::InvalidPattern(PatternProblem::MatchesNothing))?;
        self.handlers.on(pattern, Registration { handler, user })?;
        Ok(())
    }

    /// Whether there is a handler for events of a type.
    pub(crate) fn has_handler(&self, event_type: &str) -> bool {
        self.handlers.route(event_type).is_some()
    }

    /// Calls the handler of an event and returns its result; `None` if there is no handler.
    pub(crate) fn handle(&self, event: &payvost_event) -> Option<c_int> {
        let Registration { handler, user } = self.handlers.route(event.get().event_type())?;
        // SAFETY: the header asks for a function that can be called with this pointer as long as events are dispatched.
        Some(unsafe { handler(Some(event), *user) })
    }

    /// Fails when a registration has failed.
    pub(crate) fn usable(&self) -> Result<(), Failure> {
        self.mistake.map_or(Ok(()), Err)
    }
}
