"""Processes that claim and complete events, until they are stopped."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from bench.claims.filled import Place, new_request
from payvost_webhooks.stores import KeptDelivery

TOKEN = "a" * 32
# A body of the length of the guide's event. The store keeps it until the event is done.
KEPT = KeptDelivery(b"x" * 304, "a" * 64)


@dataclass(frozen=True)
class Measured:
    """What some workers did together."""

    steps: int
    """Events that were claimed and completed."""
    seconds: float
    processor: float
    """Processor time of the workers, in seconds."""
    median: float
    """The time of a claim and its completion, in seconds."""
    slowest: float
    """What 99 of 100 do not exceed."""

    @property
    def rate(self) -> float:
        return self.steps / self.seconds


class Workers:
    """Processes that wait for work. Close them with ``end``."""

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Any] = []
        self._processes = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    @contextmanager
    def claiming(self, place: Place, count: int) -> Iterator[list[Measured]]:
        """So many of them claim and complete inside the block; afterwards the list has what they did."""
        pipes: Sequence[Any] = self._pipes[:count]
        for pipe in pipes:
            pipe.send(place)
        for pipe in pipes:
            pipe.recv()  # it is ready
        for pipe in pipes:
            pipe.send(None)
        started = time.perf_counter()
        measured: list[Measured] = []
        try:
            yield measured
        finally:
            for pipe in pipes:
                pipe.send(None)
            results = [pipe.recv() for pipe in pipes]
            seconds = time.perf_counter() - started
        times = sorted(time for result in results for time in result[0])
        processor = sum(result[1] for result in results)
        median, slowest = statistics.median(times), times[len(times) * 99 // 100]
        measured.append(Measured(len(times), seconds, processor, median, slowest))

    def run(self, place: Place, count: int, seconds: float) -> Measured:
        with self.claiming(place, count) as measured:
            time.sleep(seconds)
        return measured[0]

    def end(self) -> None:
        for pipe, process in zip(self._pipes, self._processes):
            pipe.close()
            process.join(5)


def _work(pipe: Connection) -> None:
    places: dict[Place, Place] = {}
    while True:
        try:
            place = pipe.recv()
        except EOFError:
            return
        place = places.setdefault(place, place)
        claim_and_complete(place)
        pipe.send("ready")
        pipe.recv()
        before = time.process_time()
        times = _times(pipe, place)
        pipe.send((times, time.process_time() - before))


def _times(pipe: Connection, place: Place) -> list[float]:
    times = []
    while not pipe.poll():
        began = time.perf_counter()
        claim_and_complete(place)
        times.append(time.perf_counter() - began)
    pipe.recv()
    return times


def claim(place: Place) -> str:
    request = new_request()
    word, _ = place.store.claim(request, TOKEN, KEPT)
    if word != "claimed":
        raise RuntimeError(f"not claimed: {word}")
    return str(request.key)


def claim_and_complete(place: Place) -> None:
    if not place.store.complete(claim(place), TOKEN):
        raise RuntimeError("not completed")
