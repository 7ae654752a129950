//! Bytes that are signed correctly but are not an event. Only the provider can send them, so they cost no grade.

use serde_json::{Map, Value};

use crate::doctor::check::{Check, Probe};
use crate::doctor::exam::Exam;
use crate::doctor::request::Request;

const STRICT: &str = "Parse strictly, and answer 400 to what is not valid.";
const SHAPE: &str = "Check the envelope before you use it, and answer 400 if a field is missing or has another type.";

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "empty_body",
        title: "An empty body is refused",
        remedy: SHAPE,
        probe: Probe::NotAnEvent(|exam| vec![exam.maker.signed("").request()]),
    },
    Check {
        code: "not_json",
        title: "A body that is not JSON is refused",
        remedy: STRICT,
        probe: Probe::NotAnEvent(|exam| {
            vec![
                exam.maker.signed("id=evt_1&type=payment.succeeded").request().label("the body was a form"),
                exam.maker
                    .rewritten(|body| body.replacen("\"data\"", "\"x\":NaN,\"data\"", 1).into_bytes())
                    .request()
                    .label("the body had NaN"),
                exam.maker.rewritten(|body| body.trim_end_matches('}').into()).request().label("the JSON was cut off"),
            ]
        }),
    },
    Check {
        code: "not_utf8",
        title: "A body that is not UTF-8 is refused",
        remedy: STRICT,
        probe: Probe::NotAnEvent(|exam| {
            vec![
                exam.maker
                    .rewritten(|body| {
                        let mut bytes = body.as_bytes().to_vec();
                        if let Some(at) = body.find("order_of") {
                            bytes.insert(at, 0xFF);
                        }
                        bytes
                    })
                    .request(),
            ]
        }),
    },
    Check {
        code: "byte_order_mark",
        title: "A byte order mark is refused",
        remedy: STRICT,
        probe: Probe::NotAnEvent(|exam| vec![exam.maker.rewritten(|body| format!("\u{FEFF}{body}").into_bytes()).request()]),
    },
    Check {
        code: "duplicate_keys",
        title: "Duplicate keys are refused",
        remedy: "Refuse duplicate keys: two parsers can read two different events from the same bytes.",
        probe: Probe::NotAnEvent(|exam| {
            vec![exam.maker.rewritten(|body| body.replacen('{', "{\"type\":\"payment.refunded\",", 1).into_bytes()).request()]
        }),
    },
    Check {
        code: "lone_surrogate",
        title: "Half of a surrogate pair is refused",
        remedy: STRICT,
        probe: Probe::NotAnEvent(|exam| {
            vec![exam.maker.rewritten(|body| body.replacen("order_of", "\\ud83d", 1).into_bytes()).request()]
        }),
    },
    Check {
        code: "number_out_of_range",
        title: "A number that no double can hold is refused",
        remedy: STRICT,
        probe: Probe::NotAnEvent(|exam| {
            vec![
                exam.maker
                    .rewritten(|body| body.replacen("\"metadata\":{", "\"metadata\":{\"n\":1e999,", 1).into_bytes())
                    .request(),
            ]
        }),
    },
    Check {
        code: "deep",
        title: "Deep nesting is refused",
        remedy: "Limit the depth of JSON. A recursive parser can end the process.",
        probe: Probe::NotAnEvent(|exam| {
            let nested = format!("\"metadata\":{{\"n\":{}{},", "[".repeat(20_000), "]".repeat(20_000));
            vec![exam.maker.rewritten(|body| body.replacen("\"metadata\":{", &nested, 1).into_bytes()).request()]
        }),
    },
    Check {
        code: "not_an_object",
        title: "JSON that is not an object is refused",
        remedy: SHAPE,
        probe: Probe::NotAnEvent(|exam| {
            ["[]", "null", "\"event\"", "1"].map(|body| exam.maker.signed(body).request().label(body)).into()
        }),
    },
    Check {
        code: "id_missing",
        title: "An event without a usable id is refused",
        remedy: "Refuse an event without an id: it cannot be recognized when it comes again.",
        probe: Probe::NotAnEvent(|exam| {
            vec![
                changed(exam, "id was missing", |event| drop(event.remove("id"))),
                changed(exam, "id was empty", |event| drop(event.insert("id".into(), "".into()))),
                changed(exam, "id was a number", |event| drop(event.insert("id".into(), 7.into()))),
            ]
        }),
    },
    Check {
        code: "fields_missing",
        title: "An event without type, createdAt, liveMode or data is refused",
        remedy: SHAPE,
        probe: Probe::NotAnEvent(|exam| {
            vec![
                changed(exam, "type was missing", |event| drop(event.remove("type"))),
                changed(exam, "createdAt was missing", |event| drop(event.remove("createdAt"))),
                changed(exam, "liveMode was missing", |event| drop(event.remove("liveMode"))),
                changed(exam, "data was missing", |event| drop(event.remove("data"))),
                changed(exam, "data was a list", |event| drop(event.insert("data".into(), Value::Array(Vec::new())))),
            ]
        }),
    },
];

fn changed(exam: &Exam, label: &'static str, change: impl FnOnce(&mut Map<String, Value>)) -> Request {
    exam.maker.changed(change).request().label(label)
}
