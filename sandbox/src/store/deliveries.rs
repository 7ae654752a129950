//! Deliveries: one event for one webhook, until an attempt succeeds or none is left.

use payvost_webhooks::provide::{Kept, Next, Pace, Schedule, Standing, signs_with};
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
    pub(crate) attempts: u32,
    pub(crate) at: u64,
}

/// An attempt to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) delivery: i64,
    /// 1 for the first attempt.
    pub(crate) attempt: u32,
}

/// An attempt that began, and the request to send.
pub(crate) struct Begun {
    pub(crate) pick: Pick,
    pub(crate) webhook: i64,
    /// Somebody asked for this attempt: it is not one of the schedule.
    pub(crate) resend: bool,
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

/// The columns that [`course`] reads, from the table `d`.
pub(super) const COURSE: &str = "d.state, d.scheduled, d.due_at, d.resends";

/// The course of a delivery, from a row whose columns begin with [`COURSE`].
pub(super) fn course(row: &Row<'_>, pace: Pace) -> rusqlite::Result<Schedule> {
    let standing = match row.get(0)? {
        1 => Standing::Delivered,
        2 => Standing::Failed,
        0_u8 | 3.. => Standing::Pending,
    };
    Ok(Schedule::restored(Kept { standing, attempts: row.get(1)?, due_at: row.get(2)?, resends: row.get(3)? }, pace))
}

/// The number of a standing in the tables.
pub(super) const fn state(standing: Standing) -> u8 {
    match standing {
        Standing::Pending => 0,
        Standing::Delivered => 1,
        Standing::Failed => 2,
    }
}

/// When a course has something to send. A resend is due at once.
pub(super) const fn due(schedule: &Schedule, now: u64) -> Option<u64> {
    match schedule.next() {
        Next::Attempt { at, .. } => Some(at),
        Next::Resend => Some(now),
        Next::Answer | Next::Delivered | Next::Failed => None,
    }
}

impl Database {
    pub(super) fn add_delivery(&mut self, event: i64, event_type: i64, webhook: i64, at: u64) -> rusqlite::Result<Due> {
        self.execute(
            "INSERT INTO deliveries (event, type, webhook, due_at) VALUES (?, ?, ?, ?)",
            params![event, event_type, webhook, at],
        )?;
        self.totals.pending += 1;
        Ok(Due { delivery: self.connection.last_insert_rowid(), webhook, attempts: 0, at })
    }

    /// What is left to deliver, for a start with an old database.
    pub(crate) fn pending(&self) -> rusqlite::Result<Vec<Due>> {
        self.open_deliveries(
            "SELECT d.number, d.webhook, d.attempts, iif(d.resends > 0, 0, d.due_at) FROM deliveries d
                              WHERE d.state = 0 OR d.resends > 0",
            [],
        )
    }

    /// What is left to deliver to one webhook.
    pub(crate) fn pending_for(&self, webhook: i64) -> rusqlite::Result<Vec<Due>> {
        self.open_deliveries(
            "SELECT d.number, d.webhook, d.attempts, iif(d.resends > 0, 0, d.due_at) FROM deliveries d
                              WHERE d.webhook = ? AND (d.state = 0 OR d.resends > 0)",
            [webhook],
        )
    }

    fn open_deliveries(&self, sql: &str, values: impl rusqlite::Params) -> rusqlite::Result<Vec<Due>> {
        let read =
            |row: &Row<'_>| Ok(Due { delivery: row.get(0)?, webhook: row.get(1)?, attempts: row.get(2)?, at: row.get(3)? });
        self.connection.prepare_cached(sql)?.query_map(values, read)?.collect()
    }

    /// Begins attempts: each has its row before it is sent. What has nothing to send now is left out, and so is an attempt that has ended:
    /// a queue can hold a delivery twice.
    ///
    /// An attempt that began before a crash and did not end begins again, in the row that it has.
    pub(crate) fn begin(&mut self, picks: &[Pick], now: u64) -> rusqlite::Result<Vec<Begun>> {
        picks.iter().filter_map(|pick| self.begin_one(*pick, now).transpose()).collect()
    }

