//! Pages of deliveries, the newest first.
//!
//! Two indexes hold webhook, state and type of each delivery. A filter that leaves one of them open is answered from one range of an index
//! for each of its values, merged: a page costs the same however much is stored, and whatever is rare.

use payvost_webhooks::provide::Standing;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::deliveries::state;
use super::{Database, Entry};

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) webhook: Option<i64>,
    pub(crate) standing: Option<Standing>,
    pub(crate) event_type: Option<String>,
    /// Of events that were accepted then or later, in milliseconds since the Unix epoch.
    pub(crate) since: u64,
    /// Only what is older than this delivery: where a page before ended.
    pub(crate) before: Option<i64>,
    pub(crate) limit: usize,
}

/// A delivery in a list.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) number: i64,
    pub(crate) webhook_id: String,
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    pub(crate) created_at: u64,
    pub(crate) standing: Standing,
    /// How many attempts have ended.
    pub(crate) attempts: u32,
    /// Resends that have not ended.
    pub(crate) resends: u32,
    /// When the next scheduled attempt is due.
    pub(crate) next_attempt_at: Option<u64>,
    /// What the last attempt that ended brought.
    pub(crate) response_code: Option<u16>,
    pub(crate) error: Option<String>,
}

/// A delivery with everything that is known about it.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    pub(crate) delivery: Delivery,
    /// The bytes that are signed and sent.
    pub(crate) payload: Vec<u8>,
    /// The first one first.
    pub(crate) attempts: Vec<Sent>,
}

/// An attempt as it was sent and answered.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) entry: Entry,
    pub(crate) signature: String,
    /// A JSON object.
    pub(crate) response_headers: Option<String>,
}

const SELECT: &str = "SELECT d.number, w.id, e.id, e.type, e.created_at, d.state, d.attempts, d.resends, d.scheduled, d.due_at,
                             a.response_code, a.error
                      FROM deliveries d JOIN events e ON e.number = d.event JOIN webhooks w ON w.number = d.webhook
                                        LEFT JOIN attempts a ON a.delivery = d.number AND a.attempt = d.attempts
                      WHERE d.number = ?";

impl Delivery {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let standing = match row.get(5)? {
            1 => Standing::Delivered,
            2 => Standing::Failed,
            0_u8 | 3.. => Standing::Pending,
        };
        let goes_on = standing == Standing::Pending && row.get::<_, u8>(8)? < payvost_webhooks::provide::Schedule::MAX_ATTEMPTS;
        Ok(Self {
            number: row.get(0)?,
            webhook_id: row.get(1)?,
            event_id: row.get(2)?,
            event_type: row.get(3)?,
            created_at: row.get(4)?,
            standing,
            attempts: row.get(6)?,
            resends: row.get(7)?,
            next_attempt_at: if goes_on { row.get(9)? } else { None },
            response_code: row.get(10)?,
            error: row.get(11)?,
        })
    }
}

impl Database {
    /// A page of deliveries.
    pub(crate) fn deliveries(&self, filter: &Filter) -> rusqlite::Result<Vec<Delivery>> {
        let mut statement = self.connection.prepare_cached(SELECT)?;
        self.numbers(filter)?.into_iter().map(|number| statement.query_row([number], Delivery::read)).collect()
    }

    /// A delivery with its attempts.
    pub(crate) fn delivery(&self, number: i64) -> rusqlite::Result<Option<Detail>> {
        let Some(delivery) = self.connection.prepare_cached(SELECT)?.query_row([number], Delivery::read).optional()? else {
            return Ok(None);
        };
        let payload = self
            .connection
            .prepare_cached("SELECT e.payload FROM deliveries d JOIN events e ON e.number = d.event WHERE d.number = ?")?
            .query_row([number], |row| row.get(0))?;
        let attempts = self.attempts_of(number)?;
        Ok(Some(Detail { delivery, payload, attempts }))
    }

    /// The number of an event type.
    pub(super) fn event_type(&self, name: &str) -> rusqlite::Result<i64> {
        match self.known_event_type(name)? {
            Some(number) => Ok(number),
            None => {
                self.execute("INSERT INTO event_types (name) VALUES (?)", [name])?;
                Ok(self.connection.last_insert_rowid())
            }
        }
    }

    fn known_event_type(&self, name: &str) -> rusqlite::Result<Option<i64>> {
        self.connection
            .prepare_cached("SELECT number FROM event_types WHERE name = ?")?
            .query_row([name], |row| row.get(0))
            .optional()
    }

