//! Each event takes effect once, however often it comes.

use serde_json::{Map, Value};

use crate::doctor::check::{Check, Examining, Probe, told};
use crate::doctor::effects::Effects;
use crate::doctor::event::{Event, forge};
use crate::doctor::exam::Exam;
use crate::doctor::finding::Finding;
use crate::doctor::http::Step;
use crate::doctor::reply::Reply;
use crate::doctor::request::Request;

/// The reason for which the checks of effects are skipped.
pub(crate) const NO_EFFECTS: &str = "Unknown: give --effects-url, --effects-file or --effects-redis-key to have it checked.";
const NO_EFFECT_SEEN: &str = "No effect of a genuine event was seen.";
const ATOMIC: &str = "Claim the event's id in one atomic step before you act on it, such as INSERT … ON CONFLICT DO NOTHING or SET … NX. Do not look it up first.";

/// How many copies of an event are sent at the same time.
const COPIES: usize = 6;

pub(crate) const CHECKS: &[Check] = &[
    Check {
        code: "duplicate_apart",
        title: "A duplicate gets 2xx",
        remedy: "Answer 200 to an event that is done. After anything else, Payvost sends it again.",
        probe: Probe::Course(duplicate_apart),
    },
    Check {
        code: "duplicates_together",
        title: "Duplicates at the same time get 2xx or 409, and one of them 2xx",
        remedy: ATOMIC,
        probe: Probe::Course(duplicates_together),
    },
    Check {
        code: "same_id_other_body",
        title: "Another body under the same id is noticed",
        remedy: "Keep a digest of the body with the event's id, and answer 409 if they differ.",
        probe: Probe::Course(same_id_other_body),
    },
    Check {
        code: "failed_event",
        title: "An event that failed is tried again",
        remedy: "Mark an event as done after its handler, not before, or release the mark when the handler fails.",
        probe: Probe::Course(failed_event),
    },
    Check {
        code: "effect_once",
        title: "An event takes effect once",
        remedy: "Check that the effects that you named are those of the event's type. --type chooses another one.",
        probe: Probe::Course(effect_once),
    },
    Check {
        code: "effect_forged",
        title: "A forged event has no effect",
        remedy: "Verify the signature before you do anything else.",
        probe: Probe::Course(effect_forged),
    },
    Check {
        code: "effect_duplicate_apart",
        title: "A duplicate has no second effect",
        remedy: "Remember the ids of events for at least 24 hours, and skip those that are done. This also stops replays: the signature has no time in it.",
        probe: Probe::Course(effect_duplicate_apart),
    },
    Check {
        code: "effect_duplicates_together",
        title: "Duplicates at the same time have one effect",
        remedy: ATOMIC,
        probe: Probe::Course(effect_duplicates_together),
    },
    Check {
        code: "effect_same_id_other_body",
        title: "Another body under the same id has no second effect",
        remedy: "Recognize events by id alone.",
        probe: Probe::Course(effect_same_id_other_body),
    },
    Check {
        code: "effect_lost_answer",
        title: "A retry after a lost response has no second effect",
        remedy: "Finish what you began when the connection breaks, and remember the event as done.",
        probe: Probe::Course(effect_lost_answer),
    },
];

fn duplicate_apart(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let request = exam.maker.event().request();
        for copy in ["The first", "The second", "The third"] {
            let reply = exam.deliver(&request).await;
            match &reply {
                Reply::NotSent(reason) => return Finding::skipped(*reason),
                reply if !reply.is_accepted() => {
                    return Finding::fail(format!("{copy} copy: the receiver {}.", reply.describe()));
                }
                _ => {}
            }
        }
        Finding::pass("The receiver accepted three copies.")
    })
}

fn duplicates_together(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let replies = at_once(exam, &event).await;
        if let Some(Reply::NotSent(reason)) = replies.iter().find(|reply| matches!(reply, Reply::NotSent(_))) {
            return Finding::skipped(*reason);
        }
        let odd = replies.iter().find(|reply| !reply.is_accepted() && reply.status() != Some(409));
        if let Some(reply) = odd {
            return Finding::fail(format!("For one of {COPIES} copies, the receiver {}.", reply.describe()));
        }
        let accepted = replies.iter().filter(|reply| reply.is_accepted()).count();
        if accepted == 0 {
            return Finding::fail(format!("Each of {COPIES} copies was answered 409."));
        }
        let later = exam.deliver(&event.request()).await;
        if matches!(later, Reply::Answered(_)) && !later.is_accepted() {
            return Finding::fail(format!("For a copy after them, the receiver {}.", later.describe()));
        }
        Finding::pass(format!("{accepted} of {COPIES} copies were answered 2xx, the others 409."))
    })
}

async fn at_once(exam: &Exam, event: &Event) -> Vec<Reply> {
    let request = event.request();
    let send = || exam.deliver(&request);
    let (a, b, c, d, e, f) = tokio::join!(send(), send(), send(), send(), send(), send());
    vec![a, b, c, d, e, f]
}

