//! Scenarios: what goes wrong between a provider and a receiver, on demand.
//!
//! A scenario changes how deliveries are sent, never what the books say: a fault is recorded as the provider would record it, and what is
//! sent in addition is counted apart. Which delivery is affected follows from its number and the attempt's, so that a run can be repeated.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use payvost_webhooks::provide::{Answer, Fault};

macro_rules! scenarios {
    ($($(#[doc = $about:literal])+ $variant:ident = $name:literal,)+) => {
        /// What goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Scenario {
            $($(#[doc = $about])+ $variant,)+
        }

        impl Scenario {
            /// Each scenario.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it does, in a sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($about),+).trim(),)+
                }
            }
        }
    };
}

scenarios! {
    /// Each attempt is sent twice at the same time, and once more after its answer.
    Duplicates = "duplicates",
    /// Each attempt is sent twice at the same time.
    DuplicatesTogether = "duplicates-together",
    /// Each attempt is sent again after its answer.
    DuplicatesApart = "duplicates-apart",
    /// Every other event is held back, so that the one after it arrives first.
    Reordering = "reordering",
    /// The first attempt of each event is sent half a second late.
    Delays = "delays",
    /// The provider gives up on the first attempt of each event, though the receiver did its work.
    Timeouts = "timeouts",
    /// The first attempt of each event finds no connection.
    Refused = "refused",
    /// The connection breaks off while the first attempt of each event is sent.
    Reset = "reset",
    /// The connection breaks off while the answer to the first attempt of each event is read.
    HalfAnswer = "half-answer",
    /// One event after the other: refused, reset, half-answer.
    ConnectionFaults = "connection-faults",
    /// The secret is rotated while the first attempt is in flight, and its answer is lost: the retry has the new secret.
    Rotation = "rotation",
    /// A copy with a corrupted signature goes ahead of each attempt. A receiver has to refuse it.
    CorruptedSignature = "corrupted-signature",
    /// A copy without a signature goes ahead of each attempt. A receiver has to refuse it.
    MissingSignature = "missing-signature",
    /// What becomes due within half a second is sent all at once.
    Burst = "burst",
    /// A signed event of a type that nobody knows goes ahead of each attempt.
    UnknownType = "unknown-type",
    /// The receiver is down: the first three attempts of each event find no connection.
    Outage = "outage",
    /// The sandbox crashes after the first attempt of each event was answered: it does not know, and sends it again.
    Crash = "crash",
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        Self::ALL.iter().copied().find(|scenario| scenario.name() == name).ok_or(UnknownScenario)
    }
}

/// No scenario has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownScenario;

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no scenario has this name. There are: ")?;
        for (index, scenario) in Scenario::ALL.iter().enumerate() {
            write!(f, "{}{scenario}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownScenario {}

/// What is sent in addition to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Extra {
    Duplicate,
    CorruptedSignature,
    MissingSignature,
    UnknownType,
    /// What was sent before a crash.
    Forgotten,
}

impl Extra {
    const fn name(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::CorruptedSignature => "corrupted signature",
            Self::MissingSignature => "missing signature",
            Self::UnknownType => "unknown type",
            Self::Forgotten => "forgotten in a crash",
        }
    }

    const fn is_forged(self) -> bool {
        matches!(self, Self::CorruptedSignature | Self::MissingSignature)
    }
}

/// How an attempt is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Transport {
    #[default]
    Whole,
    /// No connection is made.
    Refused,
    /// Half of the request.
    Reset,
    /// Send the whole request, and record this fault instead of the response.
    AnswerLost(Lost),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    TimedOut,
    Reset,
}

impl Lost {
    pub(crate) const fn fault(self) -> Fault {
        match self {
            Self::TimedOut => Fault::TimedOut,
            Self::Reset => Fault::ConnectionReset,
        }
    }
}

/// What the scenarios make of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    /// Waits for the next of the moments that are this far apart.
    pub(crate) gather: Option<Duration>,
    pub(crate) before: Vec<Extra>,
    pub(crate) together: Vec<Extra>,
    pub(crate) transport: Transport,
    pub(crate) after: Vec<Extra>,
    /// Rotates the secret once the receiver has answered, if it was never rotated.
    pub(crate) rotate: bool,
}

/// The scenarios that a sandbox runs under.
#[derive(Debug, Default)]
pub(crate) struct Scenarios {
    chosen: Vec<Scenario>,
    /// How what was sent in addition was answered.
    extras: Mutex<BTreeMap<(Extra, String), u64>>,
}

const HELD_BACK: Duration = Duration::from_millis(300);
const LATE: Duration = Duration::from_millis(500);

impl Scenarios {
    pub(crate) fn new(chosen: Vec<Scenario>) -> Self {
        Self { chosen, extras: Mutex::default() }
    }

