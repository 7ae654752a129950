//! The delivery engine: sends what is due, a bounded number at once, with a fair share for each webhook.

mod connect;
mod dial;
mod queue;
mod rehearsed;
mod send;

use std::sync::Arc;
use std::time::Duration;

use payvost_webhooks::provide::Pace;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

pub use connect::{ConnectError, Destinations, connect};
pub use dial::{Dialer, Stream};
use queue::{Picked, Queues};
pub(crate) use send::{AGENT, own_headers};
pub use send::{Outgoing, Received, Sender};

use crate::clock::{Clock, machine_time};
use crate::ids::Ids;
use crate::scenario::Scenarios;
use crate::simulate::Simulations;
use crate::store::{Begun, Conditions, Due, Failed, Finished, Outcome, Pick, Store};

/// How many deliveries are in flight at once, in all and to one webhook.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) total: usize,
    pub(crate) per_webhook: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) pace: Pace,
    pub(crate) limits: Limits,
    pub(crate) disable_after_ms: Option<u64>,
    pub(crate) scenarios: Arc<Scenarios>,
    pub(crate) simulations: Arc<Simulations>,
    pub(crate) ids: Ids,
}

/// A handle on the engine's task.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    messages: mpsc::UnboundedSender<Message>,
}

#[derive(Debug)]
enum Message {
    Due(Vec<Due>),
    /// A webhook was created, enabled, disabled or deleted.
    Changed(i64),
    Ended {
        picked: Picked,
        next: Option<Due>,
        disabled: bool,
    },
    Advance {
        ms: u64,
        done: oneshot::Sender<u64>,
    },
    ResetTime {
        done: oneshot::Sender<u64>,
    },
    Forget {
        done: oneshot::Sender<()>,
    },
    Drain {
        done: oneshot::Sender<()>,
    },
}

impl Engine {
    /// Starts the task, with what an earlier one left to deliver.
    pub(crate) async fn start(
        store: Store,
        clock: Clock,
        destinations: Destinations,
        settings: Settings,
    ) -> Result<Self, Failed> {
        let (messages, inbox) = mpsc::unbounded_channel();
        let (webhooks, pending) = store.run(|database| Ok((database.all_webhooks()?, database.pending()?))).await?;
        let mut queues = Queues::new(settings.limits);
        for webhook in webhooks {
            queues.set_enabled(webhook.number, webhook.enabled);
        }
        let now = clock.now();
        pending.into_iter().for_each(|due| queues.push(due, now));
        let work = Work { store, clock, settings, sender: Sender::new(destinations, AGENT), messages: messages.clone() };
        let task = Task { work: Arc::new(work), queues, inbox, advances: Vec::new(), drained: None };
        tokio::spawn(task.run());
        Ok(Self { messages })
    }

    /// Deliveries were added.
    pub(crate) fn add(&self, due: Vec<Due>) {
        self.tell(Message::Due(due));
    }

    /// A webhook was created, enabled, disabled or deleted. What is pending for one that is disabled waits until it is enabled.
    pub(crate) fn webhook_changed(&self, webhook: i64) {
        self.tell(Message::Changed(webhook));
    }

    /// Moves a virtual clock on, and returns when everything that became due has been delivered and answered.
    pub(crate) async fn advance(&self, ms: u64) -> Option<u64> {
        self.ask(|done| Message::Advance { ms, done }).await
    }

    /// Sets a virtual clock to the present.
    pub(crate) async fn reset_time(&self) -> Option<u64> {
        self.ask(|done| Message::ResetTime { done }).await
    }

    /// Forgets every delivery that waits. One that is in flight ends, and nothing follows.
    pub(crate) async fn forget(&self) {
        self.ask(|done| Message::Forget { done }).await;
    }

    /// Begins no more attempts, and returns when those in flight have ended.
    pub(crate) async fn drain(&self) {
        self.ask(|done| Message::Drain { done }).await;
    }

    fn tell(&self, message: Message) {
        // Without a task the process is ending.
        drop(self.messages.send(message));
    }

    async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (done, answered) = oneshot::channel();
        self.tell(message(done));
        answered.await.ok()
    }
}

struct Task {
    work: Arc<Work>,
    queues: Queues,
    inbox: mpsc::UnboundedReceiver<Message>,
    /// Advances that run, the first one first: until which time, and who waits.
    advances: Vec<(u64, oneshot::Sender<u64>)>,
    drained: Option<oneshot::Sender<()>>,
}

impl Task {
    async fn run(mut self) {
        loop {
            if self.drained.is_none() {
                self.dispatch().await;
            } else if self.queues.in_flight() == 0
                && let Some(done) = self.drained.take()
            {
                let _ = done.send(());
                return;
            }
            let wake = self.wake_time();
            tokio::select! {
                message = self.inbox.recv() => match message {
                    Some(message) => self.handle(message).await,
                    None => return,
                },
                () = sleep_until(wake) => {}
            }
            while let Ok(message) = self.inbox.try_recv() {
                self.handle(message).await;
            }
        }
    }

    /// When something becomes due by itself. A virtual clock stands still.
    fn wake_time(&mut self) -> Instant {
        let pause = match (self.work.clock.is_virtual(), self.queues.next_due()) {
            (false, Some(at)) if self.drained.is_none() => Duration::from_millis(at.saturating_sub(machine_time())),
            _ => Duration::from_secs(3_600),
        };
        Instant::now() + pause
    }

