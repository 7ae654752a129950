//! The table of claims: runs the steps that the core asks for on a connection of the pool.

use std::error::Error as StdError;
use std::fmt;
use std::pin::pin;
use std::time::{Duration, Instant};

use deadpool_postgres::{Object, Pool, PoolError};
use futures_util::TryStreamExt;
use payvost_webhooks::Error;
use payvost_webhooks::claims::sql::{
    Answer, Ask, DEFAULT_TABLE, Dialect, Placeholders, Program, Ran, Statement, Work, statements,
};
use payvost_webhooks::claims::{
    ClaimPolicy, ClaimRequest, DeadLetter, DeadLetterReason, Fault, KeptDelivery, Operation, Reply,
};
use payvost_webhooks::limits::{DEFAULT_STORE_TIME_LIMIT, FORGET_BATCH, TABLE_TIME_LIMIT};
use payvost_webhooks::receive::StoredDelivery;
use tokio::time::{sleep, timeout};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// Both stores: a pool, a table and a policy.
pub(crate) struct Table {
    pool: Pool,
    pub(crate) policy: ClaimPolicy,
    statements: Vec<Statement>,
    time_limit: Duration,
    started: Instant,
}

/// The values that a step binds. What it does not use is empty.
#[derive(Default)]
pub(crate) struct Values<'a> {
    pub(crate) key: &'a str,
    pub(crate) fingerprint: &'a str,
    pub(crate) token: &'a str,
    pub(crate) ticket: &'a str,
    pub(crate) event_type: &'a str,
    pub(crate) error: &'a str,
    pub(crate) kept: Option<KeptDelivery<'a>>,
    pub(crate) lease: Duration,
    pub(crate) limit: i64,
    pub(crate) open_key: &'a str,
}

/// The connection of a program. One that is dropped before the program has returned it, since its future was cancelled, is closed: it
/// may be in a transaction.
#[derive(Default)]
pub(crate) struct Connection(pub(crate) Option<Object>);

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

impl<'a> Values<'a> {
    pub(crate) fn of_claim(request: &'a ClaimRequest, token: &'a str, kept: KeptDelivery<'a>, lease: Duration) -> Self {
        let ClaimRequest { key, fingerprint, event_type, .. } = request;
        Self { key, fingerprint, token, event_type, kept: Some(kept), lease, ..Self::default() }
    }

    pub(crate) fn of_holder(key: &'a str, token: &'a str) -> Self {
        Self { key, token, ..Self::default() }
    }
}

impl Table {
    #[allow(clippy::expect_used)] // the default name is one
    pub(crate) fn new(pool: Pool, policy: ClaimPolicy) -> Self {
        let statements = statements(Dialect::Postgres, Placeholders::Numbered, DEFAULT_TABLE).expect("the default is a name");
        Self { pool, policy, statements, time_limit: DEFAULT_STORE_TIME_LIMIT, started: Instant::now() }
    }

    pub(crate) fn named(self, name: &str) -> Result<Self, Error> {
        Ok(Self { statements: statements(Dialect::Postgres, Placeholders::Numbered, name)?, ..self })
    }

    pub(crate) fn time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    pub(crate) fn lease(&self) -> Duration {
        Duration::from_millis(self.policy.lease_ms())
    }

    /// Work that begins now. A statement outside of a transaction commits by itself.
    pub(crate) fn program(&self, work: Work) -> Program {
        Program::new(Dialect::Postgres, true, work, self.now(), self.time_limit)
    }

    /// Continues a program that has kept its connection.
    pub(crate) fn then(&self, program: &mut Program, work: Work) {
        program.then(work, self.now(), self.time_limit);
    }

    pub(crate) async fn create(&self) -> Result<(), Fault> {
        let mut program = Program::new(Dialect::Postgres, true, Work::CreateTable, self.now(), TABLE_TIME_LIMIT);
        self.run_alone(&mut program, &Values::default()).await?;
        Ok(())
    }

