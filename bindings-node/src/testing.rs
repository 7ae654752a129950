//! `sampleEvent`: the documented events, for tests.

use std::ffi::CStr;

use payvost_webhooks::sample_event;

use crate::boundary::{Arguments, Env, Fault, Function, Value};

/// `sampleEvent(type)`: the text of a documented event, or `undefined`.
pub(crate) struct SampleEvent;

impl Function for SampleEvent {
    const NAME: &'static CStr = c"sampleEvent";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [event_type, ..]: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let event_type = event_type.string_length().and_then(|length| event_type.string_units(length)).unwrap_or_default();
        match sample_event(&String::from_utf16_lossy(&event_type)) {
            Some(event) => env.string(event),
            None => env.undefined(),
        }
    }
}
