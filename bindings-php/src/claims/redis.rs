//! The class `Internal\RedisProgram`: which script a step on Redis evaluates, and when to try again.
#![allow(unsafe_code)] // reads the program in PHP's object

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::flags::MethodFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use payvost_webhooks::claims::redis::{Answer, Ask, Place, Program, SCRIPTS};

use super::{fault_of, limit, now, number, operation, word_and_number, write_reply};
use crate::boundary::{Failure, constructor, held, method};
use crate::engine::hide_parameters;
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{class, held, registered};

/// A program, and the script that it evaluates.
struct Step {
    program: Program,
    script: &'static str,
}

held!(Step);

pub(super) fn register() -> Result<()> {
    let construct = constructor!((operation: "operation", limit: "limitSeconds"), {
        let operation = operation.text().and_then(self::operation).ok_or(Failure::Panic)?;
        let script = SCRIPTS.iter().find(|(name, _)| *name == operation.as_str()).ok_or(Failure::Panic)?.1;
        Step { program: Program::new(operation, now(), self::limit(limit)?), script }
    });
    let methods = [
        construct,
        // `EVALSHA`, `EVAL`, or the number of microseconds to wait; null when the step is done.
        method!("ask", () -> Mixed, |call, result| {
            let item = match step(call)?.program.next() {
                None => Item::Null,
                Some(Ask::EvalSha) => "EVALSHA".into(),
                Some(Ask::Eval) => "EVAL".into(),
                Some(Ask::Wait(pause)) => Item::microseconds(pause),
                Some(_) => return Err(Failure::Panic),
            };
            build(&item, result)
        }),
        method!("script", () -> String, |call, result| build(&step(call)?.script.into(), result)),
        method!("onCluster", () -> Void, |call, _result| {
            let step = step(call)?;
            step.program = step.program.clone().on_cluster();
            Ok(())
        }),
        // The two keys of the next script, and the lists that it reads.
        method!("place", (key: "key", open_key: "openKey") -> Mixed, |call, result| {
            let (key, open_key) = key.text().zip(open_key.text()).ok_or(Failure::Panic)?;
            let Place { keys: [key, open_key], lists } = step(call)?.program.place(key, open_key);
            build(&Item::List(&[key.as_str().into(), open_key.as_str().into(), lists.as_str().into()]), result)
        }),
        method!("replied", (reply: "reply") -> Void, |call, _result| {
            let (word, number) = match reply.0.and_then(Zval::array) {
                Some(list) => word_and_number(list),
                None => (reply.text(), reply.0.and_then(number)),
            };
            feed(call, Answer::Replied { word, number })
        }),
        method!("waited", () -> Void, |call, _result| feed(call, Answer::Waited)),
        method!("failed", (fault: "fault") -> Void, |call, _result| feed(call, Answer::Failed(fault_of(fault)?))),
        method!("reply", () -> Mixed, |call, result| {
            write_reply(step(call)?.program.reply().ok_or(Failure::Panic)?, result)
        }),
    ];
    let class = class::<Step>(namespaced!("Internal\\RedisProgram")).registration(|class, tables| {
        hide_parameters(class, &[("replied", &[0])]);
        registered::<Step>(class, tables);
    });
    methods.into_iter().fold(class, |class, method| class.method(method, MethodFlags::Public)).register()
}

fn feed(call: &ExecuteData, answer: Answer<'_>) -> std::result::Result<(), Failure> {
    step(call)?.program.feed(answer, now());
    Ok(())
}

/// The step of the object whose method is called.
#[allow(clippy::mut_from_ref)] // the reference is to PHP's object, not to the call
fn step(call: &ExecuteData) -> std::result::Result<&mut Step, Failure> {
    // SAFETY: a method of this class. Nothing that could call another method runs until it returns.
    unsafe { &mut *held::<Step>(call) }.as_mut().ok_or(Failure::Panic)
}
