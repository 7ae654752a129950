//! A model of the course of a delivery: two workers, one event, a store, and everything that can happen between any two steps.
//!
//! Every sequence of up to 12 steps is visited. In each state, nothing is lost and nothing is handled without its claim. The
//! memory store runs along and must give the same replies. Then the store is broken in several ways, and each defect must be
//! found.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::collections::HashSet;
use std::time::Duration;

use payvost_webhooks::claims::{Claim, ClaimPolicy, ClaimRequest, Completion, Fault, HandlerError, MemoryClaims};
use payvost_webhooks::receive::{Answer, Ask, Claiming, Delivery, HandlerEnd, Verified};
use payvost_webhooks::{Outcome, sign, verify_webhook};

const STEPS: usize = 12;
const WORKERS: usize = 2;
const LEASE_MS: u64 = 60_000;

/// The defects of the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Broken {
    No,
    /// Any worker may complete and release.
    Token,
    /// A completion is confirmed but not recorded.
    Completion,
    /// A lease is over at once.
    Lease,
    /// A lease is never over.
    EternalLease,
    /// An inbox commits what the handler wrote without the claim.
    Transaction,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    Claimed,
    Failed,
    Done,
    Parked,
}

/// What the store knows about the event.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Record {
    state: State,
    token: u32,
    attempt: u32,
    lease_holds: bool,
}

#[derive(Clone, Debug)]
struct Worker {
    delivery: Option<Delivery>,
    token: u32,
    /// The claim was granted to this delivery.
    granted: bool,
    /// More time than its lease has passed since.
    lease_over: bool,
    /// The handler has had its effect, and the store may not know.
    effect: bool,
    /// The handler has ended the inbox's transaction itself.
    ended: Option<Completion>,
}

#[derive(Clone)]
struct World {
    claiming: Claiming,
    broken: Broken,
    record: Option<Record>,
    memory: MemoryClaims,
    now: u64,
    workers: [Worker; WORKERS],
    tokens: u32,
    /// For an inbox: whose transaction holds the event.
    transaction: Option<usize>,
    effects: u32,
    /// How often an effect may happen twice: its worker died, was too slow, or could not record it.
    excuses: u32,
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The provider delivers the event to a worker that has nothing to do.
    Deliver(usize),
    /// A worker takes its next step.
    Take(usize, How),
    /// A worker dies. Another process takes its place.
    Crash(usize),
    /// Every lease ends.
    Expire,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    Well,
    /// The step does not reach the store; a handler raises.
    Fails,
    /// The store takes the step, and its reply is lost.
    AnswerLost,
    /// The handler commits the inbox's transaction itself.
    Commits,
    /// The handler rolls it back.
    RollsBack,
}

#[test]
fn nothing_is_lost_and_nothing_is_handled_without_its_claim() {
    for claiming in [Claiming::Lease, Claiming::Inbox] {
        let visited = walk(claiming, Broken::No).unwrap_or_else(|problem| panic!("{claiming:?}: {problem}"));
        println!("{claiming:?}: {visited} states in sequences of up to {STEPS} steps");
        assert!(visited > 10_000, "{visited}");
    }
}

#[test]
fn a_broken_store_is_found() {
    for (claiming, broken) in [
        (Claiming::Lease, Broken::Token),
        (Claiming::Lease, Broken::Completion),
        (Claiming::Lease, Broken::Lease),
        (Claiming::Lease, Broken::EternalLease),
        (Claiming::Inbox, Broken::Completion),
        (Claiming::Inbox, Broken::Transaction),
    ] {
        let problem = walk(claiming, broken).expect_err(&format!("{broken:?} of {claiming:?} is not found"));
        println!("{claiming:?} {broken:?}: {problem}");
    }
}

/// Visits every state once, breadth first, and returns their number, or the first problem with the steps that lead to it.
fn walk(claiming: Claiming, broken: Broken) -> Result<usize, String> {
    let mut visited = HashSet::new();
    let mut open = vec![(World::new(claiming, broken), Vec::new())];
    for _ in 0..=STEPS {
        let mut next = Vec::new();
        for (world, steps) in open {
            if !visited.insert(world.key()) {
                continue;
            }
            world.recovers().map_err(|problem| format!("{problem} after {steps:?}"))?;
            for step in world.possible() {
                let (mut world, mut steps) = (world.clone(), steps.clone());
                steps.push(step);
                world.happen(step).map_err(|problem| format!("{problem} after {steps:?}"))?;
                next.push((world, steps));
            }
        }
        open = next;
    }
    Ok(visited.len())
}

