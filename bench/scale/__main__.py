"""The command ``bench/scale/simulate``; its head has the options."""

from __future__ import annotations

import argparse

from bench.scale.model import ATTEMPTS, LEAD, Course, Scenario, simulate
from bench.scale.page import write

PERIOD = LEAD


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/scale/simulate")
    parser.add_argument("--rate", type=whole, default=1_000)
    parser.add_argument("--outage", type=whole, default=3_600)
    parser.add_argument("--handlers", action="store_true")
    parser.add_argument("--capacity", type=whole)
    parser.add_argument("--late", type=share, default=0.001)
    parser.add_argument("--doubled", type=share, default=0.001)
    parser.add_argument("--page", action="store_true")
    options = vars(parser.parse_args())
    if options.pop("page"):
        write()
    else:
        print(report(simulate(Scenario(**options))))


def whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def share(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError("must be from 0 to less than 1")
    return number


def report(course: Course) -> str:
    outage, last = course.scenario.outage, course.last_arrival
    end = min(last, outage + max(course.recovered, 0) + PERIOD)
    lines = [
        "seconds from the start of the outage; the largest value of each period, per second",
        "",
    ]
    lines.append(
        f"{'from':>7} {'attempts':>10} {'failed':>10} {'claims':>10} {'waiting':>12} {'kept':>12}"
    )
    for first in range(-PERIOD, end, PERIOD):
        values = [
            course.peak(name, first, first + PERIOD) for name in ("attempts", "failed", "claims")
        ]
        values += [course.peak(name, first, first + PERIOD) for name in ("waiting", "kept")]
        widths = (10, 10, 10, 12, 12)
        cells = (f"{value:>{width},}" for value, width in zip(values, widths))
        lines.append(f"{first:>7} {' '.join(cells)}")
    numbers = ", ".join(f"{course.by_number[number]:,}" for number in range(1, ATTEMPTS + 1))
    peaks = course.peak("attempts", 0, outage), course.peak("attempts", outage, last)
    lines += [
        "",
        f"accepted {course.accepted:,} = delivered {course.delivered:,} + failed {course.failed:,}",
        f"handled {course.handled:,}; failed and handled by nobody {course.lost:,}",
        f"attempts {course.attempts:,}, of which {course.on_top:,} on top; by number: {numbers}",
        f"peak of attempts a second: {peaks[0]:,} in the outage, {peaks[1]:,} after it",
        f"peak of claims a second: {course.peak('claims', -LEAD, last):,},"
        f" and of claims that find the event done or claimed: {course.peak('repeats', -LEAD, last):,}",
        f"the backlog is gone {course.recovered:,} s after the outage",
    ]
    return "\n".join(lines)


main()
