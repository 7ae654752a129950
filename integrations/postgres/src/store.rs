//! Claims for a lease.

use std::time::Duration;

use deadpool_postgres::Pool;
use payvost_webhooks::claims::sql::Work;
use payvost_webhooks::claims::{
    Claim, ClaimPolicy, ClaimRequest, Completion, Fault, HandlerError, KeptDelivery, Operation, Reply, Taken,
};
use payvost_webhooks::receive::{AsyncClaimStore, StoredDelivery};

use crate::common::with_a_table;
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
}

with_a_table!(PostgresStore);

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
        let mut program = self.table.program(Work::Claim { retry }).claiming(token, &request.fingerprint);
        match self.table.run_alone(&mut program, &values).await? {
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

    async fn take(&self, key: &str, ticket: &str, token: &str, lease: Duration) -> Result<Taken, Fault> {
        let values = Values { ticket, lease, ..Values::of_holder(key, token) };
        match self.table.run_alone(&mut self.table.program(Work::Step(Operation::Take)), &values).await? {
            (Reply::Taken(taken), _) => Ok(taken),
            _ => Err(Fault::unknown_reply()),
        }
    }

    async fn delivery(&self, key: &str) -> Result<Option<StoredDelivery>, Fault> {
        self.table.delivery(key).await
    }
}