impl World {
    fn new(claiming: Claiming, broken: Broken) -> Self {
        let worker = Worker { delivery: None, token: 0, granted: false, lease_over: false, effect: false, ended: None };
        Self {
            claiming,
            broken,
            record: None,
            memory: MemoryClaims::new(10).unwrap(),
            now: 0,
            workers: [worker.clone(), worker],
            tokens: 0,
            transaction: None,
            effects: 0,
            excuses: 0,
        }
    }

    /// The identity of a state. It does not include the time, only whether a lease holds, and not the memory store, which says
    /// the same.
    fn key(&self) -> String {
        let Self { record, workers, transaction, effects, excuses, .. } = self;
        // Tokens, by their order only.
        format!("{record:?} {workers:?} {transaction:?} {effects} {excuses}")
    }

    fn possible(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (number, worker) in self.workers.iter().enumerate() {
            let Some(delivery) = &worker.delivery else {
                steps.push(Step::Deliver(number));
                continue;
            };
            steps.extend([Step::Take(number, How::Well), Step::Crash(number)]);
            match delivery.next() {
                Some(Ask::Claim { .. } | Ask::Complete | Ask::Release) => {
                    steps.extend([Step::Take(number, How::Fails), Step::Take(number, How::AnswerLost)]);
                }
                Some(Ask::Handle) if self.claiming == Claiming::Inbox => {
                    steps.extend([How::Fails, How::Commits, How::RollsBack].map(|how| Step::Take(number, how)));
                }
                Some(Ask::Handle) => steps.push(Step::Take(number, How::Fails)),
                _ => {}
            }
        }
        if self.claiming == Claiming::Lease && self.record.as_ref().is_some_and(|record| record.lease_holds) {
            steps.push(Step::Expire);
        }
        steps
    }

