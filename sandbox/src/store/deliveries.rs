//! Deliveries: one event for one webhook, until an attempt succeeds or none is left.

use payvost_webhooks::provide::signs_with;
use payvost_webhooks::sign;
use rusqlite::{OptionalExtension, Row, params};

use super::Database;
use crate::engine::Outgoing;

/// A delivery that waits for its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) delivery: i64,
    pub(crate) webhook: i64,
    /// How many attempts have ended.
    pub(crate) attempts: u8,
    pub(crate) at: u64,
}

impl Due {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { delivery: row.get(0)?, webhook: row.get(1)?, attempts: row.get(2)?, at: row.get(3)? })
    }
}

/// An attempt to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) delivery: i64,
    /// 1 for the first attempt.
    pub(crate) attempt: u8,
}

/// An attempt that began, and the request to send.
pub(crate) struct Begun {
    pub(crate) pick: Pick,
    pub(crate) webhook: i64,
    pub(crate) url: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: String,
    pub(crate) secret: String,
}

impl Begun {
    pub(crate) fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { url: &self.url, payload: &self.payload, signature: &self.signature, headers: &[] }
    }
}

impl Database {
    pub(super) fn add_delivery(&mut self, event: i64, webhook: i64, at: u64) -> rusqlite::Result<Due> {
        self.execute("INSERT INTO deliveries (event, webhook, due_at) VALUES (?, ?, ?)", params![event, webhook, at])?;
        self.totals.pending += 1;
        Ok(Due { delivery: self.connection.last_insert_rowid(), webhook, attempts: 0, at })
    }

    /// What is left to deliver, for a start with an old database.
    pub(crate) fn pending(&self) -> rusqlite::Result<Vec<Due>> {
        self.connection
            .prepare("SELECT number, webhook, attempts, due_at FROM deliveries WHERE state = 0")?
            .query_map([], Due::read)?
            .collect()
    }

    /// What is left to deliver to one webhook.
    pub(crate) fn pending_for(&self, webhook: i64) -> rusqlite::Result<Vec<Due>> {
        self.connection
            .prepare_cached("SELECT number, webhook, attempts, due_at FROM deliveries WHERE webhook = ? AND state = 0")?
            .query_map([webhook], Due::read)?
            .collect()
    }

    /// Begins attempts: each has its row before it is sent. What is no longer pending is left out, and so is an attempt that has ended:
    /// a queue can hold a delivery twice.
    ///
    /// An attempt that began before a crash and did not end begins again, in the row that it has.
    pub(crate) fn begin(&mut self, picks: &[Pick], now: u64) -> rusqlite::Result<Vec<Begun>> {
        picks.iter().filter_map(|pick| self.begin_one(*pick, now).transpose()).collect()
    }

    fn begin_one(&self, pick: Pick, now: u64) -> rusqlite::Result<Option<Begun>> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT w.number, w.url, w.secret, w.previous_secret, w.previous_until, e.payload
                 FROM deliveries d JOIN webhooks w ON w.number = d.webhook JOIN events e ON e.number = d.event
                 WHERE d.number = ? AND d.attempts = ? - 1 AND d.state = 0 AND w.enabled",
            )?
            .query_row(params![pick.delivery, pick.attempt], |row| {
                let (secret, previous, until): (String, Option<String>, Option<u64>) = (row.get(2)?, row.get(3)?, row.get(4)?);
                let payload: Vec<u8> = row.get(5)?;
                let secret = signs_with(secret, previous.zip(until), now);
                // Secrets are checked when they are given: no signature means that the file was changed, and the endpoint will refuse it.
                let signature = sign(&payload, &secret).unwrap_or_default();
                Ok(Begun { pick, webhook: row.get(0)?, url: row.get(1)?, payload, signature, secret })
            })
            .optional()?;
        let Some(begun) = found else { return Ok(None) };
        let again = self.execute(
            "UPDATE attempts SET attempted_at = ?3, signature = ?4 WHERE delivery = ?1 AND attempt = ?2",
            params![pick.delivery, pick.attempt, now, begun.signature],
        )?;
        if again == 0 {
            self.execute(
                "INSERT INTO attempts (delivery, webhook, attempt, signature, attempted_at) VALUES (?, ?, ?, ?, ?)",
                params![pick.delivery, begun.webhook, pick.attempt, begun.signature, now],
            )?;
        }
        Ok(Some(begun))
    }
}

#[cfg(test)]
mod tests {
    use payvost_webhooks::provide::{Answer, Next};

    use super::*;
    use crate::store::{NewEvent, NewWebhook, Outcome};

    #[test]
    fn an_attempt_that_has_ended_does_not_begin_again() {
        let mut database = Database::open(None, None).unwrap();
        let new = NewWebhook { url: "http://localhost/".into(), events: vec!["*".into()], description: None, metadata: None };
        database.create_webhook("webhook_1", "whsec_test", &new, 0).unwrap();
        let event = NewEvent { id: "evt_1".into(), event_type: "payment.failed".into(), payload: b"{}".to_vec() };
        let due = database.publish(&event, None, 0).unwrap().deliveries[0].1;
        let pick = Pick { delivery: due.delivery, attempt: 1 };
        assert_eq!(database.begin(&[pick], 0).unwrap().len(), 1);
        // As after a crash: it did not end.
        assert_eq!(database.begin(&[pick], 0).unwrap().len(), 1);

        let outcome = Outcome {
            pick,
            webhook: due.webhook,
            answer: Answer::Status(500),
            next: Next::Attempt { number: 2, at: 5_000 },
            ended_at: 1,
            duration_ms: 1,
            response_headers: None,
            response_body: None,
        };
        database.finish(&outcome, None).unwrap();
        assert!(database.begin(&[pick], 10).unwrap().is_empty());
        assert_eq!(database.begin(&[Pick { attempt: 2, ..pick }], 5_000).unwrap().len(), 1);
    }
}