    fn begin_one(&self, pick: Pick, now: u64) -> rusqlite::Result<Option<Begun>> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COURSE}, w.number, w.url, w.secret, w.previous_secret, w.previous_until, e.payload
                 FROM deliveries d JOIN webhooks w ON w.number = d.webhook JOIN events e ON e.number = d.event
                 WHERE d.number = ? AND d.attempts = ? - 1 AND w.enabled"
            ))?
            .query_row(params![pick.delivery, pick.attempt], |row| {
                let resend = match course(row, Pace::REAL)?.next() {
                    Next::Resend => true,
                    Next::Attempt { at, .. } if at <= now => false,
                    _ => return Ok(None),
                };
                let (secret, previous, until): (String, Option<String>, Option<u64>) = (row.get(6)?, row.get(7)?, row.get(8)?);
                let payload: Vec<u8> = row.get(9)?;
                let secret = signs_with(secret, previous.zip(until), now);
                // Secrets are checked when they are given: no signature means that the file was changed, and the endpoint will refuse it.
                let signature = sign(&payload, &secret).unwrap_or_default();
                Ok(Some(Begun { pick, webhook: row.get(4)?, resend, url: row.get(5)?, payload, signature, secret }))
            })
            .optional()?;
        let Some(begun) = found.flatten() else { return Ok(None) };
        let again = self.execute(
            "UPDATE attempts SET attempted_at = ?3, signature = ?4, resend = ?5 WHERE delivery = ?1 AND attempt = ?2",
            params![pick.delivery, pick.attempt, now, begun.signature, begun.resend],
        )?;
        if again == 0 {
            self.execute(
                "INSERT INTO attempts (delivery, webhook, attempt, signature, resend, attempted_at) VALUES (?, ?, ?, ?, ?, ?)",
                params![pick.delivery, begun.webhook, pick.attempt, begun.signature, begun.resend, now],
            )?;
        }
        Ok(Some(begun))
    }
}

#[cfg(test)]
mod tests {
    use payvost_webhooks::provide::Answer;

    use super::*;
    use crate::store::{Conditions, NewEvent, NewWebhook, Outcome};

    const CONDITIONS: Conditions = Conditions { pace: Pace::REAL, disable_after_ms: None };

    fn database() -> (Database, Due) {
        let mut database = Database::open(None, None).unwrap();
        let new = NewWebhook { url: "http://localhost/".into(), events: vec!["*".into()], description: None, metadata: None };
        database.create_webhook("webhook_1", "whsec_test", &new, 0).unwrap();
        let event = NewEvent { id: "evt_1".into(), event_type: "payment.failed".into(), payload: b"{}".to_vec() };
        let due = database.publish(&event, None, 0).unwrap().deliveries[0].1;
        (database, due)
    }

    fn outcome(begun: &Begun, begun_at: u64, status: u16) -> Outcome {
        Outcome {
            pick: begun.pick,
            webhook: begun.webhook,
            resend: begun.resend,
            answer: Answer::Status(status),
            begun_at,
            ended_at: begun_at + 1,
            duration_ms: 1,
            response_headers: None,
            response_body: None,
        }
    }

    #[test]
    fn an_attempt_that_has_ended_does_not_begin_again() {
        let (mut database, due) = database();
        let pick = Pick { delivery: due.delivery, attempt: 1 };
        assert_eq!(database.begin(&[pick], 0).unwrap().len(), 1);
        // As after a crash: it did not end.
        let begun = database.begin(&[pick], 0).unwrap().remove(0);

        let next = database.finish(&outcome(&begun, 0, 500), CONDITIONS).unwrap().next;
        assert_eq!(next, Some(Due { attempts: 1, at: 5_000, ..due }));
        assert!(database.begin(&[pick], 10).unwrap().is_empty());
        let second = Pick { attempt: 2, ..pick };
        assert!(database.begin(&[second], 4_999).unwrap().is_empty(), "it is not due");
        assert_eq!(database.begin(&[second], 5_000).unwrap().len(), 1);
    }

    #[test]
    fn a_resend_that_was_asked_for_during_an_attempt_follows_it() {
        let (mut database, due) = database();
        let begun = database.begin(&[Pick { delivery: due.delivery, attempt: 1 }], 0).unwrap().remove(0);
        let resend = database.resend(due.delivery).unwrap().unwrap();
        assert_eq!(resend.attempt, 2);
        let next = database.finish(&outcome(&begun, 0, 200), CONDITIONS).unwrap().next.unwrap();
        assert_eq!((next.attempts, database.totals().delivered), (1, 1));
        let again = database.begin(&[Pick { delivery: due.delivery, attempt: 2 }], 10).unwrap().remove(0);
        assert!(again.resend);
        assert_eq!(database.finish(&outcome(&again, 10, 500), CONDITIONS).unwrap().next, None);
        assert_eq!((database.totals().delivered, database.totals().failed), (1, 0));
    }

    #[test]
    fn what_is_open_is_found_by_an_index() {
        let (database, _) = database();
        let plan = |sql: &str| {
            let mut statement = database.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            statement.query_row([1], |row| row.get::<_, String>(3)).unwrap()
        };
        let plan = plan("SELECT d.number FROM deliveries d WHERE d.webhook = ? AND (d.state = 0 OR d.resends > 0)");
        assert!(plan.contains("INDEX deliveries_open"), "{plan}");
    }
}
