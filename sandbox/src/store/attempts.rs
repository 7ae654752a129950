//! Attempts: what the log shows.

use payvost_webhooks::provide::{Answer, AttemptStatus, Health, Pace};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use super::deliveries::{COURSE, course, due, state};
use super::{Database, Due, Pick, Sent};

/// How an attempt ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) pick: Pick,
    pub(crate) webhook: i64,
    /// Somebody had asked for it.
    pub(crate) resend: bool,
    pub(crate) answer: Answer,
    pub(crate) begun_at: u64,
    pub(crate) ended_at: u64,
    pub(crate) duration_ms: u64,
    /// A JSON object.
    pub(crate) response_headers: Option<String>,
    pub(crate) response_body: Option<String>,
}

/// What decides about the time after an attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions {
    pub(crate) pace: Pace,
    pub(crate) disable_after_ms: Option<u64>,
}

/// What follows an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finished {
    pub(crate) next: Option<Due>,
    /// The webhook was disabled.
    pub(crate) disabled: bool,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) delivery: i64,
    pub(crate) attempt: u32,
    /// Somebody asked for it: it is not one of the schedule.
    pub(crate) resend: bool,
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
                             a.error, a.duration_ms, a.attempted_at, a.next_attempt_at, a.resend
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
            resend: row.get(12)?,
        })
    }
}

impl Database {
    /// Notes how an attempt ended, and says what follows.
    pub(crate) fn finish(&mut self, outcome: &Outcome, conditions: Conditions) -> rusqlite::Result<Finished> {
        let Outcome { pick, answer, .. } = outcome;
        let (mut schedule, enabled, failing_since) = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COURSE}, w.enabled, w.failing_since
                 FROM deliveries d JOIN webhooks w ON w.number = d.webhook WHERE d.number = ?"
            ))?
            .query_row([pick.delivery], |row| {
                Ok((course(row, conditions.pace)?, row.get::<_, bool>(4)?, row.get::<_, Option<u64>>(5)?))
            })?;
        let before = schedule.standing();
        // A webhook that was deleted meanwhile has ended the course, and it stays so.
        if outcome.resend {
            schedule.begin_resend();
        } else {
            schedule.begin(outcome.begun_at);
        }
        schedule.feed(*answer);
        let kept = schedule.kept();
        self.execute(
            "UPDATE deliveries SET state = ?2, attempts = ?3, scheduled = ?4, due_at = ?5, resends = ?6 WHERE number = ?1",
            params![pick.delivery, state(kept.standing), pick.attempt, kept.attempts, kept.due_at, kept.resends],
        )?;
        self.totals.moved(before, kept.standing);
        let due_at = due(&schedule, outcome.ended_at);
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
                due_at,
                outcome.duration_ms,
                status,
                outcome.response_headers,
                outcome.response_body,
                answer.error()
            ],
        )?;
        let disabled = enabled && self.note_health(outcome, Health { failing_since }, conditions.disable_after_ms)?;
        let next = due_at.map(|at| Due { delivery: pick.delivery, webhook: outcome.webhook, attempts: pick.attempt, at });
        Ok(Finished { next, disabled })
    }

    /// Returns whether the webhook has to be disabled now.
    fn note_health(&self, outcome: &Outcome, before: Health, disable_after_ms: Option<u64>) -> rusqlite::Result<bool> {
        let mut health = before;
        health.feed(outcome.answer.is_success(), outcome.ended_at);
        let disable = disable_after_ms.and_then(|after| health.disabled_at(after)).is_some_and(|at| at <= outcome.ended_at);
        if health != before || disable {
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
        // What the offset leaves out is not joined.
        let numbers = format!("SELECT a.number FROM attempts a {filter} ORDER BY a.number DESC LIMIT ? OFFSET ?");
        self.connection
            .prepare_cached(&format!("{SELECT} WHERE a.number IN ({numbers}) ORDER BY a.number DESC"))?
            .query_map(params_from_iter(values), Entry::read)?
            .collect()
    }

    /// The attempts of a delivery, the first one first.
    pub(super) fn attempts_of(&self, delivery: i64) -> rusqlite::Result<Vec<Sent>> {
        let select = SELECT.replacen("a.resend", "a.resend, a.signature, a.response_headers", 1);
        self.connection
            .prepare_cached(&format!("{select} WHERE a.delivery = ? ORDER BY a.attempt"))?
            .query_map([delivery], |row| {
                Ok(Sent { entry: Entry::read(row)?, signature: row.get(13)?, response_headers: row.get(14)? })
            })?
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
