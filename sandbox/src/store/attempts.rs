//! Attempts: what the log shows.

use payvost_webhooks::provide::{Answer, AttemptStatus, Health, Next};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::{Database, Pick};

/// How an attempt ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) pick: Pick,
    pub(crate) webhook: i64,
    pub(crate) answer: Answer,
    /// What follows, by the schedule.
    pub(crate) next: Next,
    pub(crate) ended_at: u64,
    pub(crate) duration_ms: u64,
    /// A JSON object.
    pub(crate) response_headers: Option<String>,
    pub(crate) response_body: Option<String>,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) delivery: i64,
    pub(crate) attempt: u8,
    pub(crate) webhook_id: String,
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    pub(crate) status: AttemptStatus,
    pub(crate) response_code: Option<u16>,
    pub(crate) response_body: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) attempted_at: u64,
    pub(crate) next_attempt_at: Option<u64>,
}

/// Which entries of a log are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) limit: usize,
    pub(crate) offset: u64,
    pub(crate) status: Option<StatusFilter>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusFilter {
    Pending,
    Succeeded,
    Failed,
}

const SELECT: &str = "SELECT a.delivery, a.attempt, w.id, e.id, e.type, a.status, a.response_code, a.response_body,
                             a.error, a.duration_ms, a.attempted_at, a.next_attempt_at
                      FROM attempts a JOIN deliveries d ON d.number = a.delivery JOIN events e ON e.number = d.event
                                      JOIN webhooks w ON w.number = a.webhook";

impl Entry {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            delivery: row.get(0)?,
            attempt: row.get(1)?,
            webhook_id: row.get(2)?,
            event_id: row.get(3)?,
            event_type: row.get(4)?,
            status: match row.get(5)? {
                1 => AttemptStatus::Succeeded,
                2 => AttemptStatus::Failed,
                0_u8 | 3.. => AttemptStatus::Pending,
            },
            response_code: row.get(6)?,
            response_body: row.get(7)?,
            error: row.get(8)?,
            duration_ms: row.get(9)?,
            attempted_at: row.get(10)?,
            next_attempt_at: row.get(11)?,
        })
    }
}

impl Database {
    /// Notes how an attempt ended. Returns whether the webhook has to be disabled now.
    pub(crate) fn finish(&mut self, outcome: &Outcome, disable_after_ms: Option<u64>) -> rusqlite::Result<bool> {
        let Outcome { pick, answer, .. } = outcome;
        let (state, due_at) = match outcome.next {
            Next::Attempt { at, .. } => (0, Some(at)),
            Next::Answer | Next::Failed => (2, None),
            Next::Delivered => (1, None),
        };
        // A webhook that was deleted meanwhile has failed the delivery, and it stays so.
        let noted = self.execute(
            "UPDATE deliveries SET state = ?2, attempts = ?3, due_at = coalesce(?4, due_at) WHERE number = ?1 AND state = 0",
            params![pick.delivery, state, pick.attempt, due_at],
        )?;
        if noted == 1 && state != 0 {
            self.totals.pending -= 1;
            *(if state == 1 { &mut self.totals.delivered } else { &mut self.totals.failed }) += 1;
        }
        let status = match *answer {
            Answer::Status(status) => Some(status),
            Answer::Fault(_) => None,
        };
        self.execute(
            "UPDATE attempts SET status = ?3, next_attempt_at = ?4, duration_ms = ?5, response_code = ?6, response_headers = ?7,
                                 response_body = ?8, error = ?9
             WHERE delivery = ?1 AND attempt = ?2",
            params![
                pick.delivery,
                pick.attempt,
                if answer.is_success() { 1 } else { 2 },
                if noted == 1 { due_at } else { None },
                outcome.duration_ms,
                status,
                outcome.response_headers,
                outcome.response_body,
                answer.error()
            ],
        )?;
        self.note_health(outcome, disable_after_ms)
    }

    fn note_health(&self, outcome: &Outcome, disable_after_ms: Option<u64>) -> rusqlite::Result<bool> {
        let failing_since: Option<Option<u64>> = self
            .connection
            .prepare_cached("SELECT failing_since FROM webhooks WHERE number = ? AND enabled")?
            .query_row([outcome.webhook], |row| row.get(0))
            .optional()?;
        let Some(failing_since) = failing_since else { return Ok(false) };
        let mut health = Health { failing_since };
        health.feed(outcome.answer.is_success(), outcome.ended_at);
        let disable = disable_after_ms.and_then(|after| health.disabled_at(after)).is_some_and(|at| at <= outcome.ended_at);
        if health.failing_since != failing_since || disable {
            self.execute(
                "UPDATE webhooks SET failing_since = ?2, enabled = ?3 WHERE number = ?1",
                params![outcome.webhook, health.failing_since, !disable],
            )?;
        }
        Ok(disable)
    }

    /// How many attempts there are of each answer.
    pub(crate) fn count_answers(&self) -> rusqlite::Result<Vec<(String, u64)>> {
        self.connection
            .prepare("SELECT coalesce(error, response_code, 'in flight'), count(*) FROM attempts GROUP BY 1 ORDER BY 1")?
            .query_map([], |row| Ok((row.get::<_, Value>(0).map(text)?, row.get(1)?)))?
            .collect()
    }

    /// Entries of a webhook's log, or of all webhooks, the newest first.
    pub(crate) fn entries(&self, webhook: Option<i64>, page: Page) -> rusqlite::Result<Vec<Entry>> {
        let mut conditions = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        if let Some(webhook) = webhook {
            conditions.push("a.webhook = ?");
            values.push(webhook.into());
        }
        // The words of the partial index, so that it is used.
        match page.status {
            Some(StatusFilter::Pending) => conditions.push("a.status = 0 AND a.status <> 1"),
            Some(StatusFilter::Succeeded) => conditions.push("a.status = 1"),
            Some(StatusFilter::Failed) => conditions.push("a.status = 2 AND a.status <> 1"),
            None => {}
        }
        let filter = if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
        values.push(i64::try_from(page.limit).unwrap_or(i64::MAX).into());
        values.push(i64::try_from(page.offset).unwrap_or(i64::MAX).into());
        self.connection
            .prepare_cached(&format!("{SELECT} {filter} ORDER BY a.number DESC LIMIT ? OFFSET ?"))?
            .query_map(params_from_iter(values), Entry::read)?
            .collect()
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}
