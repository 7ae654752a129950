//! Events, and whom they are for.

use payvost_webhooks::provide::subscribes;
use rusqlite::{OptionalExtension, params};

use super::{Database, Due, Webhook};

#[derive(Debug)]
pub(crate) struct NewEvent {
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) payload: Vec<u8>,
}

/// An event as it was accepted.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) created_at: u64,
    pub(crate) payload: Vec<u8>,
}

/// An event that was accepted, with its deliveries.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) deliveries: Vec<(Webhook, Due)>,
}

impl Database {
    /// The number that the next event gets: what its id is made from.
    pub(crate) fn next_event(&self) -> rusqlite::Result<i64> {
        self.next_number("events")
    }

    /// Accepts an event for one webhook, or for all that are enabled and subscribe to its type.
    pub(crate) fn publish(&mut self, event: &NewEvent, webhook: Option<Webhook>, now: u64) -> rusqlite::Result<Published> {
        self.execute(
            "INSERT INTO events (id, type, created_at, payload) VALUES (?, ?, ?, ?)",
            params![event.id, event.event_type, now, event.payload],
        )?;
        let number = self.connection.last_insert_rowid();
        let receivers = match webhook {
            Some(webhook) => vec![webhook],
            None => {
                let wants = |webhook: &Webhook| {
                    webhook.enabled && subscribes(webhook.events.iter().map(String::as_str), &event.event_type)
                };
                self.all_webhooks()?.into_iter().filter(wants).collect()
            }
        };
        let event_type = self.event_type(&event.event_type)?;
        let mut deliveries = Vec::with_capacity(receivers.len());
        for webhook in receivers {
            let due = self.add_delivery(number, event_type, webhook.number, now)?;
            deliveries.push((webhook, due));
        }
        Ok(Published { deliveries })
    }

    /// Events in the order in which they were accepted: the first ones, or those after another. `None` where there is no such event.
    pub(crate) fn events(&self, after: Option<&str>, limit: usize) -> rusqlite::Result<Option<Vec<Accepted>>> {
        let after: i64 = match after {
            None => 0,
            Some(id) => {
                let mut number = self.connection.prepare_cached("SELECT number FROM events WHERE id = ?")?;
                match number.query_row([id], |row| row.get(0)).optional()? {
                    Some(number) => number,
                    None => return Ok(None),
                }
            }
        };
        self.connection
            .prepare_cached("SELECT id, type, created_at, payload FROM events WHERE number > ? ORDER BY number LIMIT ?")?
            .query_map(params![after, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
                Ok(Accepted { id: row.get(0)?, event_type: row.get(1)?, created_at: row.get(2)?, payload: row.get(3)? })
            })?
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Whether an event of this id was accepted.
    pub(crate) fn has_event(&self, id: &str) -> rusqlite::Result<bool> {
        self.connection.prepare_cached("SELECT 1 FROM events WHERE id = ?")?.exists([id])
    }
}