/// Two events under one id. The second has another amount.
fn conflicting(exam: &Exam) -> (Event, Event) {
    let first = exam.maker.event();
    let other = exam.maker.changed(|envelope| {
        envelope.insert("id".into(), first.id.clone().into());
        if let Some(Value::Object(data)) = envelope.get_mut("data") {
            data.insert("amount".into(), "0.01".into());
        }
    });
    (first, other)
}

fn same_id_other_body(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let (first, second) = conflicting(exam);
        let request = first.request();
        let reply = exam.deliver(&request).await;
        if !reply.is_accepted() {
            return Finding::skipped(told(&request, &reply));
        }
        match exam.send(&second.request()).await {
            Reply::NotSent(reason) => Finding::skipped(reason),
            reply if reply.is_accepted() || reply.is_server_error() => {
                Finding::warn(format!("The receiver {}.", reply.describe()))
            }
            reply => Finding::pass(format!("The receiver {}.", reply.describe())),
        }
    })
}

fn failed_event(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let mut lost = 0;
        for _ in 0..2 {
            let event = exam.maker.changed(|envelope| drop(envelope.insert("data".into(), Value::Object(Map::new()))));
            let request = event.request();
            let first = exam.send(&request).await;
            match first {
                Reply::NotSent(reason) => return Finding::skipped(reason),
                reply if reply.is_accepted() => {
                    return Finding::pass("The receiver accepted an event whose data is empty: nothing failed.");
                }
                reply if !reply.is_server_error() => {
                    return Finding::pass(format!("To an event whose data is empty, the receiver {}.", reply.describe()));
                }
                _ => {}
            }
            if exam.send(&request).await.is_accepted() {
                lost += 1;
            }
        }
        if lost == 2 {
            return Finding::fail(
                "An event whose data is empty was answered 5xx, and its retry 2xx: it counts as done, although its handler failed.",
            );
        }
        Finding::pass("An event whose data is empty was answered 5xx, and so was its retry.")
    })
}

/// The effects to count, or why there is nothing to check.
fn effects(exam: &Exam) -> Result<&Effects, Finding> {
    let Some(effects) = &exam.settings.effects else { return Err(Finding::skipped(NO_EFFECTS)) };
    if exam.note(|seen| seen.no_effect) {
        return Err(Finding::skipped(NO_EFFECT_SEEN));
    }
    Ok(effects)
}

/// How many effects an event had while something was done with it.
async fn effects_of(exam: &Exam, id: &str, expected: u64, act: impl Future<Output = ()>) -> Result<u64, Finding> {
    let effects = effects(exam)?;
    let read = |reason: String| Finding::warn(reason).remedy("Check the --effects options.");
    let before = effects.settled(id, 0).await.map_err(read)?;
    act.await;
    let after = effects.settled(id, before + expected).await.map_err(read)?;
    Ok(after.saturating_sub(before))
}

fn judge(counted: Result<u64, Finding>, what: &str) -> Finding {
    match counted {
        Err(finding) => finding,
        Ok(1) => Finding::pass(format!("{what} had one effect.")),
        Ok(0) => Finding::fail(format!("{what} had no effect.")),
        Ok(count) => Finding::fail(format!("{what} had {count} effects.")),
    }
}

fn effect_once(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let counted = effects_of(exam, &event.id, 1, async { drop(exam.deliver(&event.request()).await) }).await;
        if counted == Ok(0) {
            exam.note(|seen| seen.no_effect = true);
        }
        judge(counted, "The event")
    })
}

fn effect_forged(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let sent = async {
            let forged = forge(&event.body, b"whsec_of_someone_else");
            exam.send(&Request::unsigned(event.body.clone())).await;
            exam.send(&event.request_with(forged)).await;
        };
        match effects_of(exam, &event.id, 0, sent).await {
            Err(finding) => finding,
            Ok(0) => Finding::pass("It had none."),
            Ok(count) => Finding::forgery(format!("Two forged requests had {count} effects.")),
        }
    })
}

fn effect_duplicate_apart(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let request = event.request();
        let sent = async {
            for _ in 0..3 {
                exam.deliver(&request).await;
            }
        };
        judge(effects_of(exam, &event.id, 1, sent).await, "Three copies, one after the other,")
    })
}

fn effect_duplicates_together(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let counted = effects_of(exam, &event.id, 1, async { drop(at_once(exam, &event).await) }).await;
        judge(counted, "Six copies at the same time")
    })
}

fn effect_same_id_other_body(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let (first, second) = conflicting(exam);
        let sent = async {
            exam.deliver(&first.request()).await;
            exam.send(&second.request()).await;
        };
        judge(effects_of(exam, &first.id, 1, sent).await, "Two bodies under one id")
    })
}

fn effect_lost_answer(exam: &Exam) -> Examining<'_> {
    Box::pin(async move {
        let event = exam.maker.event();
        let request = event.request();
        let sent = async {
            if let Ok(mut connection) = exam.connect().await {
                // Long enough to send it, and too short to read the response.
                let steps = [Step::Send(request.bytes(exam.target())), Step::Pause(std::time::Duration::from_millis(1))];
                let _ = tokio::time::timeout(std::time::Duration::from_millis(1), connection.exchange(&steps, true)).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            exam.deliver(&request).await;
        };
        judge(effects_of(exam, &event.id, 1, sent).await, "A delivery with a lost response, and its retry,")
    })
}