    pub(crate) async fn forget(&self) -> Result<u64, Fault> {
        let batch = u64::try_from(FORGET_BATCH).unwrap_or(u64::MAX);
        let work = Work::Forget { batch, pause: Duration::from_millis(100) };
        let mut program = Program::new(Dialect::Postgres, true, work, self.now(), TABLE_TIME_LIMIT);
        let values = Values { limit: number(batch), ..Values::default() };
        match self.run_alone(&mut program, &values).await? {
            (Reply::Count(count), _) => Ok(count),
            _ => Err(Fault::unknown_reply()),
        }
    }

    pub(crate) async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, Fault> {
        let open_key = self.policy.open_key();
        let values = Values { limit: i64::try_from(limit).unwrap_or(i64::MAX), open_key: &open_key, ..Values::default() };
        let (_, rows) = self.run_alone(&mut self.program(Work::Step(Operation::DeadLetters)), &values).await?;
        rows.iter().map(|row| letter(row).ok_or_else(Fault::unknown_reply)).collect()
    }

    pub(crate) async fn discard(&self, key: &str) -> Result<bool, Fault> {
        self.held(Operation::Discard, &Values { key, ..Values::default() }).await
    }

    pub(crate) async fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        let values = Values { key, ..Values::default() };
        let (_, rows) = self.run_alone(&mut self.program(Work::Step(Operation::Delivery)), &values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        match (row.try_get(0), row.try_get(1)) {
            (Ok(payload), Ok(signature)) => Ok(Some(StoredDelivery { payload, signature })),
            _ => Err(Fault::unknown_reply()),
        }
    }

    /// A step that says whether this worker had the claim.
    pub(crate) async fn held(&self, operation: Operation, values: &Values<'_>) -> Result<bool, Fault> {
        match self.run_alone(&mut self.program(Work::Step(operation)), values).await? {
            (Reply::Held(held), _) => Ok(held),
            _ => Err(Fault::unknown_reply()),
        }
    }

    /// Runs work that keeps no connection.
    pub(crate) async fn run_alone(&self, program: &mut Program, values: &Values<'_>) -> Result<(Reply, Vec<Row>), Fault> {
        self.run(program, values, &mut Connection::default()).await
    }

    /// Runs a program to its end. Returns its reply, and the rows of the last statement. The connection stays if the program keeps
    /// it.
    pub(crate) async fn run(
        &self,
        program: &mut Program,
        values: &Values<'_>,
        connection: &mut Connection,
    ) -> Result<(Reply, Vec<Row>), Fault> {
        let mut rows = Vec::new();
        while let Some(ask) = program.next() {
            let answer = match self.take(ask, values, &mut connection.0).await {
                Ok(Taken::Step) => Answer::Done,
                Ok(Taken::Statement { rows: returned, changed }) => {
                    rows = returned;
                    Answer::Ran(ran(&rows, changed))
                }
                Err(fault) => Answer::Failed(fault),
            };
            program.feed(answer, self.now());
        }
        match program.reply() {
            Some(Reply::Failed(fault)) => Err(fault.clone()),
            Some(reply) => Ok((reply.clone(), rows)),
            None => Err(Fault::unknown_reply()),
        }
    }

    async fn take(&self, ask: Ask, values: &Values<'_>, client: &mut Option<Object>) -> Result<Taken, Fault> {
        match ask {
            Ask::Open => {
                let opened = in_time(self.time_limit, self.pool.get()).await?;
                *client = Some(opened.map_err(|error| unreachable(&error))?);
            }
            Ask::Close { broken } => {
                // Dropping an object returns its connection to the pool. Taking it out closes the connection.
                if let Some(object) = client.take().filter(|_| broken) {
                    drop(Object::take(object));
                }
            }
            Ask::Wait(pause) => sleep(pause).await,
            Ask::Begin => self.simple(client, "BEGIN").await?,
            Ask::Commit => self.simple(client, "COMMIT").await?,
            Ask::Rollback => self.simple(client, "ROLLBACK").await?,
            Ask::Run(name) => return self.statement(client, name, values).await,
            _ => return Err(Fault::unknown_reply()),
        }
        Ok(Taken::Step)
    }

    async fn simple(&self, client: &Option<Object>, sql: &str) -> Result<(), Fault> {
        let client = client.as_ref().ok_or_else(Fault::unknown_reply)?;
        in_time(self.time_limit, client.batch_execute(sql)).await?.map_err(|error| fault(&error))
    }

