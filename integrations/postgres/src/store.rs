//! Claims for a lease.

use std::time::Duration;

use deadpool_postgres::Pool;
use payvost_webhooks::Error;
use payvost_webhooks::claims::sql::Work;
use payvost_webhooks::claims::{
    Claim, ClaimPolicy, ClaimRequest, Completion, DeadLetter, Fault, HandlerError, KeptDelivery, Operation, Reply,
};
use payvost_webhooks::receive::{AsyncClaimStore, StoredDelivery};

use crate::table::{Table, Values};

/// Claims events for a lease. Use it for handlers that write elsewhere; [`PostgresInbox`](crate::PostgresInbox) is for those that write
/// to the same database.
#[derive(Debug)]
pub struct PostgresStore {
    table: Table,
}

impl PostgresStore {
    /// A store in the table `payvost_webhook_claims`, with a time limit of 2 seconds for each step.
    #[must_use]
    pub fn new(pool: Pool, policy: ClaimPolicy) -> Self {
        Self { table: Table::new(pool, policy) }
    }

    /// With another table, optionally in a schema.
    ///
    /// # Errors
    ///
    /// `invalid_option`, as [`statements`](payvost_webhooks::claims::sql::statements).
    pub fn table(self, name: &str) -> Result<Self, Error> {
        Ok(Self { table: self.table.named(name)? })
    }

    /// With another time limit for each step.
    #[must_use]
    pub fn time_limit(self, time_limit: Duration) -> Self {
        Self { table: self.table.time_limit(time_limit) }
    }

    /// Creates the table and its indexes, if they do not exist. Several processes may do so at once.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached or refuses; so do all methods.
    pub async fn create_table(&self) -> Result<(), Fault> {
        self.table.create().await
    }

    /// Deletes the rows of events that need not be remembered any more, and says how many. Call it now and then.
    ///
    /// # Errors
    ///
    /// As [`create_table`](Self::create_table).
    pub async fn forget(&self) -> Result<u64, Fault> {
        self.table.forget().await
    }

    /// The events that were claimed and not handled, at most `limit` of them. Those that have waited longest come first.
    ///
    /// # Errors
    ///
    /// As [`create_table`](Self::create_table).
    pub async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, Fault> {
        self.table.dead_letters(limit).await
    }

    /// Discards a dead letter: the event counts as handled. False if the event is done, in progress, or unknown.
    ///
    /// # Errors
    ///
    /// As [`create_table`](Self::create_table).
    pub async fn discard(&self, key: &str) -> Result<bool, Fault> {
        self.table.discard(key).await
    }
}

impl AsyncClaimStore for PostgresStore {
    type Transaction = ();

    fn policy(&self) -> &ClaimPolicy {
        &self.table.policy
    }

    async fn claim(
        &self,
        request: &ClaimRequest,
        token: &str,
        delivery: KeptDelivery<'_>,
        retry: bool,
    ) -> Result<(Claim, Option<()>), Fault> {
        let values = Values::of_claim(request, token, delivery, self.table.lease());
        match self.table.run_alone(&mut self.table.program(Work::Claim { retry }), &values).await? {
            (Reply::Claim(claim), _) => Ok((claim, None)),
            _ => Err(Fault::unknown_reply()),
        }
    }

    async fn extend(&self, key: &str, token: &str, lease: Duration) -> Result<bool, Fault> {
        let values = Values { lease, ..Values::of_holder(key, token) };
        self.table.held(Operation::Extend, &values).await
    }

    async fn complete(&self, key: &str, token: &str, _: &mut Option<()>) -> Result<Completion, Fault> {
        let held = self.table.held(Operation::Complete, &Values::of_holder(key, token)).await?;
        Ok(if held { Completion::Completed } else { Completion::Lost })
    }

    async fn release(&self, key: &str, token: &str, error: &HandlerError, _: &mut Option<()>) -> Result<bool, Fault> {
        let values = Values { error: error.as_str(), ..Values::of_holder(key, token) };
        self.table.held(Operation::Release, &values).await
    }

    async fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        self.table.delivery(key).await
    }
}
