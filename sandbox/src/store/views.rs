//! What the dashboard shows: deliveries with their attempts.

use payvost_webhooks::provide::{AttemptStatus, Kept, Pace, Standing};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params_from_iter};

use super::Database;
use super::deliveries::{COURSE, course, state};

const ALL: [Standing; 3] = [Standing::Pending, Standing::Delivered, Standing::Failed];

/// Which deliveries are wanted, the newest first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) webhook: Option<i64>,
    pub(crate) state: Option<Standing>,
    pub(crate) from: From,
    pub(crate) limit: usize,
}

/// Where a page begins. It names a delivery and no offset, so that every page is found as fast as the first one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum From {
    #[default]
    Newest,
    /// Those before this one.
    Before(i64),
    /// Those after this one.
    After(i64),
}

/// A page of deliveries, and whether there are more on either side.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    pub(crate) rows: Vec<Delivery>,
    pub(crate) has_newer: bool,
    pub(crate) has_older: bool,
}

/// A delivery and its attempts.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) number: i64,
    pub(crate) state: Standing,
    /// How many attempts of the schedule have ended.
    pub(crate) scheduled: u8,
    /// How many resends were asked for and have not ended.
    pub(crate) resends: u32,
    /// When the next attempt is due, if it is pending.
    pub(crate) due_at: u64,
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    pub(crate) accepted_at: u64,
    pub(crate) webhook_id: String,
    pub(crate) url: String,
    pub(crate) webhook_enabled: bool,
    pub(crate) webhook_deleted: bool,
    pub(crate) attempts: Vec<Attempt>,
}

/// What a list shows of an attempt.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// 1 for the first one.
    pub(crate) number: u32,
    /// Somebody asked for it: it is not one of the schedule.
    pub(crate) resend: bool,
    pub(crate) status: AttemptStatus,
    pub(crate) attempted_at: u64,
    pub(crate) duration_ms: Option<u64>,
    pub(crate) response_code: Option<u16>,
    pub(crate) error: Option<String>,
}

/// What is kept of one attempt's request and answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: String,
    /// A JSON object.
    pub(crate) response_headers: Option<String>,
    pub(crate) response_body: Option<String>,
}

impl Attempt {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            status: match row.get(1)? {
                1 => AttemptStatus::Succeeded,
                2 => AttemptStatus::Failed,
                0_u8 | 3.. => AttemptStatus::Pending,
            },
            attempted_at: row.get(2)?,
            duration_ms: row.get(3)?,
            response_code: row.get(4)?,
            error: row.get(5)?,
            resend: row.get(6)?,
        })
    }
}

impl Database {
    pub(crate) fn deliveries(&self, wanted: Wanted) -> rusqlite::Result<Deliveries> {
        let mut numbers = self.delivery_numbers(wanted)?;
        let is_more = numbers.len() > wanted.limit;
        numbers.truncate(wanted.limit);
        let (has_newer, has_older) = match wanted.from {
            From::Newest => (false, is_more),
            From::Before(_) => (true, is_more),
            From::After(_) => (is_more, true),
        };
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        let rows = numbers.into_iter().filter_map(|number| self.delivery(number).transpose()).collect::<Result<_, _>>()?;
        Ok(Deliveries { rows, has_newer, has_older })
    }

    /// The numbers of a page and one more, if there is one, in the order in which they are looked for.
    ///
    /// An index has the deliveries of each webhook and state in their order. Where several of them are wanted, each gives as many as a page
    /// has, and they are merged.
    fn delivery_numbers(&self, wanted: Wanted) -> rusqlite::Result<Vec<i64>> {
        let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX).saturating_add(1);
        let (bound, order, start) = match wanted.from {
            From::Newest => ("number < ?", "DESC", i64::MAX),
            From::Before(number) => ("number < ?", "DESC", number),
            From::After(number) => ("number > ?", "ASC", number),
        };
        let query = |condition: &str, values: Vec<i64>| -> rusqlite::Result<Vec<i64>> {
            let sql = format!("SELECT number FROM deliveries WHERE {condition} {bound} ORDER BY number {order} LIMIT ?");
            self.connection
                .prepare_cached(&sql)?
                .query_map(params_from_iter(values.into_iter().chain([start, limit]).map(Value::from)), |row| row.get(0))?
                .collect()
        };
        let webhooks = match (wanted.webhook, wanted.state) {
            (None, None) => return query("", Vec::new()),
            (None, Some(_)) => self.webhook_numbers()?,
            (Some(webhook), _) => vec![webhook],
        };
        let states = wanted.state.map_or(ALL.to_vec(), |state| vec![state]);
        let mut found = Vec::new();
        for webhook in webhooks {
            for standing in &states {
                found.extend(query("webhook = ? AND state = ? AND", vec![webhook, i64::from(state(*standing))])?);
            }
        }
        found.sort_unstable();
        if order == "DESC" {
            found.reverse();
        }
        found.truncate(wanted.limit.saturating_add(1));
        Ok(found)
    }

    /// Every webhook's, deleted ones included.
    fn webhook_numbers(&self) -> rusqlite::Result<Vec<i64>> {
        self.connection.prepare_cached("SELECT number FROM webhooks")?.query_map([], |row| row.get(0))?.collect()
    }

    pub(crate) fn delivery(&self, number: i64) -> rusqlite::Result<Option<Delivery>> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COURSE}, e.id, e.type, e.created_at, w.id, w.url, w.enabled, w.deleted_at IS NOT NULL
                 FROM deliveries d JOIN events e ON e.number = d.event JOIN webhooks w ON w.number = d.webhook
                 WHERE d.number = ?",
            ))?
            .query_row([number], |row| {
                let Kept { standing, attempts: scheduled, due_at, resends } = course(row, Pace::REAL)?.kept();
                Ok(Delivery {
                    number,
                    state: standing,
                    scheduled,
                    resends,
                    due_at,
                    event_id: row.get(4)?,
                    event_type: row.get(5)?,
                    accepted_at: row.get(6)?,
                    webhook_id: row.get(7)?,
                    url: row.get(8)?,
                    webhook_enabled: row.get(9)?,
                    webhook_deleted: row.get(10)?,
                    attempts: Vec::new(),
                })
            })
            .optional()?;
        let Some(mut delivery) = found else { return Ok(None) };
        delivery.attempts = self
            .connection
            .prepare_cached(
                "SELECT attempt, status, attempted_at, duration_ms, response_code, error, resend
                 FROM attempts WHERE delivery = ? ORDER BY attempt",
            )?
            .query_map([number], Attempt::read)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Some(delivery))
    }

    /// The request and the answer of an attempt. Without the attempt: what its request will carry.
    pub(crate) fn exchange(&self, delivery: i64, attempt: u32) -> rusqlite::Result<Option<Exchange>> {
        self.connection
            .prepare_cached(
                "SELECT e.payload, coalesce(a.signature, ''), a.response_headers, a.response_body
                 FROM deliveries d JOIN events e ON e.number = d.event
                                   LEFT JOIN attempts a ON a.delivery = d.number AND a.attempt = ?2
                 WHERE d.number = ?1",
            )?
            .query_row((delivery, attempt), |row| {
                Ok(Exchange {
                    payload: row.get(0)?,
                    signature: row.get(1)?,
                    response_headers: row.get(2)?,
                    response_body: row.get(3)?,
                })
            })
            .optional()
    }
}
