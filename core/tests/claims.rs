//! The protocol of claims, step by step, on the memory store, which defines it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may stop at the first surprise

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use payvost_webhooks::claims::{
    Claim, ClaimPolicy, ClaimRequest, DeadLetterReason, HandlerError, KeptDelivery, MAX_KEPT_BYTES, MemoryClaims, StoreFull,
    Taken,
};
use payvost_webhooks::{sign, verify_webhook};

const LEASE: u64 = 60_000;
const REMEMBER: u64 = 86_400_000;
const FIRST: Result<Claim, StoreFull> = Ok(Claim::Claimed { attempt: 1 });

fn request_with(id: &str, amount: u32) -> ClaimRequest {
    let payload = format!(
        r#"{{"id":"{id}","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,"data":{{"n":{amount}}}}}"#
    );
    let event = verify_webhook(&payload, &sign(&payload, "whsec_example").unwrap(), "whsec_example").unwrap();
    ClaimPolicy::new().request(&event)
}

fn request(id: &str) -> ClaimRequest {
    request_with(id, 1)
}

/// A store with the default policy, whose steps read like a story.
struct Store(MemoryClaims, ClaimPolicy);

impl Store {
    fn new(capacity: usize) -> Self {
        Self(MemoryClaims::new(capacity).unwrap(), ClaimPolicy::new())
    }

    fn claim(&mut self, now: u64, request: &ClaimRequest, token: &str) -> Result<Claim, StoreFull> {
        self.0.claim(now, &self.1, request, token, Some(KeptDelivery { payload: b"{}", signature: "aa" }))
    }

    fn complete(&mut self, now: u64, id: &str, token: &str) -> bool {
        self.0.complete(now, &self.1, &self.1.key(id, true), token)
    }

    fn release(&mut self, now: u64, id: &str, token: &str) -> bool {
        self.0.release(now, &self.1, &self.1.key(id, true), token, &HandlerError::new("TimeoutError"))
    }

    fn extend(&mut self, now: u64, id: &str, token: &str) -> bool {
        self.0.extend(now, &self.1.key(id, true), token, Duration::from_millis(LEASE))
    }
}

#[test]
fn a_ticket_is_taken_by_one_worker_at_a_time() {
    let (mut store, event) = (Store::new(9), request("e"));
    let key = ClaimPolicy::new().key("e", true);
    let (ticket, first, second, third) = ("t".repeat(32), "t".repeat(32) + "1", "t".repeat(32) + "2", "t".repeat(32) + "3");
    let policy = ClaimPolicy::new();
    assert_eq!(store.0.take(0, &policy, &key, &ticket, &first), Taken::Lost);
    assert_eq!(store.claim(0, &event, &ticket), FIRST);
    assert_eq!(store.0.take(10, &policy, &key, &ticket, &first), Taken::Claimed { attempt: 1 });
    assert_eq!(store.0.take(20, &policy, &key, &ticket, &first), Taken::Claimed { attempt: 1 });
    let left = Duration::from_millis(LEASE - 10);
    assert_eq!(store.0.take(30, &policy, &key, &ticket, &second), Taken::InProgress { wait: left });
    // The ticket alone can no longer do anything.
    assert!(!store.complete(40, "e", &ticket) && !store.release(40, "e", &ticket) && !store.extend(40, "e", &ticket));
    assert!(store.release(50, "e", &first));
    assert_eq!(store.0.take(60, &policy, &key, &ticket, &second), Taken::Claimed { attempt: 2 });
    // The same after the end of the lease.
    assert_eq!(store.0.take(60 + LEASE, &policy, &key, &ticket, &third), Taken::Claimed { attempt: 3 });
    assert!(!store.complete(70 + LEASE, "e", &second) && store.complete(70 + LEASE, "e", &third));
    assert_eq!(store.0.take(80 + LEASE, &policy, &key, &ticket, &first), Taken::Done);
}

