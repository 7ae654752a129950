//! Webhooks: where events are delivered.

use rusqlite::{OptionalExtension, Row, params};

use super::Database;

/// A webhook as the API shows it, and what only the sandbox sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) description: Option<String>,
    /// A JSON object.
    pub(crate) metadata: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) secret: String,
    pub(crate) previous_secret: Option<(String, u64)>,
    pub(crate) failing_since: Option<u64>,
    pub(crate) created_at: u64,
    pub(crate) updated_at: u64,
}

#[derive(Debug)]
pub(crate) struct NewWebhook {
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Option<String>,
}

/// What an update gives: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) url: Option<String>,
    pub(crate) events: Option<Vec<String>>,
    pub(crate) enabled: Option<bool>,
    pub(crate) description: Option<Option<String>>,
    pub(crate) metadata: Option<Option<String>>,
}

const COLUMNS: &str = "number, id, url, events, description, metadata, enabled, secret, previous_secret, previous_until, failing_since, \
                       created_at, updated_at";

impl Webhook {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let previous: Option<String> = row.get(8)?;
        let until: Option<u64> = row.get(9)?;
        let events: String = row.get(3)?;
        Ok(Self {
            number: row.get(0)?,
            id: row.get(1)?,
            url: row.get(2)?,
            events: serde_json::from_str(&events).unwrap_or_default(),
            description: row.get(4)?,
            metadata: row.get(5)?,
            enabled: row.get(6)?,
            secret: row.get(7)?,
            previous_secret: previous.zip(until),
            failing_since: row.get(10)?,
            created_at: row.get(11)?,
            updated_at: row.get(12)?,
        })
    }
}

impl Database {
    /// The number that the next webhook gets: what its id and secret are made from.
    pub(crate) fn next_webhook(&self) -> rusqlite::Result<i64> {
        self.next_number("webhooks")
    }

    pub(super) fn next_number(&self, table: &str) -> rusqlite::Result<i64> {
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = ?")?
            .query_row([table], |row| row.get(0))
            .optional()?;
        Ok(last.unwrap_or_default() + 1)
    }

    pub(crate) fn create_webhook(&mut self, id: &str, secret: &str, new: &NewWebhook, now: u64) -> rusqlite::Result<Webhook> {
        self.execute(
            "INSERT INTO webhooks (id, url, events, description, metadata, secret, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
            params![id, new.url, patterns(&new.events), new.description, new.metadata, secret, now],
        )?;
        self.webhook(id).and_then(|webhook| webhook.ok_or(rusqlite::Error::QueryReturnedNoRows))
    }

    /// A webhook that is not deleted.
    pub(crate) fn webhook(&self, id: &str) -> rusqlite::Result<Option<Webhook>> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM webhooks WHERE id = ? AND deleted_at IS NULL"))?
            .query_row([id], Webhook::read)
            .optional()
    }

    /// Whether deliveries go to a webhook now.
    pub(crate) fn is_enabled(&self, number: i64) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM webhooks WHERE number = ? AND enabled AND deleted_at IS NULL")?
            .exists([number])
    }

    /// The webhooks of a page in the order of their creation, and how many there are.
    pub(crate) fn webhooks(&self, limit: usize, offset: u64) -> rusqlite::Result<(Vec<Webhook>, u64)> {
        let page = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM webhooks WHERE deleted_at IS NULL ORDER BY number LIMIT ? OFFSET ?"
            ))?
            .query_map(params![limit, offset], Webhook::read)?
            .collect::<rusqlite::Result<_>>()?;
        let total =
            self.connection.query_row("SELECT count(*) FROM webhooks WHERE deleted_at IS NULL", [], |row| row.get(0))?;
        Ok((page, total))
    }

    pub(crate) fn all_webhooks(&self) -> rusqlite::Result<Vec<Webhook>> {
        self.webhooks(isize::MAX.unsigned_abs(), 0).map(|(webhooks, _)| webhooks)
    }

    pub(crate) fn update_webhook(&mut self, id: &str, changes: &Changes, now: u64) -> rusqlite::Result<Option<Webhook>> {
        let Some(old) = self.webhook(id)? else { return Ok(None) };
        let enabled = changes.enabled.unwrap_or(old.enabled);
        // An endpoint that is enabled again starts without failures.
        let failing_since = if enabled && !old.enabled { None } else { old.failing_since };
        self.execute(
            "UPDATE webhooks SET url = ?2, events = ?3, enabled = ?4, description = ?5, metadata = ?6, updated_at = ?7, failing_since = ?8
             WHERE number = ?1",
            params![
                old.number,
                changes.url.as_ref().unwrap_or(&old.url),
                patterns(changes.events.as_ref().unwrap_or(&old.events)),
                enabled,
                changes.description.as_ref().unwrap_or(&old.description),
                changes.metadata.as_ref().unwrap_or(&old.metadata),
                now,
                failing_since
            ],
        )?;
        self.webhook(id)
    }

    /// Replaces the secret. The old one signs until the given time, if any. `secret` makes the new one from the webhook's number and the
    /// number of its rotations.
    pub(crate) fn rotate_secret(
        &mut self,
        id: &str,
        secret: impl FnOnce(i64, i64) -> String,
        overlap_until: Option<u64>,
        now: u64,
    ) -> rusqlite::Result<Option<Webhook>> {
        let Some(old) = self.webhook(id)? else { return Ok(None) };
        let rotations: i64 =
            self.connection.query_row("SELECT rotations FROM webhooks WHERE number = ?", [old.number], |row| row.get(0))?;
        self.execute(
            "UPDATE webhooks SET previous_secret = iif(?2 IS NULL, NULL, secret), previous_until = ?2, secret = ?3, rotations = ?4,
                                 updated_at = ?5
             WHERE number = ?1",
            params![old.number, overlap_until, secret(old.number, rotations + 1), rotations + 1, now],
        )?;
        self.webhook(id)
    }

    /// Replaces the secret of a webhook whose secret was never replaced.
    pub(crate) fn rotate_first_secret(&mut self, number: i64, secret: &str, now: u64) -> rusqlite::Result<()> {
        self.execute(
            "UPDATE webhooks SET secret = ?2, rotations = 1, updated_at = ?3 WHERE number = ?1 AND rotations = 0",
            params![number, secret, now],
        )
        .map(drop)
    }

    /// Deletes a webhook. Its pending deliveries have failed then.
    pub(crate) fn delete_webhook(&mut self, id: &str, now: u64) -> rusqlite::Result<Option<Webhook>> {
        let Some(webhook) = self.webhook(id)? else { return Ok(None) };
        self.execute("UPDATE webhooks SET deleted_at = ?2, enabled = 0 WHERE number = ?1", params![webhook.number, now])?;
        let failed = self.execute(
            "UPDATE deliveries SET state = 2, resends = 0 WHERE webhook = ? AND (state = 0 OR resends > 0) AND state = 0",
            [webhook.number],
        )?;
        self.execute(
            "UPDATE deliveries SET resends = 0 WHERE webhook = ? AND (state = 0 OR resends > 0) AND resends > 0",
            [webhook.number],
        )?;
        self.execute(
            "UPDATE attempts SET next_attempt_at = NULL WHERE webhook = ?1 AND status = 2 AND next_attempt_at > ?2",
            params![webhook.number, now],
        )?;
        let failed = i64::try_from(failed).unwrap_or(i64::MAX);
        self.totals.pending -= failed;
        self.totals.failed += failed;
        Ok(Some(webhook))
    }
}

fn patterns(events: &[String]) -> String {
    serde_json::to_string(events).unwrap_or_default()
}
