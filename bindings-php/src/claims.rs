//! What the library in PHP asks the core for, to have an event take effect once.

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::zend_fastcall;
use payvost_webhooks::claims::sql::{DEFAULT_TABLE, Dialect, Placeholders, statements};
use payvost_webhooks::claims::{Claim, ClaimPolicy, HandlerError, redis};
use payvost_webhooks::{Error, SecretProblem, WebhookVerifier};

use crate::boundary::{Failure, arguments, run};
use crate::item::{Item, build, first};
use crate::object::passed;
use crate::{namespaced, values};

/// Verifies a delivery for a receiver, in one call: the event, which secret matched, and what to ask a store.
pub(crate) fn receive() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([verifier, policy, payload, signature, is_kept]) = arguments(call, 5) else { return };
            run(|| {
                let verifier = passed::<WebhookVerifier>(verifier).ok_or(Error::InvalidSecret(SecretProblem::Missing))?;
                let (payload, signature) = (payload.payload()?, signature.signature());
                let event =
                    if is_kept.is_true() { verifier.verify_kept(payload, signature) } else { verifier.verify(payload, signature) }?;
                let request = match passed::<ClaimPolicy>(policy) {
                    Some(policy) => Some(policy.request(&event)),
                    None if policy.is_null() => None,
                    None => return Err(Failure::Panic),
                };
                let secret = Item::Int(u64::try_from(event.matching_secret()).unwrap_or(u64::MAX));
                let mut items = vec![Item::Null, secret];
                if let Some(request) = &request {
                    items.extend([&request.key, &request.fingerprint, &request.event_type].map(|text| Item::from(&**text)));
                }
                build(&Item::List(&items), result)?;
                values::build(event.as_value(), first(result)?)
            });
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\receive"), handler)
        .arg(Arg::new("verifier", DataType::Mixed))
        .arg(Arg::new("policy", DataType::Mixed))
        .arg(Arg::new("payload", DataType::Mixed))
        .arg(Arg::new("signature", DataType::Mixed))
        .arg(Arg::new("isKept", DataType::Mixed))
        .returns(DataType::Array, false, false)
}

/// What a store's reply means: `claimed` or an outcome's code, with a number that can be relied on; null of no reply of the protocol.
pub(crate) fn claim_reply() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([word, number]) = arguments(call, 2) else { return };
            run(|| {
                let Some(claim) = Claim::from_reply(word.text().unwrap_or_default(), number.int().unwrap_or(-1)) else { return Ok(()) };
                let (word, number) = claim.reply();
                let code = claim.outcome().map_or(word, |outcome| outcome.code());
                build(&Item::List(&[code.into(), Item::Int(number)]), result)
            });
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\claimReply"), handler)
        .arg(Arg::new("word", DataType::Mixed))
        .arg(Arg::new("number", DataType::Mixed))
        .returns(DataType::Array, false, true)
}

/// The name of a kind of error, as a store keeps it.
pub(crate) fn handler_error() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([kind]) = arguments(call, 1) else { return };
            run(|| {
                let error = HandlerError::new(&String::from_utf8_lossy(kind.payload().unwrap_or_default()));
                build(&error.as_str().into(), result)
            });
        }
    }
    let function = FunctionBuilder::new(namespaced!("Internal\\handlerError"), handler);
    function.arg(Arg::new("kind", DataType::Mixed)).returns(DataType::String, false, false)
}

/// The scripts for Redis: a list of names and texts.
pub(crate) fn redis_scripts() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([]) = arguments(call, 0) else { return };
            run(|| {
                let scripts = redis::SCRIPTS.map(|(name, text)| [Item::from(name), Item::from(text)]);
                build(&Item::List(&scripts.each_ref().map(|script| Item::List(script))), result)
            });
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\redisScripts"), handler).returns(DataType::Array, false, false)
}

/// The SQL for a table, with `?` for values: a list of names, texts and lists of parameters.
pub(crate) fn sql_statements() -> FunctionBuilder<'static> {
    zend_fastcall! {
        extern fn handler(call: &mut ExecuteData, result: &mut Zval) {
            let Some([dialect, table]) = arguments(call, 2) else { return };
            run(|| {
                let dialect = dialect.text().and_then(Dialect::named).ok_or(Failure::Panic)?;
                let table = if table.is_null() { DEFAULT_TABLE } else { table.text().unwrap_or_default() };
                let statements = statements(dialect, Placeholders::Question, table)?;
                let parameters: Vec<Vec<_>> =
                    statements.iter().map(|statement| statement.parameters.iter().map(|name| Item::from(*name)).collect()).collect();
                let rows: Vec<_> = statements
                    .iter()
                    .zip(&parameters)
                    .map(|(statement, parameters)| [statement.name.into(), Item::from(&*statement.text), Item::List(parameters)])
                    .collect();
                let rows: Vec<_> = rows.iter().map(|row| Item::List(row)).collect();
                build(&Item::List(&rows), result)
            });
        }
    }
    FunctionBuilder::new(namespaced!("Internal\\sqlStatements"), handler)
        .arg(Arg::new("dialect", DataType::Mixed))
        .arg(Arg::new("table", DataType::Mixed))
        .returns(DataType::Array, false, false)
}