    fn happen(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Deliver(number) => self.deliver(number),
            Step::Take(number, how) => self.take(number, how)?,
            Step::Crash(number) => self.end(number),
            Step::Expire => self.expire(),
        }
        self.check()
    }

    fn deliver(&mut self, number: usize) {
        let mut delivery = Delivery::arrived(self.claiming);
        let event = Verified { id: "evt_1", event_type: "payment.succeeded", key: "webhook:evt_1", has_handler: true };
        delivery.feed(Answer::Verified(event)).unwrap();
        self.tokens += 1;
        self.workers[number] = Worker {
            delivery: Some(delivery),
            token: self.tokens,
            granted: false,
            lease_over: false,
            effect: false,
            ended: None,
        };
    }

    /// The worker is gone or done: its transaction is rolled back.
    fn end(&mut self, number: usize) {
        let worker = &mut self.workers[number];
        if worker.effect && self.claiming == Claiming::Lease {
            self.excuses += 1;
        }
        worker.delivery = None;
        (worker.granted, worker.lease_over, worker.effect, worker.ended) = (false, false, false, None);
        if self.transaction == Some(number) {
            self.transaction = None;
        }
    }

    fn expire(&mut self) {
        self.now += LEASE_MS + 1;
        for worker in &mut self.workers {
            worker.lease_over = worker.granted;
        }
        if self.broken == Broken::EternalLease {
            return;
        }
        if let Some(record) = &mut self.record {
            record.lease_holds = false;
        }
    }

    fn take(&mut self, number: usize, how: How) -> Result<(), String> {
        let ask = self.workers[number].delivery.as_ref().and_then(Delivery::next);
        let lost = || Answer::Failed(Fault::classify("ConnectionError", &["ECONNRESET"], ""));
        let answer = match ask {
            Some(Ask::Claim { .. }) if how == How::Fails => lost(),
            Some(Ask::Claim { .. }) => {
                let claim = self.claim(number)?;
                let is_ours = matches!(claim, Claim::Claimed { .. });
                if how == How::AnswerLost {
                    // The connection is gone, and an inbox's transaction with it.
                    if self.transaction == Some(number) {
                        self.transaction = None;
                    }
                    lost()
                } else {
                    self.workers[number].granted = is_ours;
                    Answer::Claimed(claim)
                }
            }
            Some(Ask::Handle) => self.handle(number, how)?,
            Some(Ask::Complete) => {
                let completion = if how == How::Fails { None } else { Some(self.complete(number)?) };
                if how != How::Well {
                    // A program looks up whether a commit has happened. In the worst case it cannot.
                    if self.transaction == Some(number) {
                        self.transaction = None;
                    }
                }
                match completion {
                    Some(completion) if how == How::Well => Answer::Completed(completion),
                    _ => lost(),
                }
            }
            Some(Ask::Release) => {
                let held = how != How::Fails && self.release(number)?;
                if self.transaction == Some(number) {
                    self.transaction = None;
                }
                if how == How::Well { Answer::Released(held) } else { lost() }
            }
            Some(Ask::Log) => {
                self.answered(number)?;
                Answer::Logged
            }
            other => return Err(format!("asked for {other:?}")),
        };
        let delivery = self.workers[number].delivery.as_mut().unwrap();
        delivery.feed(answer).map_err(|error| error.to_string())?;
        if delivery.next().is_none() {
            self.end(number);
        }
        Ok(())
    }

    fn claim(&mut self, number: usize) -> Result<Claim, String> {
        let token = self.workers[number].token;
        if self.claiming == Claiming::Inbox {
            // Another transaction holds the event.
            if self.transaction.is_some_and(|holder| holder != number) {
                return Ok(Claim::InProgress { wait: Duration::ZERO });
            }
            return Ok(match self.record.as_ref().map(|record| record.state) {
                Some(State::Done) => Claim::Done,
                Some(State::Parked) => Claim::Parked,
                _ => {
                    self.transaction = Some(number);
                    Claim::Claimed { attempt: self.record.as_ref().map_or(0, |record| record.attempt) + 1 }
                }
            });
        }
        let claim = match &mut self.record {
            Some(Record { state: State::Done, .. }) => Claim::Done,
            Some(record) if record.lease_holds && record.token == token => Claim::Claimed { attempt: record.attempt },
            Some(record) if record.lease_holds && self.broken != Broken::Lease => Claim::InProgress { wait: Duration::ZERO },
            record => {
                let attempt = record.as_ref().map_or(0, |record| record.attempt) + 1;
                *record = Some(Record { state: State::Claimed, token, attempt, lease_holds: true });
                Claim::Claimed { attempt }
            }
        };
        let (policy, request) = policy();
        let in_memory = self.memory.claim(self.now, &policy, &request, &token.to_string(), None).unwrap();
        self.agree("claim", kind(&claim), kind(&in_memory))?;
        Ok(claim)
    }

    fn handle(&mut self, number: usize, how: How) -> Result<Answer<'static>, String> {
        let token = self.workers[number].token;
        if !self.workers[number].granted {
            return Err("handled without a claim".into());
        }
        // Two at once only if the first lease is over.
        for (other, worker) in self.workers.iter().enumerate() {
            let asked = worker.delivery.as_ref().and_then(Delivery::next);
            let is_in_handler = other != number && worker.granted && asked == Some(Ask::Handle);
            if is_in_handler && self.claiming == Claiming::Lease && !worker.lease_over && !self.workers[number].lease_over {
                return Err("two workers handle the event under leases that hold".into());
            }
            if is_in_handler && self.claiming == Claiming::Inbox {
                return Err("two transactions hold the event".into());
            }
        }
        let attempt = self.record.as_ref().map_or(0, |record| record.attempt) + 1;
        Ok(Answer::Handled(match (self.claiming, how) {
            (_, How::Fails) => HandlerEnd::Failed("OrderNotFound"),
            (Claiming::Inbox, How::Commits) => {
                self.effects += 1;
                self.record = Some(Record { state: State::Claimed, token, attempt, lease_holds: true });
                (self.transaction, self.workers[number].ended) = (None, Some(Completion::Committed));

                if let Some(record) = &mut self.record {
                    record.state = State::Parked;
                }
                HandlerEnd::Returned
            }
            (Claiming::Inbox, How::RollsBack) => {
                (self.transaction, self.workers[number].ended) = (None, Some(Completion::RolledBack));
                HandlerEnd::Returned
            }
            (Claiming::Inbox, _) => HandlerEnd::Returned,
            _ => {
                self.effects += 1;
                self.workers[number].effect = true;
                HandlerEnd::Returned
            }
        }))
    }

    fn complete(&mut self, number: usize) -> Result<Completion, String> {
        let worker = self.workers[number].clone();
        if self.claiming == Claiming::Inbox {
            if let Some(ended) = worker.ended {
                return Ok(ended);
            }
            if self.transaction != Some(number) {
                return Err("a transaction that nobody holds is completed".into());
            }
            self.transaction = None;
            self.effects += 1;
            let attempt = self.record.as_ref().map_or(0, |record| record.attempt) + 1;
            if !matches!(self.broken, Broken::Completion | Broken::Transaction) {
                self.record = Some(Record { state: State::Done, token: worker.token, attempt, lease_holds: false });
            }
            return Ok(Completion::Completed);
        }
        let held = match &mut self.record {
            Some(record) if (record.token == worker.token && record.state != State::Failed) || self.broken == Broken::Token => {
                if self.broken != Broken::Completion {
                    (record.state, record.lease_holds) = (State::Done, false);
                }
                true
            }
            _ => false,
        };
        let (policy, request) = policy();
        let in_memory = self.memory.complete(self.now, &policy, &request.key, &worker.token.to_string());
        self.agree("complete", held.to_string(), in_memory.to_string())?;
        if held {
            self.workers[number].effect = false;
        }
        Ok(if held { Completion::Completed } else { Completion::Lost })
    }

    fn release(&mut self, number: usize) -> Result<bool, String> {
        let token = self.workers[number].token;
        if self.claiming == Claiming::Inbox {
            // Rolled back; then the failure is recorded in another transaction, unless another worker has the event by now.
            if self.transaction == Some(number) {
                self.transaction = None;
            }
            let is_free = self.transaction.is_none()
                && !self.record.as_ref().is_some_and(|record| matches!(record.state, State::Done | State::Parked));
            if is_free {
                let attempt = self.record.as_ref().map_or(0, |record| record.attempt) + 1;
                self.record = Some(Record { state: State::Failed, token, attempt, lease_holds: false });
            }
            return Ok(is_free);
        }
        let held = match &mut self.record {
            Some(record) if (record.token == token && record.state == State::Claimed) || self.broken == Broken::Token => {
                (record.state, record.lease_holds) = (State::Failed, false);
                true
            }
            Some(record) => record.token == token && record.state == State::Failed,
            None => false,
        };
        let (policy, request) = policy();
        let error = HandlerError::new("OrderNotFound");
        let in_memory = self.memory.release(self.now, &policy, &request.key, &token.to_string(), &error);
        self.agree("release", held.to_string(), in_memory.to_string())?;
        Ok(held)
    }

    /// The provider gets its response: after a 2xx it never retries.
    fn answered(&mut self, number: usize) -> Result<(), String> {
        let outcome = self.workers[number].delivery.as_ref().and_then(Delivery::outcome);
        match outcome {
            Some(outcome) if outcome.status() < 300 && self.effects == 0 => {
                Err(format!("{outcome:?} is answered, and nobody has handled the event"))
            }
            Some(Outcome::ClaimLost) if self.workers[number].effect => {
                self.workers[number].effect = false;
                self.excuses += 1;
                Ok(())
            }
            Some(_) => Ok(()),
            None => Err("logged before it ended".into()),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.record.as_ref().is_some_and(|record| record.state == State::Done) && self.effects == 0 {
            return Err("done, and nobody has handled the event".into());
        }
        // An effect that its worker could not record may happen again once its claim is over.
        let pending: u32 = self.workers.iter().map(|worker| u32::from(worker.effect)).sum();
        let allowed = match self.claiming {
            Claiming::Inbox => 1,
            _ => 1 + self.excuses + pending,
        };
        if self.effects > allowed {
            return Err(format!("{} effects where {allowed} can be explained", self.effects));
        }
        Ok(())
    }

    /// Whatever has happened: when the workers are gone and the leases are over, the next delivery is handled or already done.
    fn recovers(&self) -> Result<(), String> {
        let mut world = self.clone();
        for number in 0..WORKERS {
            world.end(number);
        }
        world.expire();
        let was_parked = world.record.as_ref().is_some_and(|record| record.state == State::Parked);
        world.deliver(0);
        let mut outcome = None;
        while let Some(delivery) = &world.workers[0].delivery {
            outcome = delivery.outcome().or(outcome);
            world.take(0, How::Well)?;
        }
        match outcome {
            Some(Outcome::Handled | Outcome::AlreadyHandled) if world.effects > 0 => world.check(),
            Some(Outcome::HandlerFailed) if was_parked && world.effects > 0 => world.check(),
            other => Err(format!("the next delivery ends in {other:?}, with {} effects", world.effects)),
        }
    }

    fn agree(&self, step: &str, model: String, memory: String) -> Result<(), String> {
        if self.broken == Broken::No && model != memory {
            return Err(format!("{step}: the model says {model}, the store in memory {memory}"));
        }
        Ok(())
    }
}

fn kind(claim: &Claim) -> String {
    match claim {
        Claim::InProgress { .. } => "in progress".into(),
        other => format!("{other:?}"),
    }
}

fn policy() -> (ClaimPolicy, ClaimRequest) {
    thread_local! {
        static EVENT: (ClaimPolicy, ClaimRequest) = {
            let payload = r#"{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{}}"#;
            let event = verify_webhook(payload, &sign(payload, "whsec_example").unwrap(), "whsec_example").unwrap();
            (ClaimPolicy::new(), ClaimPolicy::new().request(&event))
        };
    }
    EVENT.with(Clone::clone)
}