    /// The plan for an attempt, numbered from 1, of a delivery, numbered from 1. Where scenarios contradict each other, the last one given
    /// decides.
    pub(crate) fn plan(&self, delivery: i64, attempt: u32) -> Plan {
        let mut plan = Plan::default();
        for scenario in &self.chosen {
            scenario.add_to(&mut plan, delivery, attempt);
        }
        // Where no connection is made, nothing else arrives either.
        if plan.transport == Transport::Refused {
            plan = Plan { transport: Transport::Refused, ..Plan::default() };
        }
        plan
    }

    pub(crate) fn note(&self, extra: Extra, answer: Answer) {
        let answer = match answer {
            Answer::Status(status) => status.to_string(),
            Answer::Fault(fault) => fault.as_str().to_owned(),
        };
        *self.extras.lock().unwrap_or_else(PoisonError::into_inner).entry((extra, answer)).or_default() += 1;
    }

    /// What was sent in addition: its kind, the answer, and how often.
    pub(crate) fn extras(&self) -> Vec<ExtraCount> {
        let extras = self.extras.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |((extra, answer), count): (&(Extra, String), &u64)| ExtraCount {
            kind: extra.name(),
            accepted_forgery: extra.is_forged() && answer.starts_with('2'),
            answer: answer.clone(),
            count: *count,
        };
        extras.iter().map(count).collect()
    }
}

/// How often something that was sent in addition got an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtraCount {
    /// Such as `duplicate`.
    pub kind: &'static str,
    /// A status or an error.
    pub answer: String,
    /// How often.
    pub count: u64,
    /// The receiver accepted what it had to refuse.
    pub accepted_forgery: bool,
}

impl Scenario {
    fn add_to(self, plan: &mut Plan, delivery: i64, attempt: u32) {
        let first = attempt == 1;
        match self {
            Self::Duplicates => {
                plan.together.push(Extra::Duplicate);
                plan.after.push(Extra::Duplicate);
            }
            Self::DuplicatesTogether => plan.together.push(Extra::Duplicate),
            Self::DuplicatesApart => plan.after.push(Extra::Duplicate),
            Self::Reordering if first && delivery % 2 == 1 => plan.delay += HELD_BACK,
            Self::Delays if first => plan.delay += LATE,
            Self::Timeouts if first => plan.transport = Transport::AnswerLost(Lost::TimedOut),
            Self::Refused if first => plan.transport = Transport::Refused,
            Self::Reset if first => plan.transport = Transport::Reset,
            Self::HalfAnswer if first => plan.transport = Transport::AnswerLost(Lost::Reset),
            Self::ConnectionFaults => {
                let fault = [Self::Refused, Self::Reset, Self::HalfAnswer];
                if let Some(fault) = usize::try_from(delivery % 3).ok().and_then(|index| fault.get(index)) {
                    fault.add_to(plan, delivery, attempt);
                }
            }
            Self::Rotation if first => {
                plan.rotate = true;
                plan.transport = Transport::AnswerLost(Lost::TimedOut);
            }
            Self::CorruptedSignature => plan.before.push(Extra::CorruptedSignature),
            Self::MissingSignature => plan.before.push(Extra::MissingSignature),
            Self::Burst => plan.gather = Some(LATE),
            Self::UnknownType => plan.before.push(Extra::UnknownType),
            Self::Outage if attempt <= 3 => plan.transport = Transport::Refused,
            Self::Crash if first => plan.before.push(Extra::Forgotten),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scenario_has_a_name_and_changes_something() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.name().parse(), Ok(*scenario));
            let scenarios = Scenarios::new(vec![*scenario]);
            assert!((1..=3).any(|delivery| scenarios.plan(delivery, 1) != Plan::default()), "{scenario}");
            assert!(scenario.about().ends_with('.'), "{scenario}");
        }
        let error = "duplicate".parse::<Scenario>().unwrap_err().to_string();
        assert!(error.contains("duplicates, duplicates-together"), "{error}");
    }

    #[test]
    fn scenarios_add_up() {
        let plan = Scenarios::new(vec![Scenario::Delays, Scenario::Duplicates, Scenario::Timeouts]).plan(1, 1);
        assert_eq!((plan.delay, plan.together.len(), plan.transport), (LATE, 1, Transport::AnswerLost(Lost::TimedOut)));
    }

    #[test]
    fn nothing_arrives_during_an_outage() {
        let scenarios = Scenarios::new(vec![Scenario::Outage, Scenario::Duplicates]);
        let refused = Plan { transport: Transport::Refused, ..Plan::default() };
        assert_eq!((scenarios.plan(1, 3), scenarios.plan(1, 4).after.len()), (refused, 1));
    }

    #[test]
    fn every_event_arrives_in_the_end() {
        for scenario in Scenario::ALL {
            for delivery in 1..=6 {
                assert_eq!(Scenarios::new(vec![*scenario]).plan(delivery, 4).transport, Transport::Whole, "{scenario}");
            }
        }
    }
}