#[test]
fn a_ticket_is_lost_once_a_delivery_has_claimed_again() {
    let (mut store, event) = (Store::new(9), request("e"));
    let (key, policy) = (ClaimPolicy::new().key("e", true), ClaimPolicy::new());
    let (ticket, another) = ("t".repeat(32), "a".repeat(32));
    assert_eq!(store.claim(0, &event, &ticket), FIRST);
    assert_eq!(store.claim(LEASE, &event, &another), Ok(Claim::Claimed { attempt: 2 }));
    assert_eq!(store.0.take(LEASE + 1, &policy, &key, &ticket, &(ticket.clone() + "1")), Taken::Lost);
    // A token that does not begin with the ticket's would look like one of a delivery.
    assert_eq!(store.0.take(LEASE + 1, &policy, &key, &another, "mine"), Taken::Lost);
    // Neither part of a token nor the token of a taken ticket is a ticket.
    assert!(store.release(LEASE + 2, "e", &another));
    let taken = another.clone() + &"1".repeat(32);
    for piece in ["", "a", "aaaa", &taken] {
        assert_eq!(store.0.take(LEASE + 3, &policy, &key, piece, &(another.clone() + "1")), Taken::Lost, "{piece:?}");
    }
}

#[test]
fn a_dead_letter_can_be_discarded() {
    let (mut store, event) = (Store::new(9), request("e"));
    let (key, policy) = (ClaimPolicy::new().key("e", true), ClaimPolicy::new());
    assert!(!store.0.discard(0, &policy, &key));
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert!(!store.0.discard(1, &policy, &key), "somebody handles it");
    assert!(store.release(2, "e", "a"));
    assert_eq!(store.0.dead_letters(3, 9).len(), 1);
    assert!(store.0.discard(3, &policy, &key) && !store.0.discard(4, &policy, &key));
    assert_eq!((store.0.dead_letters(5, 9), store.0.delivery(5, &key)), (Vec::new(), None));
    assert_eq!(store.claim(6, &event, "b"), Ok(Claim::Done));
}

#[test]
fn a_store_that_is_full_of_claims_is_as_fast_as_any() {
    const EVENTS: u32 = 20_000;
    let mut store = Store::new(EVENTS.try_into().unwrap());
    let request = |number: u32| ClaimRequest::from_parts(format!("webhook:{number}"), "f".repeat(64), String::new());
    for number in 0..EVENTS {
        assert_eq!(store.claim(u64::from(number), &request(number), "a"), FIRST);
    }
    // Searching all of them would take minutes.
    for number in EVENTS..10 * EVENTS {
        assert_eq!(store.claim(30_000, &request(number), "b"), Err(StoreFull));
    }
    assert!(store.0.complete(30_000, &ClaimPolicy::new(), "webhook:19999", "a"));
    assert_eq!(store.claim(30_001, &request(EVENTS), "b"), FIRST);
    // The first leases are over.
    assert_eq!(store.claim(LEASE, &request(EVENTS + 1), "b"), FIRST);
    assert_eq!(store.claim(LEASE, &request(EVENTS + 2), "b"), Err(StoreFull));
}

fn wait(milliseconds: u64) -> Result<Claim, StoreFull> {
    Ok(Claim::InProgress { wait: Duration::from_millis(milliseconds) })
}

#[test]
fn one_worker_has_it_and_the_others_are_told_for_how_long() {
    let (mut store, event) = (Store::new(9), request("e"));
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert_eq!(store.claim(1, &event, "b"), wait(LEASE - 1));
    assert_eq!(store.claim(LEASE - 1, &event, "b"), wait(1));
    assert!(store.complete(LEASE - 1, "e", "a"));
    assert_eq!(store.claim(LEASE, &event, "b"), Ok(Claim::Done));
    assert_eq!(store.claim(LEASE - 2 + REMEMBER, &event, "b"), Ok(Claim::Done));
    assert_eq!(store.claim(LEASE - 1 + REMEMBER, &event, "b"), FIRST, "it is forgotten");
}

#[test]
fn a_worker_that_dies_loses_its_claim() {
    let (mut store, event) = (Store::new(9), request("e"));
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert_eq!(store.claim(LEASE, &event, "b"), Ok(Claim::Claimed { attempt: 2 }));
    // It was late, not dead.
    assert!(!store.complete(LEASE + 1, "e", "a") && !store.release(LEASE + 1, "e", "a") && !store.extend(LEASE + 1, "e", "a"));
    assert_eq!(store.claim(LEASE + 1, &event, "c"), wait(LEASE - 1), "what the late one did changed nothing");
    assert!(store.complete(LEASE + 2, "e", "b"));
    assert!(!store.release(LEASE + 3, "e", "a"));
    assert_eq!(store.claim(LEASE + 4, &event, "c"), Ok(Claim::Done));
}

