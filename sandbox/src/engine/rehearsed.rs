//! An attempt as the scenarios want it.

use std::time::Duration;

use payvost_webhooks::sign;
use tokio::time::{Instant, sleep};

use super::Work;
use super::send::Received;
use crate::clock::machine_time;
use crate::scenario::{Extra, Lost, Plan, Transport};
use crate::store::Begun;

/// What goes ahead of an attempt has this type in the scenario for unknown types.
const UNKNOWN_TYPE: &str = "sandbox.unknown_type";

impl Work {
    /// Sends an attempt and what belongs to it. Returns its answer, and how long that took.
    pub(super) async fn send(&self, begun: &Begun) -> (Received, Duration) {
        let mut plan = self.settings.scenarios.plan(begun.pick.delivery, begun.pick.attempt);
        if self.settings.simulations.attempt(begun.webhook) {
            plan.transport = Transport::AnswerLost(Lost::TimedOut);
        }
        if plan == Plan::default() {
            let started = Instant::now();
            return (self.sender.send(&begun.outgoing()).await, started.elapsed());
        }
        sleep(plan.delay + plan.gather.map_or(Duration::ZERO, until_the_next)).await;
        for extra in &plan.before {
            self.send_extra(*extra, begun).await;
        }
        let started = Instant::now();
        let attempt = async {
            let received = self.transport(plan.transport, begun).await;
            (received, started.elapsed())
        };
        let together = async {
            for extra in &plan.together {
                self.send_extra(*extra, begun).await;
            }
        };
        let (answered, ()) = tokio::join!(attempt, together);
        for extra in &plan.after {
            self.send_extra(*extra, begun).await;
        }
        if plan.rotate {
            self.rotate(begun.webhook).await;
        }
        answered
    }

    async fn transport(&self, transport: Transport, begun: &Begun) -> Received {
        match transport {
            Transport::Whole => self.sender.send(&begun.outgoing()).await,
            Transport::Refused => payvost_webhooks::provide::Fault::ConnectionRefused.into(),
            Transport::Reset => self.sender.send_half(&begun.outgoing()).await,
            Transport::AnswerLost(lost) => {
                drop(self.sender.send(&begun.outgoing()).await);
                lost.fault().into()
            }
        }
    }

    async fn send_extra(&self, extra: Extra, begun: &Begun) {
        let received = match self.altered(extra, begun) {
            Some(altered) => self.sender.send(&altered.outgoing()).await,
            None => self.sender.send(&begun.outgoing()).await,
        };
        self.settings.scenarios.note(extra, received.answer);
    }

    fn altered(&self, extra: Extra, begun: &Begun) -> Option<Begun> {
        let (payload, signature) = match extra {
            Extra::Duplicate | Extra::Forgotten => return None,
            Extra::CorruptedSignature => (begun.payload.clone(), corrupted(&begun.signature)),
            Extra::MissingSignature => (begun.payload.clone(), String::new()),
            Extra::UnknownType => {
                let id = format!("evt_unknown_{}_{}", begun.pick.delivery, begun.pick.attempt);
                let payload = crate::events::payload(&id, UNKNOWN_TYPE, None, self.clock.now()).unwrap_or_default();
                let signature = sign(&payload, &begun.secret).unwrap_or_default();
                (payload, signature)
            }
        };
        let (url, secret) = (begun.url.clone(), begun.secret.clone());
        Some(Begun { pick: begun.pick, webhook: begun.webhook, resend: begun.resend, url, payload, signature, secret })
    }

    async fn rotate(&self, webhook: i64) {
        let (secret, now) = (self.settings.ids.secret(webhook, 1), self.clock.now());
        // If the database fails there is no rotation, and the log shows it.
        let _ = self.store.run(move |database| database.rotate_first_secret(webhook, &secret, now)).await;
    }
}

/// How long it is until the next of the moments that are this far apart.
fn until_the_next(apart: Duration) -> Duration {
    let apart = u64::try_from(apart.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(apart - machine_time() % apart)
}

/// The same length and alphabet, another last digit.
fn corrupted(signature: &str) -> String {
    let mut corrupted = signature.to_owned();
    let last = corrupted.pop();
    corrupted.push(if last == Some('0') { '1' } else { '0' });
    corrupted
}