    async fn dispatch(&mut self) {
        loop {
            let now = self.work.clock.now();
            let picked = self.queues.pick(now);
            if !picked.is_empty() {
                let work = Arc::clone(&self.work);
                tokio::spawn(async move { work.deliver(picked, now).await });
            }
            if self.queues.in_flight() > 0 || !self.step_clock().await {
                return;
            }
        }
    }

    /// With nothing due and nothing in flight, the virtual clock moves to the next delivery, or to the end of the advance.
    async fn step_clock(&mut self) -> bool {
        let Some(&(until, _)) = self.advances.first() else { return false };
        match self.queues.next_due().filter(|at| *at <= until) {
            Some(at) => self.work.clock.set(at.max(self.work.clock.now())),
            None => {
                self.work.clock.set(until);
                self.work.keep_time(until).await;
                let (_, done) = self.advances.remove(0);
                let _ = done.send(until);
            }
        }
        true
    }

    async fn handle(&mut self, message: Message) {
        let now = self.work.clock.now();
        match message {
            Message::Due(due) => due.into_iter().for_each(|due| self.queues.push(due, now)),
            Message::Changed(webhook) => self.refresh(webhook, now).await,
            Message::Ended { picked, next, disabled } => {
                self.queues.ended(picked, now);
                if disabled {
                    self.refresh(picked.webhook, now).await;
                } else if let Some(due) = next {
                    self.queues.push(due, now);
                }
            }
            Message::Advance { ms, done } => {
                let from = self.advances.last().map_or(now, |(until, _)| *until);
                self.advances.push((from.saturating_add(ms), done));
            }
            Message::ResetTime { done } => {
                let present = machine_time();
                self.work.clock.set(present);
                self.work.keep_time(present).await;
                self.queues.wake_all(present);
                let _ = done.send(present);
            }
            Message::Forget { done } => {
                self.queues.forget();
                let _ = done.send(());
            }
            Message::Drain { done } => self.drained = Some(done),
        }
    }
}

impl Task {
    /// Does as the database says: messages about the same webhook can arrive in another order than its changes.
    async fn refresh(&mut self, webhook: i64, now: u64) {
        let found =
            self.work.store.run(move |database| Ok((database.is_enabled(webhook)?, database.pending_for(webhook)?))).await;
        let Ok((enabled, pending)) = found else { return };
        self.queues.set_enabled(webhook, enabled);
        pending.into_iter().for_each(|due| self.queues.push(due, now));
    }
}

/// What the tasks of single deliveries share.
struct Work {
    store: Store,
    clock: Clock,
    settings: Settings,
    sender: Sender,
    messages: mpsc::UnboundedSender<Message>,
}

impl Work {
    /// Begins attempts together, and sends each on its own.
    async fn deliver(self: Arc<Self>, picked: Vec<Picked>, now: u64) {
        let picks: Vec<Pick> = picked.iter().map(|picked| picked.pick).collect();
        let keeps_time = self.clock.is_virtual();
        let begun = self
            .store
            .run(move |database| {
                if keeps_time {
                    database.set_fact(TIME, i64::try_from(now).unwrap_or(i64::MAX))?;
                }
                database.begin(&picks, now)
            })
            .await;
        let Ok(begun) = begun else {
            // The disk is full, say. The deliveries stay pending: try again soon.
            sleep(Duration::from_secs(1)).await;
            for picked in picked {
                let due =
                    Due { delivery: picked.pick.delivery, webhook: picked.webhook, attempts: picked.pick.attempt - 1, at: now };
                self.ended(picked, Some(due), false);
            }
            return;
        };
        let mut begun = begun.into_iter().peekable();
        for picked in picked {
            match begun.next_if(|begun| begun.pick == picked.pick) {
                Some(begun) => drop(tokio::spawn(Arc::clone(&self).attempt(begun, picked, now))),
                None => self.ended(picked, None, false),
            }
        }
    }

    async fn attempt(self: Arc<Self>, begun: Begun, picked: Picked, now: u64) {
        let (received, duration) = self.send(&begun).await;
        let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let ended_at = self.clock.now();
        let outcome = Arc::new(Outcome {
            pick: picked.pick,
            webhook: picked.webhook,
            resend: begun.resend,
            answer: received.answer,
            begun_at: now,
            ended_at,
            duration_ms,
            response_headers: received.headers,
            response_body: received.body,
        });
        let conditions = Conditions { pace: self.settings.pace, disable_after_ms: self.settings.disable_after_ms };
        let Finished { next, disabled } = loop {
            let outcome = Arc::clone(&outcome);
            match self.store.run(move |database| database.finish(&outcome, conditions)).await {
                Ok(finished) => break finished,
                // An answer that came is not thrown away because the disk is full.
                Err(Failed) => sleep(Duration::from_secs(1)).await,
            }
        };
        self.ended(picked, next, disabled);
    }

    fn ended(&self, picked: Picked, next: Option<Due>, disabled: bool) {
        drop(self.messages.send(Message::Ended { picked, next, disabled }));
    }

    async fn keep_time(&self, now: u64) {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        // If it fails, the clock of the next start is that of the last attempt.
        let _ = self.store.run(move |database| database.set_fact(TIME, now)).await;
    }
}

/// The fact that keeps the time of a virtual clock.
pub(crate) const TIME: &str = "time";
