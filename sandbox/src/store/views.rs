//! What the dashboard shows of a delivery, beside what the API shows.

use payvost_webhooks::provide::AttemptStatus;
use rusqlite::OptionalExtension;

use super::{Database, Delivery, Filter};

/// A delivery in a list of the dashboard.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) delivery: Delivery,
    pub(crate) receiver: Receiver,
    /// How each attempt stands, the first one first.
    pub(crate) attempts: Vec<AttemptStatus>,
}

/// Where a delivery goes.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) is_enabled: bool,
    pub(crate) is_deleted: bool,
}

impl Database {
    /// A page of deliveries.
    pub(crate) fn listed(&self, filter: &Filter) -> rusqlite::Result<Vec<Listed>> {
        let with_attempts = |delivery: Delivery| {
            let receiver = self.receiver(delivery.number)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            let attempts = self
                .connection
                .prepare_cached("SELECT status FROM attempts WHERE delivery = ? ORDER BY attempt")?
                .query_map([delivery.number], |row| {
                    Ok(match row.get(0)? {
                        1 => AttemptStatus::Succeeded,
                        2 => AttemptStatus::Failed,
                        0_u8 | 3.. => AttemptStatus::Pending,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Listed { delivery, receiver, attempts })
        };
        self.deliveries(filter)?.into_iter().map(with_attempts).collect()
    }

    /// The webhook of a delivery, which can be deleted.
    pub(crate) fn receiver(&self, delivery: i64) -> rusqlite::Result<Option<Receiver>> {
        self.connection
            .prepare_cached(
                "SELECT w.url, w.enabled, w.deleted_at IS NOT NULL
                 FROM deliveries d JOIN webhooks w ON w.number = d.webhook WHERE d.number = ?",
            )?
            .query_row([delivery], |row| Ok(Receiver { url: row.get(0)?, is_enabled: row.get(1)?, is_deleted: row.get(2)? }))
            .optional()
    }
}
