//! Events, and whom they are for.

use payvost_webhooks::provide::subscribes;
use rusqlite::params;

use super::{Database, Due, Webhook};

#[derive(Debug)]
pub(crate) struct NewEvent {
    pub(crate) id: String,
    pub(crate) event_type: String,
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
        let mut deliveries = Vec::with_capacity(receivers.len());
        for webhook in receivers {
            let due = self.add_delivery(number, webhook.number, now)?;
            deliveries.push((webhook, due));
        }
        Ok(Published { deliveries })
    }

    /// Whether an event of this id was accepted.
    pub(crate) fn has_event(&self, id: &str) -> rusqlite::Result<bool> {
        self.connection.prepare_cached("SELECT 1 FROM events WHERE id = ?")?.exists([id])
    }
}
