//! The program of a step in Redis, and its scripts.

use std::cell::RefCell;
use std::ffi::CStr;
use std::rc::Rc;

use payvost_webhooks::claims::Operation;
use payvost_webhooks::claims::redis::{Answer, Ask, Place, Program, parameters, script};

use crate::arguments;
use crate::boundary::{Arguments, Env, Fault, Function, Functions, Value};
use crate::claims::{fault, integer, milliseconds};
use crate::program::{end, limit, operation};
use crate::time::elapsed;

/// `redisScripts()`: `[name, text, …parameters]` for each script.
pub(crate) struct RedisScripts;

impl Function for RedisScripts {
    const NAME: &'static CStr = c"redisScripts";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let scripts = Operation::ALL.map(|step| {
            let texts = [step.as_str(), script(step)].into_iter().chain(parameters(step).iter().copied());
            env.list(&texts.map(|text| env.string(text)).collect::<Result<Vec<_>, _>>()?)
        });
        env.list(&scripts.into_iter().collect::<Result<Vec<_>, _>>()?)
    }
}

/// `createRedisProgram()`: an object with the functions of a program, which runs one step at a time. Each function returns what is next:
/// `["evalsha"]`, `["eval"]`, `["wait", milliseconds]`, or the [`end`]. On a cluster, `["evalsha", place]` and `["eval", place]`, with the two keys
/// of the script and the lists that it reads.
pub(crate) struct CreateRedisProgram;

#[derive(Default)]
pub(crate) struct Step {
    program: RefCell<Option<Program>>,
    /// On a cluster, the keys of the record and of the policy's list.
    cluster: RefCell<Option<(String, String)>>,
    faults: RefCell<Vec<payvost_webhooks::claims::Fault>>,
}

impl Function for CreateRedisProgram {
    const NAME: &'static CStr = c"createRedisProgram";
    type Data = ();
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, (): &'c ()) -> Result<Value<'c>, Fault> {
        let step = Rc::<Step>::default();
        let functions = Functions::new(env)?.add::<Start>(step.clone())?.add::<Replied>(step.clone())?;
        Ok(functions.add::<Waited>(step.clone())?.add::<Failed>(step)?.object())
    }
}

/// `start(step, seconds, key, openKey)`: begins the step with that name, which may be retried for this time. The keys are given on a cluster
/// only.
pub(crate) struct Start;

impl Function for Start {
    const NAME: &'static CStr = c"start";
    type Data = Rc<Step>;
    type Failure = Fault;

    fn call<'c>(
        env: Env<'c>,
        [name, seconds, key, open_key, ..]: Arguments<'c>,
        step: &'c Rc<Step>,
    ) -> Result<Value<'c>, Fault> {
        let operation = operation(&arguments::lossy(name)).ok_or(Fault)?;
        let program = Program::new(operation, elapsed(), limit(seconds)?);
        let cluster = arguments::text(key).zip(arguments::text(open_key));
        step.program.replace(Some(if cluster.is_some() { program.on_cluster() } else { program }));
        step.cluster.replace(cluster);
        step.faults.borrow_mut().clear();
        step.next(env)
    }
}

/// `replied(word, number)`: the first string and the first number in the reply of the script, if there are any.
pub(crate) struct Replied;

impl Function for Replied {
    const NAME: &'static CStr = c"replied";
    type Data = Rc<Step>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [word, number, ..]: Arguments<'c>, step: &'c Rc<Step>) -> Result<Value<'c>, Fault> {
        let word = arguments::text(word);
        step.feed(env, Answer::Replied { word: word.as_deref(), number: integer(number) })
    }
}

/// `waited()`
pub(crate) struct Waited;

impl Function for Waited {
    const NAME: &'static CStr = c"waited";
    type Data = Rc<Step>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, _: Arguments<'c>, step: &'c Rc<Step>) -> Result<Value<'c>, Fault> {
        step.feed(env, Answer::Waited)
    }
}

/// `failed(class, codes, message)`
pub(crate) struct Failed;

impl Function for Failed {
    const NAME: &'static CStr = c"failed";
    type Data = Rc<Step>;
    type Failure = Fault;

    fn call<'c>(env: Env<'c>, [class, codes, message, ..]: Arguments<'c>, step: &'c Rc<Step>) -> Result<Value<'c>, Fault> {
        let fault = fault(class, codes, message);
        step.faults.borrow_mut().push(fault.clone());
        step.feed(env, Answer::Failed(fault))
    }
}

impl Step {
    fn script<'c>(&self, env: Env<'c>, program: &Program, ask: &'static str) -> Result<Value<'c>, Fault> {
        let cluster = self.cluster.borrow();
        let Some((key, open_key)) = cluster.as_ref() else { return env.list(&[env.ascii(ask)?]) };
        let Place { keys: [key, open_key], lists } = program.place(key, open_key);
        let place = [env.string(&key)?, env.string(&open_key)?, env.string(&lists)?];
        env.list(&[env.ascii(ask)?, env.list(&place)?])
    }

    fn feed<'c>(&self, env: Env<'c>, answer: Answer<'_>) -> Result<Value<'c>, Fault> {
        self.program.borrow_mut().as_mut().ok_or(Fault)?.feed(answer, elapsed());
        self.next(env)
    }

    fn next<'c>(&self, env: Env<'c>) -> Result<Value<'c>, Fault> {
        let program = self.program.borrow();
        let program = program.as_ref().ok_or(Fault)?;
        match program.next() {
            Some(Ask::EvalSha) => self.script(env, program, "evalsha"),
            Some(Ask::Eval) => self.script(env, program, "eval"),
            Some(Ask::Wait(pause)) => {
                let pause = u64::try_from(pause.as_millis()).map_err(|_| Fault)?;
                env.list(&[env.ascii("wait")?, milliseconds(env, pause)?])
            }
            Some(_) => Err(Fault),
            None => end(env, program.reply(), &self.faults.borrow()),
        }
    }
}
