//! What is due when, and whose turn it is.

use core::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use super::Limits;
use crate::store::{Due, Pick};

/// A delivery whose attempt begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picked {
    pub(crate) pick: Pick,
    pub(crate) webhook: i64,
}

/// Deliveries that wait, by webhook. Webhooks with something due stand in a line and take turns, so that one with a long queue or slow
/// answers delays no other.
#[derive(Debug)]
pub(super) struct Queues {
    limits: Limits,
    webhooks: HashMap<i64, Queue>,
    /// Webhooks with something due and room for it.
    line: VecDeque<i64>,
    /// When a webhook has something due. Entries can be outdated: they are checked when their time comes.
    later: BinaryHeap<Reverse<(u64, i64)>>,
    in_flight: usize,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: BinaryHeap<Reverse<(u64, i64, u32)>>,
    /// Deliveries in flight, each with what was pushed meanwhile.
    in_flight: HashMap<i64, Option<Due>>,
    disabled: bool,
    in_line: bool,
}

impl Queues {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, webhooks: HashMap::new(), line: VecDeque::new(), later: BinaryHeap::new(), in_flight: 0 }
    }

    pub(super) const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// When the next delivery is due that is not due yet, or that waits for room.
    pub(super) fn next_due(&mut self) -> Option<u64> {
        while let Some(&Reverse((at, webhook))) = self.later.peek() {
            let head = self.webhooks.get(&webhook).filter(|queue| !queue.disabled).and_then(|queue| queue.waiting.peek());
            if head.is_some_and(|Reverse((due, ..))| *due == at) {
                return Some(at);
            }
            self.later.pop();
        }
        None
    }

    pub(super) fn push(&mut self, due: Due, now: u64) {
        let queue = self.webhooks.entry(due.webhook).or_default();
        if queue.disabled {
            return;
        }
        if let Some(meanwhile) = queue.in_flight.get_mut(&due.delivery) {
            // Of two, the one with more attempts is newer.
            if meanwhile.is_none_or(|other| (due.attempts, Reverse(due.at)) > (other.attempts, Reverse(other.at))) {
                *meanwhile = Some(due);
            }
            return;
        }
        queue.waiting.push(Reverse((due.at, due.delivery, due.attempts)));
        self.line_up(due.webhook, now);
    }

    /// A disabled webhook's deliveries are dropped here. They stay in the database.
    pub(super) fn set_enabled(&mut self, webhook: i64, enabled: bool) {
        let queue = self.webhooks.entry(webhook).or_default();
        queue.disabled = !enabled;
        queue.waiting.clear();
    }

    /// Takes what is due, a delivery from each webhook in turn, as long as there is room.
    pub(super) fn pick(&mut self, now: u64) -> Vec<Picked> {
        while let Some(&Reverse((at, webhook))) = self.later.peek()
            && at <= now
        {
            self.later.pop();
            self.line_up(webhook, now);
        }
        let mut picked = Vec::new();
        while self.in_flight < self.limits.total
            && let Some(webhook) = self.line.pop_front()
        {
            let Some(queue) = self.webhooks.get_mut(&webhook) else { continue };
            queue.in_line = false;
            if queue.in_flight.len() >= self.limits.per_webhook
                || queue.waiting.peek().is_none_or(|Reverse((at, ..))| *at > now)
            {
                self.line_up(webhook, now);
                continue;
            }
            if let Some(Reverse((at, delivery, attempts))) = queue.waiting.pop() {
                match queue.in_flight.entry(delivery) {
                    Entry::Occupied(_) => self.push(Due { delivery, webhook, attempts, at }, now),
                    Entry::Vacant(room) => {
                        room.insert(None);
                        self.in_flight += 1;
                        picked.push(Picked { pick: Pick { delivery, attempt: attempts.saturating_add(1) }, webhook });
                    }
                }
            }
            self.line_up(webhook, now);
        }
        picked
    }

    pub(super) fn ended(&mut self, picked: Picked, now: u64) {
        if let Some(queue) = self.webhooks.get_mut(&picked.webhook)
            && let Some(meanwhile) = queue.in_flight.remove(&picked.pick.delivery)
        {
            self.in_flight -= 1;
            if let Some(due) = meanwhile {
                self.push(due, now);
            }
            self.line_up(picked.webhook, now);
        }
    }

    /// Forgets what waits. What is in flight ends by itself.
    pub(super) fn forget(&mut self) {
        for queue in self.webhooks.values_mut() {
            queue.waiting.clear();
            queue.in_flight.values_mut().for_each(|meanwhile| *meanwhile = None);
        }
    }

    /// The clock was set.
    pub(super) fn wake_all(&mut self, now: u64) {
        let webhooks: Vec<i64> = self.webhooks.keys().copied().collect();
        webhooks.into_iter().for_each(|webhook| self.line_up(webhook, now));
    }

    /// Puts a webhook in the line if it has something due and room for it, or notes when it will have.
    fn line_up(&mut self, webhook: i64, now: u64) {
        let Some(queue) = self.webhooks.get_mut(&webhook) else { return };
        let Some(&Reverse((at, ..))) = queue.waiting.peek() else { return };
        if queue.in_line || queue.in_flight.len() >= self.limits.per_webhook {
            return;
        }
        if at <= now {
            queue.in_line = true;
            self.line.push_back(webhook);
        } else {
            self.later.push(Reverse((at, webhook)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { total: 4, per_webhook: 2 };

    fn due(webhook: i64, delivery: i64, at: u64) -> Due {
        Due { delivery, webhook, attempts: 0, at }
    }

    fn deliveries(picked: &[Picked]) -> Vec<i64> {
        picked.iter().map(|picked| picked.pick.delivery).collect()
    }

    #[test]
    fn webhooks_take_turns_and_each_has_its_limit() {
        let mut queues = Queues::new(LIMITS);
        for delivery in 1..=5 {
            queues.push(due(1, delivery, 0), 0);
        }
        queues.push(due(2, 10, 0), 0);
        queues.push(due(3, 20, 0), 0);
        let picked = queues.pick(0);
        assert_eq!(deliveries(&picked), [1, 10, 20, 2]);
        assert!(queues.pick(0).is_empty());

        queues.ended(picked[0], 0);
        assert_eq!(deliveries(&queues.pick(0)), [3]);
    }

    #[test]
    fn what_is_due_later_waits_for_its_time() {
        let mut queues = Queues::new(LIMITS);
        queues.push(due(1, 1, 50), 0);
        queues.push(due(1, 2, 20), 0);
        assert_eq!(queues.next_due(), Some(20));
        assert!(queues.pick(19).is_empty());
        assert_eq!(deliveries(&queues.pick(20)), [2]);
        assert_eq!(queues.next_due(), Some(50));
        assert_eq!(deliveries(&queues.pick(60)), [1]);
        assert_eq!(queues.next_due(), None);
    }

    #[test]
    fn a_disabled_webhook_gets_nothing_and_blocks_nothing() {
        let mut queues = Queues::new(LIMITS);
        queues.push(due(1, 1, 5), 0);
        queues.set_enabled(1, false);
        assert_eq!(queues.next_due(), None);
        assert!(queues.pick(10).is_empty());
        queues.push(due(1, 2, 5), 0);
        assert!(queues.pick(10).is_empty());

        queues.set_enabled(1, true);
        queues.push(due(1, 1, 5), 10);
        assert_eq!(deliveries(&queues.pick(10)), [1]);
    }

    #[test]
    fn what_comes_while_its_delivery_is_in_flight_follows_it() {
        let mut queues = Queues::new(LIMITS);
        let after = |attempts, at| Due { attempts, ..due(1, 1, at) };
        queues.push(after(0, 0), 0);
        let first = queues.pick(0);
        // The older one is outdated by the newer one, in whichever order they come.
        for (attempts, at) in [(0, 0), (1, 7), (1, 3), (0, 1)] {
            queues.push(after(attempts, at), 0);
        }
        assert!(queues.pick(10).is_empty());
        queues.ended(first[0], 0);
        assert_eq!(queues.next_due(), Some(3));
        let second = queues.pick(3);
        assert_eq!((second.len(), second[0].pick.attempt), (1, 2));
        queues.ended(second[0], 3);
        assert_eq!(queues.next_due(), None);

        // Two entries of one delivery: the second waits for the first.
        queues.push(after(1, 4), 3);
        queues.push(after(2, 5), 3);
        let outdated = queues.pick(10);
        assert_eq!(outdated[0].pick.attempt, 2);
        assert!(queues.pick(10).is_empty());
        queues.ended(outdated[0], 10);
        assert_eq!(queues.pick(10)[0].pick.attempt, 3);
    }
}