#[test]
fn a_worker_that_is_late_and_alone_may_still_complete() {
    let (mut store, event) = (Store::new(9), request("e"));
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert!(store.complete(LEASE * 5, "e", "a"));
}

#[test]
fn what_is_released_is_handled_by_the_next_delivery() {
    let (mut store, event) = (Store::new(9), request("e"));
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert!(store.release(5, "e", "a"));
    assert!(!store.complete(6, "e", "a"));
    assert_eq!(store.claim(7, &event, "b"), Ok(Claim::Claimed { attempt: 2 }));
}

#[test]
fn a_handler_that_takes_longer_extends() {
    let (mut store, event) = (Store::new(9), request("e"));
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert!(store.extend(LEASE - 1, "e", "a"));
    assert_eq!(store.claim(LEASE, &event, "b"), wait(LEASE - 1));
    // A claim that was extended for a day is remembered for that day.
    assert!(store.0.extend(LEASE, "webhook:e", "a", Duration::from_millis(2 * REMEMBER)));
    assert_eq!(store.claim(LEASE + REMEMBER, &event, "b"), wait(REMEMBER));
}

#[test]
fn asking_again_gives_the_same_answer() {
    let (mut store, event) = (Store::new(9), request("e"));
    assert_eq!([store.claim(0, &event, "a"), store.claim(1, &event, "a")], [FIRST, FIRST]);
    // When the lease is over, it is a new claim with its own time.
    assert_eq!(store.claim(LEASE, &event, "a"), Ok(Claim::Claimed { attempt: 2 }));
    assert_eq!(store.claim(LEASE + 1, &event, "b"), wait(LEASE - 1));
    let now = LEASE + 2;
    assert!(store.release(now, "e", "a") && store.release(now, "e", "a"));
    assert_eq!(store.claim(now, &event, "b"), Ok(Claim::Claimed { attempt: 3 }));
    assert!(store.complete(now, "e", "b") && store.complete(now, "e", "b"));
    assert!(!store.release(now, "e", "b"));
}

#[test]
fn another_body_with_the_same_id_is_a_conflict_whatever_became_of_the_first() {
    let (mut store, event, other) = (Store::new(9), request("e"), request_with("e", 2));
    assert_ne!(event.fingerprint, other.fingerprint);
    assert_eq!(store.claim(0, &event, "a"), FIRST);
    assert_eq!(store.claim(1, &other, "b"), Ok(Claim::Conflict));
    assert!(store.release(2, "e", "a"));
    assert_eq!(store.claim(3, &other, "b"), Ok(Claim::Conflict));
    assert_eq!(store.claim(4, &event, "a"), Ok(Claim::Claimed { attempt: 2 }));
    assert!(store.complete(5, "e", "a"));
    assert_eq!(store.claim(6, &other, "b"), Ok(Claim::Conflict));
}

#[test]
fn dead_letters_are_what_failed_or_was_left() {
    let mut store = Store::new(9);
    for (id, now) in [("failed", 0), ("left", 1), ("done", 2), ("busy", LEASE)] {
        assert_eq!(store.claim(now, &request(id), "a"), FIRST);
    }
    assert!(store.release(10, "failed", "a") && store.complete(11, "done", "a"));
    let letters = store.0.dead_letters(LEASE + 100, 9);
    let seen: Vec<_> =
        letters.iter().map(|letter| (&*letter.key, letter.reason, letter.error.as_deref(), letter.age)).collect();
    assert_eq!(
        seen,
        [
            ("webhook:failed", DeadLetterReason::Failed, Some("TimeoutError"), Duration::from_millis(LEASE + 90)),
            ("webhook:left", DeadLetterReason::Abandoned, None, Duration::from_millis(99)),
        ]
    );
    assert_eq!(store.0.dead_letters(LEASE + 100, 1).len(), 1);
    let kept = KeptDelivery { payload: b"{}", signature: "aa" };
    assert_eq!(store.0.delivery(LEASE, "webhook:failed"), Some(kept));
    assert_eq!(store.0.delivery(LEASE, "webhook:done"), None, "what is handled is not kept");
    // Handled in the end.
    assert_eq!(store.claim(LEASE + 200, &request("failed"), "b"), Ok(Claim::Claimed { attempt: 2 }));
    assert!(store.complete(LEASE + 201, "failed", "b"));
    assert_eq!(store.0.dead_letters(LEASE + 300, 9).len(), 1);
}