    async fn statement(&self, client: &Option<Object>, name: &str, values: &Values<'_>) -> Result<Taken, Fault> {
        let client = client.as_ref().ok_or_else(Fault::unknown_reply)?;
        let statement = self.statements.iter().find(|statement| statement.name == name).ok_or_else(Fault::unknown_reply)?;
        let (lease, remember) = (milliseconds(values.lease), number(self.policy.remember_ms()));
        let (payload, signature) = (values.kept.map(|kept| kept.payload), values.kept.map(|kept| kept.signature));
        let value = |parameter: &&str| -> (&(dyn ToSql + Sync), Type) {
            match *parameter {
                "key" => (&values.key, Type::TEXT),
                "fingerprint" => (&values.fingerprint, Type::TEXT),
                "token" => (&values.token, Type::TEXT),
                "event_type" => (&values.event_type, Type::TEXT),
                "error" => (&values.error, Type::TEXT),
                "open_key" => (&values.open_key, Type::TEXT),
                "ticket" => (&values.ticket, Type::TEXT),
                "payload" => (&payload, Type::BYTEA),
                "signature" => (&signature, Type::TEXT),
                "lease" => (&lease, Type::INT8),
                "remember" => (&remember, Type::INT8),
                _ => (&values.limit, Type::INT8),
            }
        };
        let bound: Vec<_> = statement.parameters.iter().map(value).collect();
        let run = async {
            // Nothing is prepared: one round trip, and PgBouncer in transaction mode works.
            let mut rows = pin!(client.query_typed_raw(&statement.text, bound).await?);
            let mut returned = Vec::new();
            while let Some(row) = rows.try_next().await? {
                returned.push(row);
            }
            Ok((returned, rows.rows_affected().unwrap_or(0)))
        };
        let (rows, changed) = in_time(self.time_limit, run).await?.map_err(|error: tokio_postgres::Error| fault(&error))?;
        Ok(Taken::Statement { rows, changed })
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("policy", &self.policy).field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}

/// What came of a step.
enum Taken {
    Step,
    Statement { rows: Vec<Row>, changed: u64 },
}

async fn in_time<T>(limit: Duration, step: impl Future<Output = T>) -> Result<T, Fault> {
    timeout(limit, step).await.map_err(|_| Fault::classify("Elapsed", &["ETIMEDOUT"], ""))
}

fn ran(rows: &[Row], changed: u64) -> Ran<'_> {
    let mut ran = Ran { rows: u64::try_from(rows.len()).unwrap_or(u64::MAX), changed, ..Ran::default() };
    if let Some(row) = rows.first() {
        ran.word = row.try_get(0).ok();
        ran.number = (0..row.len()).find_map(|column| integer(row, column));
    }
    ran
}

fn integer(row: &Row, column: usize) -> Option<i64> {
    row.try_get::<_, i64>(column).ok().or_else(|| row.try_get::<_, i32>(column).ok().map(i64::from))
}

fn letter(row: &Row) -> Option<DeadLetter> {
    let reason = DeadLetterReason::named(row.try_get(2).ok()?)?;
    let attempts = u32::try_from(integer(row, 3)?).ok()?;
    let age = Duration::from_millis(u64::try_from(integer(row, 5)?).unwrap_or(0));
    Some(DeadLetter::from_parts(row.try_get(0).ok()?, row.try_get(1).ok()?, reason, attempts, row.try_get(4).ok()?, age))
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn fault(error: &tokio_postgres::Error) -> Fault {
    let mut codes = Vec::new();
    if let Some(state) = error.code() {
        codes.push(state.code());
    } else if error.is_closed() {
        codes.push("ECONNRESET");
    }
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<std::io::Error>()) {
        codes.extend(Fault::code_of(io.kind()));
    }
    Fault::classify("tokio_postgres::Error", &codes, "")
}

fn unreachable(error: &PoolError) -> Fault {
    match error {
        PoolError::Backend(error) => fault(error),
        PoolError::Timeout(_) => Fault::classify("deadpool::Timeout", &["ETIMEDOUT"], ""),
        _ => Fault::classify("deadpool::PoolError", &[], ""),
    }
    .while_connecting()
}
