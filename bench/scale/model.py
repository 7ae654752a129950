"""The provider's deliveries, second by second: retries, duplicates and an outage, as numbers of events.

Nothing here is random. Events that began in the same second and had the same fate are one cohort, so a day at 100,000
events a second takes no longer than one at ten.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIMITS = Path(__file__).resolve().parents[2] / "core/contract/limits.toml"


def retry_pauses() -> tuple[int, ...]:
    """The provider's schedule: the pause before each further attempt, in seconds, from the contract."""
    sections = tomllib.loads(LIMITS.read_text("utf-8"))["sections"]
    limits = {limit["name"]: limit for section in sections for limit in section["limits"]}
    return tuple(limits["RETRY_PAUSES"]["value"])


PAUSES = retry_pauses()
ATTEMPTS = len(PAUSES) + 1
# When each attempt is due if all before it fail, in seconds after the first.
OFFSETS = tuple(accumulate(PAUSES, initial=0))
WINDOW = OFFSETS[-1]
# How many seconds before the outage the events begin.
LEAD = 600


@dataclass(frozen=True)
class Scenario:
    """What happens to a stream of events."""

    rate: int
    """New events a second."""
    outage: int = 3600
    """How long everything fails, in seconds."""
    handlers: bool = False
    """Whether the receivers still answer during the outage, and only the handlers fail."""
    capacity: int | None = None
    """How many attempts a second are answered in time. What is more is refused, whichever it is."""
    late: float = 0.0
    """The share of the handled events whose response comes too late, so that they are delivered again."""
    doubled: float = 0.0
    """The share of the attempts that arrive twice at the same time."""


@dataclass
class Second:
    """What one second brings."""

    attempts: int = 0
    """Attempts of the provider."""
    failed: int = 0
    """Attempts that the provider counts as failed."""
    claims: int = 0
    """Claims of events that are not done, each followed by its completion or release."""
    repeats: int = 0
    """Claims of events that are done or that another worker has."""
    waiting: int = 0
    """Events that nobody has handled and that wait for another attempt, at the end of the second."""
    kept: int = 0
    """Events whose handler has failed, which the store keeps with their bodies, at the end of the second."""


@dataclass
class Course:
    """What became of all events that were accepted. Second 0 is the first of the outage."""

    scenario: Scenario
    seconds: dict[int, Second] = field(default_factory=lambda: defaultdict(Second))
    accepted: int = 0
    handled: int = 0
    """Events whose handler has succeeded: each counts once."""
    delivered: int = 0
    """Events that the provider knows to be handled."""
    failed: int = 0
    """Events whose last attempt failed."""
    lost: int = 0
    """Those of them that no handler has handled."""
    by_number: Counter[int] = field(default_factory=Counter)
    """Attempts by their number, from 1."""
    last_arrival: int = 0

    @property
    def attempts(self) -> int:
        return sum(self.by_number.values())

    @property
    def on_top(self) -> int:
        """The attempts that would not have been needed."""
        return self.attempts - self.accepted

    def peak(self, what: str, first: int, last: int) -> int:
        """The largest value in the seconds from ``first`` to ``last``, without the last."""
        return max(
            (getattr(self.seconds[second], what) for second in range(first, last)), default=0
        )

    @property
    def recovered(self) -> int:
        """How many seconds after the outage it takes until no event waits."""
        busy = [second for second in range(self.last_arrival + 1) if self.seconds[second].waiting]
        return max(busy, default=self.scenario.outage - 1) + 1 - self.scenario.outage


class _Known(IntEnum):
    """What the store knows of an event."""

    NOTHING = 0
    FAILURE = 1
    HANDLED = 2


# The number of the attempt, and what the store knows.
_Cohort = tuple[int, _Known]


class _Share:
    """Takes a share of whole numbers, and carries what is left over: nothing is lost by rounding."""

    def __init__(self, share: float) -> None:
        # In millionths, so that sums are exact.
        self._millionths = round(share * 1_000_000)
        self._left = 0

    def of(self, number: int) -> int:
        taken, self._left = divmod(number * self._millionths + self._left, 1_000_000)
        return taken


def simulate(scenario: Scenario) -> Course:
    """The course of the events that begin up to three retry windows after the outage."""
    course = Course(scenario, last_arrival=scenario.outage + 3 * WINDOW)
    due: dict[int, Counter[_Cohort]] = defaultdict(Counter)
    late, doubled = _Share(scenario.late), _Share(scenario.doubled)
    waiting = kept = 0
    second = -LEAD
    while second <= course.last_arrival or due:
        cohorts = due.pop(second, Counter())
        waiting -= sum(
            count for (_, known), count in cohorts.items() if known is not _Known.HANDLED
        )
        if second <= course.last_arrival:
            cohorts[1, _Known.NOTHING] += scenario.rate
            course.accepted += scenario.rate
        now = course.seconds[second]
        is_outage = 0 <= second < scenario.outage
        answered = _answered(scenario, cohorts, is_reachable=not is_outage or scenario.handlers)
        for (number, known), count in sorted(cohorts.items()):
            course.by_number[number] += count
            now.attempts += count
            good = answered[number, known]
            # Twins of those that are answered find the event claimed or done.
            now.repeats += doubled.of(good)
            again = Counter({known: count - good})
            if known is _Known.HANDLED:
                now.repeats += good
                course.delivered += good
            elif is_outage:
                now.claims += good
                again[_Known.FAILURE] += good
                kept += good if known is _Known.NOTHING else 0
            else:
                now.claims += good
                course.handled += good
                kept -= good if known is _Known.FAILURE else 0
                too_late = late.of(good)
                course.delivered += good - too_late
                again[_Known.HANDLED] += too_late
            now.failed += sum(again.values())
            for result, failures in again.items():
                if number == ATTEMPTS:
                    course.failed += failures
                    course.lost += 0 if result is _Known.HANDLED else failures
                elif failures:
                    due[second + PAUSES[number - 1]][number + 1, result] += failures
                    waiting += 0 if result is _Known.HANDLED else failures
        now.waiting, now.kept = waiting, kept
        second += 1
    return course


def _answered(
    scenario: Scenario, cohorts: Counter[_Cohort], *, is_reachable: bool
) -> Counter[_Cohort]:
    """How many of each cohort are answered. Nobody can see which attempt one is, so each gets its share."""
    if not is_reachable:
        return Counter()
    demand = sum(cohorts.values())
    if scenario.capacity is None or demand <= scenario.capacity:
        return cohorts
    answered: Counter[_Cohort] = Counter()
    passed = given = 0
    for cohort, count in sorted(cohorts.items()):
        passed += count
        answered[cohort] = passed * scenario.capacity // demand - given
        given += answered[cohort]
    return answered
