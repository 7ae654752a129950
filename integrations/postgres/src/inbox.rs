//! Claims in the transaction of the handler.

use std::fmt;
use std::time::Duration;

use deadpool_postgres::Pool;
use payvost_webhooks::claims::sql::{Program, Work};
use payvost_webhooks::claims::{Claim, ClaimPolicy, ClaimRequest, Completion, Fault, HandlerError, KeptDelivery, Reply, Taken};
use payvost_webhooks::receive::{AsyncClaimStore, Claiming, StoredDelivery};
use tokio_postgres::Client;

use crate::common::with_a_table;
use crate::table::{Connection, Table, Values};

/// The claim and what the handler writes through [`InboxTransaction::client`] are one transaction: the effect happens once.
///
/// A handler holds its connection while it runs, so the pool's size limits how many run at once.
#[derive(Debug)]
pub struct PostgresInbox {
    table: Table,
    notes_attempts: bool,
}

/// The open transaction of an inbox. When it is dropped, its connection is closed, and the server rolls back.
pub struct InboxTransaction {
    program: Program,
    connection: Connection,
    /// The values of the claim, which are bound again when it ends.
    request: ClaimRequest,
    kept: (Vec<u8>, String),
}

impl InboxTransaction {
    /// The connection, in its transaction. Do not commit or roll back: the response is 500 then. Savepoints are fine.
    ///
    /// # Panics
    ///
    /// Never in a handler: the connection is there until the handler has ended.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn client(&self) -> &Client {
        self.connection.0.as_ref().expect("the handler has not ended")
    }
}

impl fmt::Debug for InboxTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxTransaction").field("key", &self.request.key).finish_non_exhaustive()
    }
}

impl PostgresInbox {
    /// An inbox in the table `payvost_webhook_claims`, with a time limit of 2 seconds for each step.
    #[must_use]
    pub fn new(pool: Pool, policy: ClaimPolicy) -> Self {
        Self { table: Table::new(pool, policy), notes_attempts: true }
    }

    /// Does not note each attempt in a short transaction of its own. Then an event whose workers all die leaves no dead letter.
    #[must_use]
    pub fn without_notes(self) -> Self {
        Self { notes_attempts: false, ..self }
    }

    /// Ends the transaction with more work on its connection.
    async fn end(
        &self,
        transaction: &mut Option<InboxTransaction>,
        work: Work,
        token: &str,
        error: &str,
    ) -> Result<Reply, Fault> {
        let mut transaction = transaction.take().ok_or_else(Fault::unknown_reply)?;
        let InboxTransaction { program, connection, request, kept: (payload, signature) } = &mut transaction;
        let kept = KeptDelivery { payload, signature };
        let values = Values { error, ..Values::of_claim(request, token, kept, self.table.lease()) };
        self.table.then(program, work);
        self.table.run(program, &values, connection).await.map(|(reply, _)| reply)
    }
}

with_a_table!(PostgresInbox);

impl AsyncClaimStore for PostgresInbox {
    type Transaction = InboxTransaction;

    fn claiming(&self) -> Claiming {
        Claiming::Inbox
    }

    fn policy(&self) -> &ClaimPolicy {
        &self.table.policy
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        retry: bool,
    ) -> Result<(Claim, Option<InboxTransaction>), Fault> {
        let values = Values::of_claim(request, token, delivery, self.table.lease());
        let program = self.table.program(Work::Enter { retry }).claiming(token, &request.fingerprint);
        let mut transaction = InboxTransaction {
            program: if self.notes_attempts { program.noting_attempts() } else { program },
            connection: Connection::default(),
            request: request.clone(),
            kept: (delivery.payload.to_vec(), delivery.signature.to_owned()),
        };
        match self.table.run(&mut transaction.program, &values, &mut transaction.connection).await? {
            (Reply::Claim(claim), _) => Ok((claim, transaction.program.keeps_connection().then_some(transaction))),
            _ => Err(Fault::unknown_reply()),
        }
    }

    /// Whether the transaction holds: it does until the handler has ended.
    async fn extend(&self, _: &str, _: &str, _: Duration) -> Result<bool, Fault> {
        Ok(true)
    }

    async fn complete(&self, _: &str, token: &str, transaction: &mut Option<InboxTransaction>) -> Result<Completion, Fault> {
        match self.end(transaction, Work::Leave, token, "").await? {
            Reply::Completion(completion) => Ok(completion),
            _ => Err(Fault::unknown_reply()),
        }
    }

    async fn release(
        &self,
        _: &str,
        token: &str,
        error: &HandlerError,
        transaction: &mut Option<InboxTransaction>,
    ) -> Result<bool, Fault> {
        // Without a transaction nothing was claimed, and there is nothing to release.
        if transaction.is_none() {
            return Ok(false);
        }
        match self.end(transaction, Work::Fail, token, error.as_str()).await? {
            Reply::Held(held) => Ok(held),
            _ => Err(Fault::unknown_reply()),
        }
    }

    async fn take(&self, _: &str, _: &str, _: &str, _: Duration) -> Result<Taken, Fault> {
        Ok(Taken::Lost)
    }

    async fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        self.table.delivery(key).await
    }
}