#[test]
fn memory_stays_bounded_through_a_million_events() {
    let mut store = Store::new(1_000);
    let mut event = request("e");
    for number in 0..1_000_000 {
        event.key = format!("webhook:{number}");
        assert_eq!(store.claim(number, &event, "a"), FIRST);
        assert!(store.0.complete(number, &store.1, &event.key, "a"));
        assert!(store.0.len() <= 1_000);
    }
    // The oldest of the done events made room.
    assert_eq!(store.claim(1_000_000, &event, "b"), Ok(Claim::Done));
}

#[test]
fn an_event_that_a_worker_has_never_makes_room() {
    let mut store = Store::new(2);
    assert_eq!([store.claim(0, &request("a"), "a"), store.claim(0, &request("b"), "a")], [FIRST, FIRST]);
    assert_eq!(store.claim(1, &request("c"), "a"), Err(StoreFull));
    assert!(store.complete(2, "b", "a"));
    assert_eq!(store.claim(3, &request("c"), "a"), FIRST);
    assert_eq!(store.claim(4, &request("a"), "b"), wait(LEASE - 4));
}

#[test]
fn bodies_that_are_kept_are_bounded_too() {
    let (mut claims, policy) = (MemoryClaims::new(1_000).unwrap(), ClaimPolicy::new());
    let payload = vec![b' '; MAX_KEPT_BYTES / 2 + 1];
    let keep = |claims: &mut MemoryClaims, id: &str| {
        let kept = Some(KeptDelivery { payload: &payload, signature: "aa" });
        assert_eq!(claims.claim(0, &policy, &request(id), "a", kept), FIRST);
    };
    keep(&mut claims, "a");
    keep(&mut claims, "b");
    assert!(claims.delivery(1, "webhook:a").is_some() && claims.delivery(1, "webhook:b").is_none());
    assert!(claims.complete(2, &policy, "webhook:a", "a"));
    keep(&mut claims, "c");
    assert!(claims.delivery(3, "webhook:c").is_some());
}

/// Whatever workers do in whatever order, an event has one owner at a time, is handled by one of them, and is not lost.
#[test]
fn no_order_of_steps_gives_an_event_to_two() {
    let events: Vec<_> = ["a", "b", "c"].map(request).into();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..2_000 {
        let (mut store, mut now, mut made) = (Store::new(100), 0, 0);
        // Who holds the claim until when, and what is done.
        let (mut owners, mut done) = (BTreeMap::<usize, (String, u64)>::new(), BTreeSet::new());
        for _ in 0..60 {
            now += [0, 1, 1_000, LEASE / 2, LEASE][next(5)];
            let (event, worker) = (next(3), format!("{}", next(4)));
            let id = ["a", "b", "c"][event];
            let holds =
                |owners: &BTreeMap<usize, (String, u64)>| owners.get(&event).filter(|(token, _)| *token == worker).cloned();
            match next(4) {
                0 | 1 => match store.claim(now, &events[event], &worker).unwrap() {
                    Claim::Claimed { .. } => {
                        assert!(!done.contains(&event), "handled again");
                        let again = holds(&owners).filter(|(_, until)| *until > now);
                        let until = again.map_or(now + LEASE, |(_, until)| until);
                        let before = owners.insert(event, (worker.clone(), until));
                        assert!(before.is_none_or(|(token, until)| token == worker || until <= now), "taken from its owner");
                    }
                    Claim::Done => assert!(done.contains(&event)),
                    Claim::InProgress { wait } => {
                        let (_, until) = &owners[&event];
                        assert_eq!(Duration::from_millis(until - now), wait);
                    }
                    other => panic!("{other:?}"),
                },
                2 => {
                    let held = holds(&owners).is_some();
                    let completed = store.complete(now, id, &worker);
                    if !done.contains(&event) {
                        assert_eq!(completed, held);
                    }
                    if completed && done.insert(event) {
                        made += 1;
                    }
                }
                _ => {
                    let held = holds(&owners).is_some() && !done.contains(&event);
                    if store.release(now, id, &worker) && held {
                        owners.remove(&event);
                    }
                }
            }
        }
        assert_eq!(made, done.len());
    }
}
