//! The class `Internal\RedisProgram`: one step on a Redis, which script to evaluate and when to try again.
#![allow(unsafe_code)] // takes the program out of PHP's object

use std::sync::OnceLock;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::zend_object_handlers;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::redis::{Answer, Ask, Program, SCRIPTS};

use super::{fault_of, limit, now, number, operation, word_and_number, write_reply};
use crate::boundary::{Failure, arguments, run};
use crate::item::{Item, build};
use crate::namespaced;
use crate::object::{Held, class, held, registered};

/// A program, and the script that it evaluates.
struct Step {
    program: Program,
    script: &'static str,
}

pub(super) fn register() -> Result<()> {
    class::<Step>(namespaced!("Internal\\RedisProgram"))
        .method(construct(), MethodFlags::Public)
        .method(ask(), MethodFlags::Public)
        .method(script(), MethodFlags::Public)
        .method(replied(), MethodFlags::Public)
        .method(waited(), MethodFlags::Public)
        .method(failed(), MethodFlags::Public)
        .method(reply(), MethodFlags::Public)
        .registration(registered::<Step>)
        .register()
}

fn construct() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([operation, limit]) = arguments(call, 2) else { return };
            run(|| {
                let operation = operation.text().and_then(self::operation).ok_or(Failure::Panic)?;
                let script = SCRIPTS.iter().find(|(name, _)| *name == operation.as_str()).ok_or(Failure::Panic)?.1;
                let program = Program::new(operation, now(), self::limit(limit)?);
                // SAFETY: a method of this class is being called, and no other one is.
                unsafe { *held(call) = Some(Step { program, script }) };
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::constructor(handler).arg(Arg::new("operation", DataType::Mixed));
    method.arg(Arg::new("limitSeconds", DataType::Mixed))
}

/// `EVALSHA`, `EVAL`, or for how many microseconds to wait; null when it is done.
fn ask() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                let item = match step(call)?.program.next() {
                    None => Item::Null,
                    Some(Ask::EvalSha) => "EVALSHA".into(),
                    Some(Ask::Eval) => "EVAL".into(),
                    Some(Ask::Wait(pause)) => Item::microseconds(pause),
                    Some(_) => return Err(Failure::Panic),
                };
                build(&item, result)
            });
        }
    }
    FunctionBuilder::new("ask", handler).returns(DataType::Mixed, false, false)
}

fn script() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| build(&step(call)?.script.into(), result));
        }
    }
    FunctionBuilder::new("script", handler).returns(DataType::String, false, false)
}

fn replied() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([reply]) = arguments(call, 1) else { return };
            run(|| {
                let (word, number) = match reply.0.and_then(Zval::array) {
                    Some(list) => word_and_number(list),
                    None => (reply.text(), reply.0.and_then(number)),
                };
                step(call)?.program.feed(Answer::Replied { word, number }, now());
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::new("replied", handler).arg(Arg::new("reply", DataType::Mixed));
    method.returns(DataType::Void, false, false)
}

fn waited() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                step(call)?.program.feed(Answer::Waited, now());
                Ok(())
            });
        }
    }
    FunctionBuilder::new("waited", handler).returns(DataType::Void, false, false)
}

fn failed() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, _result: &mut Zval) {
            let Some([fault]) = arguments(call, 1) else { return };
            run(|| {
                step(call)?.program.feed(Answer::Failed(fault_of(fault)?), now());
                Ok(())
            });
        }
    }
    let method = FunctionBuilder::new("failed", handler).arg(Arg::new("fault", DataType::Mixed));
    method.returns(DataType::Void, false, false)
}

fn reply() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| write_reply(step(call)?.program.reply().ok_or(Failure::Panic)?, result));
        }
    }
    FunctionBuilder::new("reply", handler).returns(DataType::Mixed, false, false)
}

/// The step of the object whose method is being called.
#[allow(clippy::mut_from_ref)] // of PHP's object, which a shared reference to the call says nothing about
fn step(call: &ExecuteData) -> std::result::Result<&mut Step, Failure> {
    // SAFETY: a method of this class. Nothing runs until it returns that could call another one.
    unsafe { &mut *held::<Step>(call) }.as_mut().ok_or(Failure::Panic)
}

impl Held for Step {
    fn handlers() -> &'static OnceLock<zend_object_handlers> {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        &HANDLERS
    }
}
