"""The simulation of retries: its sums, cases counted by hand, and its tables in docs/scale.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.scale import page
from bench.scale.model import ATTEMPTS, OFFSETS, WINDOW, Course, Scenario, simulate
from bench.scale.sizing import sizes

SCENARIOS = [
    Scenario(rate, outage=outage, handlers=handlers, capacity=capacity, late=0.01, doubled=0.02)
    for rate, capacity, outage, handlers in (
        (7, None, 3_600, True),
        (10, 12, 1, False),
        (10, 12, 7_000, True),
        (10, 33, 7_000, False),
    )
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_every_event_is_delivered_or_failed_after_six_attempts_at_most(scenario: Scenario) -> None:
    course = simulate(scenario)

    assert course.accepted == course.delivered + course.failed == course.by_number[1]
    assert course.accepted == course.handled + course.lost
    assert set(course.by_number) <= set(range(1, ATTEMPTS + 1))
    numbers = [course.by_number[number] for number in range(1, ATTEMPTS + 1)]
    assert numbers == sorted(numbers, reverse=True)
    seconds = course.seconds.values()
    assert sum(second.attempts for second in seconds) == course.attempts
    # An attempt that fails leads to another one, or is the last.
    assert sum(second.failed for second in seconds) == course.on_top + course.failed
    assert min(min(second.waiting, second.kept) for second in seconds) == 0
    assert course.seconds[max(course.seconds)].waiting == 0
    assert max(second.claims for second in seconds) <= (scenario.capacity or course.attempts)


def test_the_schedule_is_that_of_the_contract() -> None:
    assert (OFFSETS, WINDOW) == ((0, 5, 65, 365, 2165, 5765), 5765)


def test_an_outage_of_100_seconds_counted_by_hand() -> None:
    course = simulate(Scenario(10, outage=100))

    loads = {second: course.seconds[second].attempts for second in range(-1, 401)}
    expected = {range(-1, 5): 10, range(5, 65): 20, range(65, 105): 30, range(105, 160): 20}
    expected |= {range(160, 365): 10, range(365, 400): 20, range(400, 401): 10}
    assert loads == {second: load for seconds, load in expected.items() for second in seconds}
    # First attempts fail for 100 s, second ones for 95 s, third ones for 35 s.
    assert course.on_top == 10 * (100 + 95 + 35)
    assert [course.by_number[number] for number in (2, 3, 4, 5)] == [1_000, 950, 350, 0]
    assert (course.peak("waiting", 0, 400), course.recovered, course.failed) == (1_000, 299, 0)


def test_an_outage_beyond_the_last_attempt_loses_the_events_of_its_beginning() -> None:
    course = simulate(Scenario(10, outage=WINDOW + 235))

    assert (course.failed, course.lost) == (2_350, 2_350)
    assert simulate(Scenario(10, outage=WINDOW)).failed == 0


def test_an_outage_of_an_hour_brings_five_attempts_for_each_event_at_once() -> None:
    course = simulate(Scenario(10))

    peaks = [
        course.peak("attempts", first, first + 1)
        for first in (-1, 2_164, 2_165, 3_599, 3_600, 3_604)
    ]
    assert peaks == [10, 40, 50, 50, 50, 50]
    assert course.peak("attempts", 3_605, 99_999) == 40
    # The first to fail come last: they have their sixth attempt 5,765 s after the start of the outage.
    assert (course.recovered, course.lost) == (1_435 + WINDOW - 3_600 - 1, 0)


def test_handlers_that_fail_leave_their_bodies_in_the_store() -> None:
    course = simulate(Scenario(10, outage=600, handlers=True))

    assert course.peak("kept", 0, 600) == course.seconds[599].kept == 6_000
    # Each attempt is a claim and a release.
    assert course.seconds[599].claims == 40
    assert course.seconds[max(course.seconds)].kept == 0


def test_late_responses_are_delivered_again_and_handled_once() -> None:
    course = simulate(Scenario(1_000, outage=1, late=0.25, doubled=0.5))

    calm = course.seconds[-1]
    assert (calm.attempts, calm.claims, calm.repeats) == (1_250, 1_000, 250 + 1_250 // 2)
    assert (course.handled, course.delivered) == (course.accepted, course.accepted)


def test_a_receiver_with_little_to_spare_loses_events() -> None:
    courses: list[Course] = [
        simulate(Scenario(1_000, capacity=capacity)) for capacity in (3_000, 2_000)
    ]

    assert [course.lost > 0 for course in courses] == [False, True]


@pytest.mark.parametrize(("part", "made"), [("simulated", page.simulated), ("sizes", page.sizes)])
def test_the_page_has_what_the_programs_make(part: str, made: Callable[[], str]) -> None:
    assert page.written(part) == made(), "run bench/scale/simulate --page"


def test_the_sizes_are_arithmetic_on_the_costs() -> None:
    receiver = {"http_us": 100, "redis_us": 50, "postgres_us": 150}
    store = {
        "server_us": 40,
        "bytes": 400,
        "log_bytes": 1_000,
        "network_bytes": 500,
        "kept_bytes": 1_000,
    }
    costs = {"receivers": {"a server": receiver}, "redis": store, "postgres": store}

    assert list(sizes(10_000, costs)) == [
        ("processes of a server, with Redis", "5"),  # 3 × 10,000 × 150 µs = 4.5
        ("processes of a server, with PostgreSQL", "8"),  # 3 × 10,000 × 250 µs = 7.5
        ("events that are remembered for 24 h", "864.0 million"),
        ("Redis: memory for them", "346 GB"),  # 864 million × 400 B = 345.6 GB
        ("Redis: more while handlers fail for an hour", "36 GB"),  # 36 million × 1,000 B
        ("Redis: primaries of 32 GB for the 24 h", "11"),
        ("Redis: primaries for the claims", "2"),  # 3 × 10,000 × 40 µs ÷ 0.8 = 1.5
        ("Redis: log, a second", "10 MB"),
        ("PostgreSQL: disk for the rows", "346 GB"),
        ("PostgreSQL: more while handlers fail for an hour", "36 GB"),
        ("PostgreSQL: processors", "2"),  # 3 × 10,000 × 40 µs = 1.2
        ("PostgreSQL: log, a second", "10 MB"),
        ("PostgreSQL: log, a day", "864 GB"),
        ("network to the receivers, at the peak", "240 Mbit/s"),  # 3 × 10,000 × 1,000 B × 8
        ("network to Redis, at the peak", "120 Mbit/s"),
    ]
    assert dict(sizes(100_000, costs))["Redis: memory for them"] == "3.5 TB"
