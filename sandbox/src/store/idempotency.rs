//! Idempotency keys: a request that is sent again gets the answer of the first one.

use rusqlite::{OptionalExtension, params};

use super::Database;

/// An answer that is kept for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// A digest of the request that the key was first sent with.
    pub(crate) request: String,
    pub(crate) body: String,
}

impl Database {
    pub(crate) fn kept_answer(&self, key: &str) -> rusqlite::Result<Option<Kept>> {
        self.connection
            .prepare_cached("SELECT request, body FROM idempotency_keys WHERE key = ?")?
            .query_row([key], |row| Ok(Kept { request: row.get(0)?, body: row.get(1)? }))
            .optional()
    }

    pub(crate) fn keep_answer(&self, key: &str, kept: &Kept) -> rusqlite::Result<()> {
        self.execute(
            "INSERT INTO idempotency_keys (key, request, body) VALUES (?, ?, ?)",
            params![key, kept.request, kept.body],
        )
        .map(drop)
    }
}
