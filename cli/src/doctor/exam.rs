//! A run: the receiver, what was sent to it, and what it showed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use payvost_webhooks::DEFAULT_MAX_PAYLOAD_BYTES;
use payvost_webhooks_sandbox::deliver::Dialer;
use tokio::time::{sleep, timeout};

use super::effects::Effects;
use super::event::Maker;
use super::http::{Connection, Step};
use super::leaks::Leaks;
use super::reply::Reply;
use super::request::{Request, Target};

/// How many requests an endpoint gets that is not on this machine.
const REMOTE_REQUESTS: usize = 200;
/// After this many timeouts, nothing more is sent.
const PATIENCE: usize = 4;

const TOO_MANY_REQUESTS: u16 = 429;
/// How often the run pauses for a receiver that answers 429, and how long at most.
const MAX_PAUSES: usize = 20;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a run is made with.
pub(crate) struct Settings {
    pub(crate) target: Target,
    pub(crate) dialer: Dialer,
    pub(crate) is_local: bool,
    pub(crate) time_limit: Duration,
    pub(crate) effects: Option<Effects>,
}

pub(crate) struct Exam {
    pub(crate) settings: Settings,
    pub(crate) maker: Maker,
    requests: AtomicUsize,
    timeouts: AtomicUsize,
    pauses: AtomicUsize,
    accepts: AtomicBool,
    seen: Mutex<Seen>,
}

/// What the reviews at the end look at.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The reply to the first genuine event.
    pub(crate) genuine: Option<Reply>,
    /// The longest time that an accepted event took.
    pub(crate) slowest: Duration,
    /// Whether a genuine event got no response in time.
    pub(crate) genuine_timed_out: bool,
    /// Checks whose forged request got a status other than 2xx and 4xx, with that status.
    pub(crate) odd_refusals: Vec<(&'static str, u16)>,
    pub(crate) leaks: Leaks,
    /// Whether a genuine event took no effect, so that counting proves nothing.
    pub(crate) no_effect: bool,
}

impl Exam {
    pub(crate) fn new(settings: Settings, maker: Maker) -> Self {
        Self {
            settings,
            maker,
            requests: AtomicUsize::new(0),
            timeouts: AtomicUsize::new(0),
            pauses: AtomicUsize::new(0),
            accepts: AtomicBool::new(false),
            seen: Mutex::default(),
        }
    }

    pub(crate) const fn target(&self) -> &Target {
        &self.settings.target
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether the first genuine event was accepted.
    pub(crate) fn accepts_first(&self) -> bool {
        self.note(|seen| seen.genuine.as_ref().is_some_and(Reply::is_accepted))
    }

    /// Whether an ordinary forgery was answered with a server error.
    pub(crate) fn refuses_with_errors(&self) -> bool {
        self.note(|seen| seen.odd_refusals.iter().any(|(code, status)| *code == "forged" && *status >= 500))
    }

    /// Whether genuine events are accepted. Otherwise a refusal proves nothing.
    pub(crate) fn accepts(&self) -> bool {
        self.accepts.load(Ordering::Relaxed)
    }

    pub(crate) fn set_accepts(&self, accepts: bool) {
        self.accepts.store(accepts, Ordering::Relaxed);
    }

    pub(crate) fn note<T>(&self, with: impl FnOnce(&mut Seen) -> T) -> T {
        with(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sends a request on a connection of its own. A receiver that limits the rate of requests gets a pause.
    pub(crate) async fn send(&self, request: &Request) -> Reply {
        loop {
            let reply = self.perform(&request.steps(self.target()), request).await;
            match &reply {
                Reply::Answered(answer) if answer.status == TOO_MANY_REQUESTS && self.may_pause() => {
                    let named =
                        answer.header("retry-after").and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
                    sleep(Duration::from_secs(named.unwrap_or(1)).min(LONGEST_PAUSE)).await;
                }
                _ => return reply,
            }
        }
    }

    fn may_pause(&self) -> bool {
        self.pauses.fetch_add(1, Ordering::Relaxed) < MAX_PAUSES
    }

    /// Sends a request in the given steps.
    pub(crate) async fn perform(&self, steps: &[Step], request: &Request) -> Reply {
        let expects_body = request.method != "HEAD";
        self.exchange(request, async |connection| connection.exchange(steps, expects_body).await).await
    }

    /// Runs an exchange on a connection of its own, within the time limit.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        run: impl AsyncFnOnce(&mut Connection) -> std::io::Result<super::http::Answer>,
    ) -> Reply {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(reply) => return reply,
        };
        let ended = timeout(self.settings.time_limit, run(&mut connection)).await;
        self.reply(ended, request)
    }

    /// Opens a connection for one request.
    pub(crate) async fn connect(&self) -> Result<Connection, Reply> {
        self.count()?;
        match timeout(self.settings.time_limit, self.settings.dialer.dial(&self.target().url)).await {
            Ok(Ok(stream)) => Ok(Connection::new(stream)),
            Ok(Err(fault)) => Err(Reply::Unreachable(fault)),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// Counts a request that is about to be sent. Refuses it when there were too many.
    pub(crate) fn count(&self) -> Result<(), Reply> {
        if self.timeouts.load(Ordering::Relaxed) >= PATIENCE {
            return Err(Reply::NotSent("The receiver had stopped answering."));
        }
        let sent = self.requests.fetch_add(1, Ordering::Relaxed);
        if !self.settings.is_local && sent >= REMOTE_REQUESTS {
            self.requests.fetch_sub(1, Ordering::Relaxed);
            return Err(Reply::NotSent("An endpoint on another machine gets at most 200 requests."));
        }
        Ok(())
    }

    /// What an exchange brought. Looks for leaks in it.
    pub(crate) fn reply<E>(&self, ended: Result<std::io::Result<super::http::Answer>, E>, request: &Request) -> Reply {
        match ended {
            Ok(Ok(answer)) => {
                // Nobody prints the signature of a body that is too long to be an event.
                let expected = match request.body.len() {
                    0..=DEFAULT_MAX_PAYLOAD_BYTES => self.maker.sign(&request.body),
                    _ => String::new(),
                };
                self.note(|seen| seen.leaks.inspect(&answer, self.maker.secret(), &expected, request));
                Reply::Answered(answer)
            }
            Ok(Err(_)) => Reply::Closed,
            Err(_) => self.timed_out(),
        }
    }

    fn timed_out(&self) -> Reply {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
        Reply::TimedOut(self.settings.time_limit)
    }

    /// Sends a genuine event, and remembers how long the receiver took.
    pub(crate) async fn deliver(&self, request: &Request) -> Reply {
        let reply = self.send(request).await;
        self.remember(&reply);
        reply
    }

    pub(crate) fn remember(&self, reply: &Reply) {
        self.note(|seen| match reply {
            Reply::Answered(answer) if reply.is_accepted() => seen.slowest = seen.slowest.max(answer.took),
            Reply::TimedOut(_) => seen.genuine_timed_out = true,
            _ => {}
        });
    }
}
