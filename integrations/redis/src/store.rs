//! The store.

use std::any::TypeId;
use std::cmp::Reverse;
use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use payvost_webhooks::claims::redis::{Answer, Ask, Place, Program, SCRIPTS, parameters, script};
use payvost_webhooks::claims::{
    Claim, ClaimPolicy, ClaimRequest, Completion, DeadLetter, DeadLetterReason, Fault, HandlerError, KeptDelivery, Operation,
    Reply, Taken,
};
use payvost_webhooks::limits::DEFAULT_STORE_TIME_LIMIT;
use payvost_webhooks::receive::{AsyncClaimStore, StoredDelivery};
use redis::aio::ConnectionLike;
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, Script, Value};
use tokio::time::{sleep, timeout};

use crate::fault::fault;

/// Claims events for a lease. `C` is a connection that can be cloned: a [`ConnectionManager`](redis::aio::ConnectionManager), which
/// connects again by itself, a [`ClusterConnection`] to a Redis Cluster, or a
/// [`MultiplexedConnection`](redis::aio::MultiplexedConnection), which does not connect again.
pub struct RedisStore<C> {
    connection: C,
    is_cluster: bool,
    policy: ClaimPolicy,
    time_limit: Duration,
    started: Instant,
}

/// The values that a script takes. What it does not use is empty.
#[derive(Default)]
struct Values<'a> {
    key: &'a str,
    fingerprint: &'a str,
    token: &'a str,
    ticket: &'a str,
    event_type: &'a str,
    error: &'a str,
    payload: &'a [u8],
    signature: &'a str,
    lease: Duration,
    limit: usize,
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> RedisStore<C> {
    /// A store with a time limit of 2 seconds for each step.
    #[must_use]
    pub fn new(connection: C, policy: ClaimPolicy) -> Self {
        let is_cluster = TypeId::of::<C>() == TypeId::of::<ClusterConnection>();
        Self { connection, is_cluster, policy, time_limit: DEFAULT_STORE_TIME_LIMIT, started: Instant::now() }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> RedisStore<C> {
    /// Says that a connection of another type than [`ClusterConnection`] leads to a Redis Cluster.
    #[must_use]
    pub fn on_cluster(self) -> Self {
        Self { is_cluster: true, ..self }
    }

    /// With another time limit for each step.
    #[must_use]
    pub fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// The events that were claimed and not handled, at most `limit` of them. Those that have waited longest come first.
    ///
    /// # Errors
    ///
    /// If Redis cannot be reached or refuses.
    pub async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, Fault> {
        let values = Values { limit, ..Values::default() };
        let Value::Array(rows) = self.run(Operation::DeadLetters, &values).await?.1 else { return Err(Fault::unknown_reply()) };
        let mut letters =
            rows.iter().map(|row| letter(row).ok_or_else(Fault::unknown_reply)).collect::<Result<Vec<DeadLetter>, _>>()?;
        // On a cluster, they come from several lists.
        letters.sort_by_key(|letter| Reverse(letter.age));
        letters.truncate(limit);
        Ok(letters)
    }

    /// Discards a dead letter: the event counts as handled. False if the event is done, in progress, or unknown.
    ///
    /// # Errors
    ///
    /// As [`dead_letters`](Self::dead_letters).
    pub async fn discard(&self, key: &str) -> Result<bool, Fault> {
        self.held(Operation::Discard, &Values { key, ..Values::default() }).await
    }

    async fn held(&self, operation: Operation, values: &Values<'_>) -> Result<bool, Fault> {
        match self.run(operation, values).await?.0 {
            Reply::Held(held) => Ok(held),
            _ => Err(Fault::unknown_reply()),
        }
    }

    /// Runs the script of a step. Returns its reply, and the value that it is read from; of dead letters, their rows.
    async fn run(&self, operation: Operation, values: &Values<'_>) -> Result<(Reply, Value), Fault> {
        let mut program = Program::new(operation, self.now(), self.time_limit);
        if self.is_cluster {
            program = program.on_cluster();
        }
        let open_key = self.policy.open_key();
        let (mut value, mut rows) = (Value::Nil, Vec::new());
        while let Some(ask) = program.next() {
            let place = program.place(values.key, &open_key);
            let evaluated = match ask {
                Ask::EvalSha => self.evaluate("EVALSHA", hash(script(operation)), operation, values, &place).await,
                Ask::Eval => self.evaluate("EVAL", script(operation), operation, values, &place).await,
                Ask::Wait(pause) => {
                    sleep(pause).await;
                    program.feed(Answer::Waited, self.now());
                    continue;
                }
                _ => Err(Fault::unknown_reply()),
            };
            match evaluated {
                Ok(returned) => {
                    value = returned;
                    program.feed(Answer::Replied { word: word(&value), number: number(&value) }, self.now());
                    if let (Operation::DeadLetters, Value::Array(values)) = (operation, &mut value) {
                        rows.extend(values.drain(..).filter(|row| matches!(row, Value::Array(_))));
                    }
                }
                Err(fault) => program.feed(Answer::Failed(fault), self.now()),
            }
        }
        match program.reply() {
            Some(Reply::Failed(fault)) => Err(fault.clone()),
            Some(reply) if operation == Operation::DeadLetters => Ok((reply.clone(), Value::Array(rows))),
            Some(reply) => Ok((reply.clone(), value)),
            None => Err(Fault::unknown_reply()),
        }
    }

    async fn evaluate(
        &self,
        name: &str,
        text: &str,
        operation: Operation,
        values: &Values<'_>,
        place: &Place,
    ) -> Result<Value, Fault> {
        let mut command = Cmd::new();
        command.arg(name).arg(text).arg(2).arg(&place.keys);
        for parameter in parameters(operation) {
            match *parameter {
                "fingerprint" => command.arg(values.fingerprint),
                "token" => command.arg(values.token),
                "ticket" => command.arg(values.ticket),
                "event_type" => command.arg(values.event_type),
                "error" => command.arg(values.error),
                "payload" => command.arg(values.payload),
                "signature" => command.arg(values.signature),
                "lease" => command.arg(u64::try_from(values.lease.as_millis()).unwrap_or(u64::MAX)),
                "remember" => command.arg(self.policy.remember_ms()),
                "lists" => command.arg(&place.lists),
                _ => command.arg(values.limit),
            };
        }
        let mut connection = self.connection.clone();
        match timeout(self.time_limit, connection.req_packed_command(&command)).await {
            Ok(Ok(Value::ServerError(error))) => Err(Fault::classify("redis::RedisError", &[error.code()], "")),
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err(Fault::classify("Elapsed", &["ETIMEDOUT"], "")),
        }
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> AsyncClaimStore for RedisStore<C> {
    type Transaction = ();

    fn policy(&self) -> &ClaimPolicy {
        &self.policy
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        _retry: bool,
    ) -> Result<(Claim, Option<()>), Fault> {
        let ClaimRequest { key, fingerprint, event_type, .. } = request;
        let KeptDelivery { payload, signature } = delivery;
        let lease = Duration::from_millis(self.policy.lease_ms());
        let values = Values { key, fingerprint, token, event_type, payload, signature, lease, ..Values::default() };
        match self.run(Operation::Claim, &values).await?.0 {
            Reply::Claim(claim) => Ok((claim, None)),
            _ => Err(Fault::unknown_reply()),
        }
    }

    async fn extend(&self, key: &str, token: &str, lease: Duration) -> Result<bool, Fault> {
        self.held(Operation::Extend, &Values { key, token, lease, ..Values::default() }).await
    }

    async fn complete(&self, key: &str, token: &str, _: &mut Option<()>) -> Result<Completion, Fault> {
        let held = self.held(Operation::Complete, &Values { key, token, ..Values::default() }).await?;
        Ok(if held { Completion::Completed } else { Completion::Lost })
    }

    async fn release(&self, key: &str, token: &str, error: &HandlerError, _: &mut Option<()>) -> Result<bool, Fault> {
        self.held(Operation::Release, &Values { key, token, error: error.as_str(), ..Values::default() }).await
    }

    async fn take(&self, key: &str, ticket: &str, token: &str, lease: Duration) -> Result<Taken, Fault> {
        match self.run(Operation::Take, &Values { key, ticket, token, lease, ..Values::default() }).await?.0 {
            Reply::Taken(taken) => Ok(taken),
            _ => Err(Fault::unknown_reply()),
        }
    }

    async fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        let (_, value) = self.run(Operation::Delivery, &Values { key, ..Values::default() }).await?;
        match value {
            Value::Nil | Value::Boolean(false) => Ok(None),
            Value::Array(kept) => match kept.as_slice() {
                [Value::BulkString(payload), signature] => {
                    let signature = text(signature).ok_or_else(Fault::unknown_reply)?.to_owned();
                    Ok(Some(StoredDelivery { payload: payload.clone(), signature }))
                }
                _ => Err(Fault::unknown_reply()),
            },
            _ => Err(Fault::unknown_reply()),
        }
    }
}

impl<C> fmt::Debug for RedisStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("policy", &self.policy).field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}

fn hash(text: &'static str) -> &'static str {
    static HASHES: LazyLock<Vec<(&str, Script)>> =
        LazyLock::new(|| SCRIPTS.into_iter().map(|(_, text)| (text, Script::new(text))).collect());
    HASHES.iter().find(|(known, _)| *known == text).map_or("", |(_, script)| script.get_hash())
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

/// The text that a reply begins with.
fn word(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => values.first().and_then(text),
        value => text(value),
    }
}

/// The first number of a reply.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Array(values) => {
            values.iter().find_map(|value| if let Value::Int(number) = value { Some(*number) } else { None })
        }
        _ => None,
    }
}

fn letter(row: &Value) -> Option<DeadLetter> {
    let Value::Array(row) = row else { return None };
    let [key, event_type, reason, Value::Int(attempts), error, Value::Int(age)] = row.as_slice() else { return None };
    let error = text(error).filter(|error| !error.is_empty()).map(str::to_owned);
    let age = Duration::from_millis(u64::try_from(*age).unwrap_or(0));
    let reason = DeadLetterReason::named(text(reason)?)?;
    let attempts = u32::try_from(*attempts).ok()?;
    Some(DeadLetter::from_parts(text(key)?.to_owned(), text(event_type)?.to_owned(), reason, attempts, error, age))
}
