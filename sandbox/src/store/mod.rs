//! What the sandbox keeps: webhooks, events, deliveries and attempts, in one SQLite database.
//!
//! One thread owns the database. It runs everything that is waiting in one transaction and answers after the commit, so that the cost of
//! making a commit durable is shared by all that arrived meanwhile.

mod attempts;
mod deliveries;
mod events;
mod idempotency;
mod lists;
mod resends;
mod views;
mod webhooks;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use payvost_webhooks::provide::Standing;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use tokio::sync::oneshot;

pub(crate) use attempts::{Conditions, Entry, Finished, Outcome, Page, StatusFilter};
pub(crate) use deliveries::{Begun, Due, Pick};
pub(crate) use events::{NewEvent, Published};
pub(crate) use idempotency::Kept;
pub(crate) use lists::{Delivery, Detail, Filter, Sent};
pub(crate) use resends::Resend;
pub(crate) use views::{Listed, Receiver};
pub(crate) use webhooks::{Changes, NewWebhook, Webhook};

/// The version of the tables. A database of another version is refused.
const VERSION: i64 = 2;

/// The most jobs that share a transaction.
const BATCH: usize = 1_024;

/// The database could not do what was asked. Nothing of it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed;

/// Why a database cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// It is not a database, or the file cannot be read or written.
    Database(rusqlite::Error),
    /// Another version of the sandbox made it.
    Version(i64),
    /// The file's permissions cannot be set.
    Permissions(std::io::Error),
}

impl core::fmt::Display for OpenError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Database(error) => write!(f, "{error}"),
            Self::Version(version) => {
                write!(f, "its tables have version {version}, and this sandbox works with version {VERSION}: give another file")
            }
            Self::Permissions(error) => write!(f, "its permissions cannot be set to 0600: {error}"),
        }
    }
}

impl core::error::Error for OpenError {}

/// A handle on the database's thread.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    jobs: mpsc::Sender<Message>,
    thread: Arc<Mutex<Option<thread::JoinHandle<()>>>>,
}

/// `None` ends the thread.
type Message = Option<Job>;
type Job = Box<dyn FnOnce(&mut Database) -> rusqlite::Result<Reply> + Send>;
type Reply = Box<dyn FnOnce() + Send>;

impl Store {
    /// Opens a file, or a database in memory, and starts its thread. `vfs` names the file system that SQLite works on.
    pub(crate) fn open(file: Option<&Path>, vfs: Option<&str>) -> Result<Self, OpenError> {
        let mut database = Database::open(file, vfs)?;
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(move || {
                while let Ok(Some(first)) = waiting.recv()
                    && database.run_together(first, &waiting)
                {}
                database.close();
            })
            .map_err(OpenError::Permissions)?;
        Ok(Self { jobs, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Ends the thread once it has done what it was given, and returns when the database is closed.
    pub(crate) async fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && self.jobs.send(None).is_ok()
        {
            drop(tokio::task::spawn_blocking(|| thread.join()).await);
        }
    }

    /// Runs something in a transaction, and answers when it is durable.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failed> {
        self.run_then(work, |_| {}).await
    }

    /// The same, with something to do after the commit: it is done even if nobody waits for the answer any more.
    pub(crate) async fn run_then<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> rusqlite::Result<T> + Send + 'static,
        committed: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, Failed> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |database| {
            let value = work(database)?;
            Ok(Box::new(move || {
                committed(&value);
                drop(answer.send(value));
            }))
        });
        self.jobs.send(Some(job)).map_err(|_| Failed)?;
        answered.await.map_err(|_| Failed)
    }
}

/// How many pairs of event and webhook there are, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Pairs that wait for an attempt or have one in flight.
    pub pending: i64,
    /// Pairs with an attempt that succeeded.
    pub delivered: i64,
    /// Pairs whose last attempt failed, or whose webhook was deleted before.
    pub failed: i64,
}

impl Totals {
    /// Every pair.
    #[must_use]
    pub const fn accepted(self) -> i64 {
        self.pending + self.delivered + self.failed
    }

    /// A pair stands otherwise than before.
    const fn moved(&mut self, from: Standing, to: Standing) {
        *self.of(from) -= 1;
        *self.of(to) += 1;
    }

    const fn of(&mut self, standing: Standing) -> &mut i64 {
        match standing {
            Standing::Pending => &mut self.pending,
            Standing::Delivered => &mut self.delivered,
            Standing::Failed => &mut self.failed,
        }
    }
}

/// The database itself, as the work inside a transaction sees it.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Connection,
    totals: Totals,
    committed: Totals,
}

impl Database {
    fn open(file: Option<&Path>, vfs: Option<&str>) -> Result<Self, OpenError> {
        let connection = match (file, vfs) {
            (None, _) => Connection::open_in_memory(),
            (Some(file), None) => {
                private(file)?;
                Connection::open(file)
            }
            (Some(file), Some(vfs)) => Connection::open_with_flags_and_vfs(file, OpenFlags::default(), vfs),
        }
        .map_err(OpenError::Database)?;
        let mut database = Self { connection, totals: Totals::default(), committed: Totals::default() };
        let version = database.prepare_tables().map_err(OpenError::Database)?;
        if version != VERSION {
            return Err(OpenError::Version(version));
        }
        Ok(database)
    }

