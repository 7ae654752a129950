//! Resends: one more attempt for a delivery, because somebody asks for it.

use payvost_webhooks::provide::{Pace, Schedule};
use rusqlite::{OptionalExtension, Row, params};

use super::deliveries::{COURSE, course, state};
use super::{Database, Due, Webhook};

/// A resend that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Resend {
    pub(crate) delivery: i64,
    pub(crate) webhook: Webhook,
    pub(crate) event_id: String,
    pub(crate) event_type: String,
    /// The number that the attempt will have, if nothing else is asked for meanwhile.
    pub(crate) attempt: u32,
    /// How many attempts have ended.
    pub(crate) attempts: u32,
}

impl Resend {
    pub(crate) const fn due(&self, now: u64) -> Due {
        Due { delivery: self.delivery, webhook: self.webhook.number, attempts: self.attempts, at: now }
    }
}

impl Database {
    /// Asks for one more attempt of a delivery. `None` if there is no such delivery, or its webhook was deleted. For a webhook that is
    /// disabled nothing changes.
    pub(crate) fn resend(&mut self, delivery: i64) -> rusqlite::Result<Option<Resend>> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COURSE}, d.attempts, e.id, e.type, w.id,
                        EXISTS (SELECT 1 FROM attempts WHERE delivery = d.number AND attempt = d.attempts + 1 AND NOT resend)
                 FROM deliveries d JOIN events e ON e.number = d.event JOIN webhooks w ON w.number = d.webhook
                 WHERE d.number = ? AND w.deleted_at IS NULL"
            ))?
            .query_row([delivery], |row| {
                let texts: [String; 3] = [row.get(5)?, row.get(6)?, row.get(7)?];
                Ok((course(row, Pace::REAL)?, row.get::<_, u32>(4)?, texts, row.get::<_, u32>(8)?))
            })
            .optional()?;
        let Some((schedule, attempts, [event_id, event_type, webhook], in_flight)) = found else { return Ok(None) };
        let Some(webhook) = self.webhook(&webhook)? else { return Ok(None) };
        let attempt = attempts.saturating_add(in_flight).saturating_add(schedule.kept().resends).saturating_add(1);
        if webhook.enabled {
            self.ask_again(delivery, schedule)?;
        }
        Ok(Some(Resend { delivery, webhook, event_id, event_type, attempt, attempts }))
    }

    /// Asks for one more attempt of each delivery to a webhook that has failed, of events from a time on.
    pub(crate) fn resend_failed(&mut self, webhook: i64, since: u64, now: u64) -> rusqlite::Result<Vec<Due>> {
        let read = |row: &Row<'_>| {
            let due = Due { delivery: row.get(4)?, webhook, attempts: row.get(5)?, at: now };
            Ok((course(row, Pace::REAL)?, due))
        };
        let failed: Vec<(Schedule, Due)> = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COURSE}, d.number, d.attempts FROM deliveries d JOIN events e ON e.number = d.event
                 WHERE d.webhook = ? AND d.state = 2 AND e.created_at >= ? ORDER BY d.number"
            ))?
            .query_map(params![webhook, since], read)?
            .collect::<rusqlite::Result<_>>()?;
        let mut asked = Vec::with_capacity(failed.len());
        for (schedule, due) in failed {
            self.ask_again(due.delivery, schedule)?;
            asked.push(due);
        }
        Ok(asked)
    }

    fn ask_again(&mut self, delivery: i64, mut schedule: Schedule) -> rusqlite::Result<()> {
        let before = schedule.standing();
        schedule.resend();
        self.execute(
            "UPDATE deliveries SET state = ?2, resends = ?3 WHERE number = ?1",
            params![delivery, state(schedule.standing()), schedule.kept().resends],
        )?;
        self.totals.moved(before, schedule.standing());
        Ok(())
    }
}