    fn numbers(&self, filter: &Filter) -> rusqlite::Result<Vec<i64>> {
        let Some(first) = self.first_since(filter.since)? else { return Ok(Vec::new()) };
        let before = filter.before.unwrap_or(i64::MAX);
        let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
        let since = i64::try_from(filter.since).unwrap_or(i64::MAX);
        // A clock that was set back has given later events earlier times.
        let range = "d.number >= ? AND d.number < ? AND (? = 0 OR (SELECT created_at FROM events WHERE number = d.event) >= ?)
                     ORDER BY d.number DESC LIMIT ?";
        let ranges = [first, before, since, since, limit].map(Value::from);
        if filter.webhook.is_none() && filter.standing.is_none() && filter.event_type.is_none() {
            let mut statement = self.connection.prepare_cached(&format!("SELECT d.number FROM deliveries d WHERE {range}"))?;
            return statement.query_map(params_from_iter(ranges), |row| row.get(0))?.collect();
        }
        let states = match filter.standing {
            Some(standing) => vec![state(standing)],
            None => vec![0, 1, 2],
        };
        let types = match &filter.event_type {
            Some(name) => self.known_event_type(name)?.into_iter().collect(),
            None => self.event_types()?,
        };
        let webhook = if filter.webhook.is_some() { "d.webhook = ? AND " } else { "" };
        let sql = format!("SELECT d.number FROM deliveries d WHERE {webhook}d.state = ? AND d.type = ? AND {range}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut numbers: Vec<i64> = Vec::new();
        for state in states {
            for event_type in &types {
                let key = [Value::from(i64::from(state)), Value::from(*event_type)];
                let values = filter.webhook.map(Value::from).into_iter().chain(key).chain(ranges.iter().cloned());
                for number in statement.query_map(params_from_iter(values), |row| row.get(0))? {
                    numbers.push(number?);
                }
            }
        }
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        numbers.truncate(filter.limit);
        Ok(numbers)
    }

    fn event_types(&self) -> rusqlite::Result<Vec<i64>> {
        self.connection.prepare_cached("SELECT number FROM event_types")?.query_map([], |row| row.get(0))?.collect()
    }

    /// The first delivery of the events since a time. `None` where there is none.
    fn first_since(&self, since: u64) -> rusqlite::Result<Option<i64>> {
        if since == 0 {
            return Ok(Some(0));
        }
        let event: Option<i64> = self
            .connection
            .prepare_cached("SELECT min(number) FROM events WHERE created_at >= ?")?
            .query_row(params![since], |row| row.get(0))?;
        let Some(event) = event else { return Ok(None) };
        self.connection
            .prepare_cached("SELECT number FROM deliveries WHERE event >= ? ORDER BY event, number LIMIT 1")?
            .query_row([event], |row| row.get(0))
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{NewEvent, NewWebhook};

    #[test]
    fn every_filter_is_answered_from_an_index() {
        let database = Database::open(None, None).unwrap();
        let plan = |condition: &str| -> String {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT d.number FROM deliveries d WHERE {condition} d.number >= 1 AND d.number < 9
                 ORDER BY d.number DESC LIMIT 1"
            );
            let mut statement = database.connection.prepare(&sql).unwrap();
            let lines: Vec<String> = statement.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            lines.join("; ")
        };
        for (condition, expected) in [
            ("", "SEARCH d USING INTEGER PRIMARY KEY"),
            ("d.state = 1 AND d.type = 1 AND", "deliveries_by_state (state=? AND type=? AND rowid>? AND rowid<?)"),
            (
                "d.webhook = 1 AND d.state = 1 AND d.type = 1 AND",
                "deliveries_by_webhook (webhook=? AND state=? AND type=? AND rowid>? AND rowid<?)",
            ),
        ] {
            let plan = plan(condition);
            assert!(plan.contains(expected) && !plan.contains("TEMP B-TREE"), "{condition}: {plan}");
        }
    }

    #[test]
    fn pages_of_each_filter_follow_each_other() {
        let mut database = Database::open(None, None).unwrap();
        let new = NewWebhook { url: "http://localhost/".into(), events: vec!["*".into()], description: None, metadata: None };
        for id in ["webhook_1", "webhook_2"] {
            database.create_webhook(id, "whsec_test", &new, 0).unwrap();
        }
        // The clock is set back after the twentieth event.
        for number in 0..40_u64 {
            let event_type = if number % 5 == 0 { "payment.failed" } else { "payment.succeeded" };
            let event = NewEvent { id: format!("evt_{number}"), event_type: event_type.into(), payload: b"{}".to_vec() };
            database.publish(&event, None, 1_000 + number % 20 * 10).unwrap();
        }
        database.connection.execute("UPDATE deliveries SET state = number % 3", []).unwrap();

        let all: Vec<Delivery> = database.deliveries(&Filter { limit: 100, ..Filter::default() }).unwrap();
        assert_eq!(all.len(), 80);
        for webhook in [None, Some(1), Some(2)] {
            for standing in [None, Some(Standing::Pending), Some(Standing::Delivered), Some(Standing::Failed)] {
                for event_type in [None, Some("payment.failed"), Some("payment.succeeded"), Some("refund.created")] {
                    for since in [0, 1_100, 1_195] {
                        let fits = |delivery: &&Delivery| {
                            webhook.is_none_or(|number| delivery.webhook_id == format!("webhook_{number}"))
                                && standing.is_none_or(|standing| delivery.standing == standing)
                                && event_type.is_none_or(|name| delivery.event_type == name)
                                && delivery.created_at >= since
                        };
                        let expected: Vec<i64> = all.iter().filter(fits).map(|delivery| delivery.number).collect();
                        let event_type = event_type.map(str::to_owned);
                        let mut filter = Filter { webhook, standing, event_type, since, before: None, limit: 7 };
                        let mut found = Vec::new();
                        loop {
                            let page = database.deliveries(&filter).unwrap();
                            found.extend(page.iter().map(|delivery| delivery.number));
                            filter.before = page.last().map(|delivery| delivery.number);
                            if page.len() < filter.limit {
                                break;
                            }
                        }
                        assert_eq!(found, expected, "{filter:?}");
                    }
                }
            }
        }
    }
}