    /// Returns the version of the tables.
    fn prepare_tables(&mut self) -> rusqlite::Result<i64> {
        self.connection.set_prepared_statement_cache_capacity(64);
        // Every commit is synced (FULL), and the write-ahead log makes that one sync of one file. Locked from the start, the log
        // needs no index that other processes share.
        self.connection.execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;",
        )?;
        let version: i64 = self.connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version == 0 {
            let transaction = self.connection.transaction()?;
            transaction.execute_batch(include_str!("schema.sql"))?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            transaction.commit()?;
            return Ok(VERSION);
        }
        if version == VERSION {
            self.totals = self.read_totals()?;
            self.committed = self.totals;
        }
        Ok(version)
    }

    /// Returns whether more can come.
    fn run_together(&mut self, first: Job, waiting: &mpsc::Receiver<Message>) -> bool {
        let mut replies = Vec::new();
        let mut goes_on = true;
        let done = self.in_transaction(|database| {
            replies.push(first(database)?);
            while replies.len() < BATCH
                && let Ok(message) = waiting.try_recv()
            {
                let Some(job) = message else {
                    goes_on = false;
                    break;
                };
                replies.push(job(database)?);
            }
            Ok(())
        });
        // Without a reply, who waits learns that it failed.
        if done.is_ok() {
            replies.into_iter().for_each(|reply| reply());
        }
        goes_on
    }

    fn in_transaction(&mut self, work: impl FnOnce(&mut Self) -> rusqlite::Result<()>) -> rusqlite::Result<()> {
        self.execute("BEGIN IMMEDIATE", [])?;
        let done = work(self).and_then(|()| self.write_totals()).and_then(|()| self.execute("COMMIT", []).map(drop));
        if done.is_err() {
            self.totals = self.committed;
            // Where SQLite has rolled back by itself there is no transaction left.
            drop(self.execute("ROLLBACK", []));
        }
        self.committed = self.totals;
        done
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(sql)?.execute(values)
    }

    /// Leaves one file without a write-ahead log beside it.
    fn close(self) {
        drop(self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;"));
    }

    pub(crate) const fn totals(&self) -> Totals {
        self.totals
    }

    /// Reads a fact that outlives the process, such as the time of a virtual clock.
    pub(crate) fn fact(&self, name: &str) -> rusqlite::Result<Option<i64>> {
        self.connection.prepare_cached("SELECT value FROM facts WHERE name = ?")?.query_row([name], |row| row.get(0)).optional()
    }

    pub(crate) fn set_fact(&self, name: &str, value: i64) -> rusqlite::Result<()> {
        self.execute(
            "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
            params![name, value],
        )
        .map(drop)
    }

    fn read_totals(&self) -> rusqlite::Result<Totals> {
        let fact = |name| self.fact(name).map(Option::unwrap_or_default);
        Ok(Totals { pending: fact("pending")?, delivered: fact("delivered")?, failed: fact("failed")? })
    }

    fn write_totals(&self) -> rusqlite::Result<()> {
        if self.totals == self.committed {
            return Ok(());
        }
        self.set_fact("pending", self.totals.pending)?;
        self.set_fact("delivered", self.totals.delivered)?;
        self.set_fact("failed", self.totals.failed)
    }

    /// Deletes everything but what the tables are.
    pub(crate) fn reset(&mut self) -> rusqlite::Result<()> {
        for table in ["webhooks", "events", "event_types", "deliveries", "attempts", "idempotency_keys", "facts"] {
            self.execute(&format!("DELETE FROM {table}"), [])?;
        }
        self.totals = Totals::default();
        Ok(())
    }
}

/// Makes a file that its owner alone can read: it holds secrets.
#[cfg(unix)]
fn private(file: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let path: PathBuf = file.into();
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .and_then(|opened| opened.set_permissions(std::fs::Permissions::from_mode(0o600)))
        .map_err(OpenError::Permissions)
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), OpenError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_follows_a_commit_is_done_even_if_nobody_waits() {
        let store = Store::open(None, None).unwrap();
        let (committed, heard) = mpsc::channel();
        {
            let work = store.run_then(|database| database.set_fact("one", 1), move |()| committed.send(()).unwrap());
            let mut work = std::pin::pin!(work);
            // One poll hands it to the thread. Then its client goes away.
            std::future::poll_fn(|context| {
                let _ = work.as_mut().poll(context);
                std::task::Poll::Ready(())
            })
            .await;
        }
        assert_eq!(store.run(|database| database.fact("one")).await, Ok(Some(1)));
        assert_eq!(heard.try_recv(), Ok(()));
        store.close().await;
        assert_eq!(store.run(|database| database.fact("one")).await, Err(Failed));
    }
}
