"""Measures what a claim costs with few and with many remembered events; see the head of bench/claims/remembered."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.claims.filled import CACHE_GIGABYTES, Place
from bench.claims.workers import KEPT, TOKEN, Measured, Workers, claim, claim_and_complete
from bench.machine import busy, described, warning
from bench.scale import page
from tests.kit.services import Service, running

SIZES = (10_000, 1_000_000, 10_000_000)
# More events than a MariaDB is filled with in a short time.
MARIADB_SIZES = SIZES[:2]
TITLES = {"redis": "Redis", "postgres": "PostgreSQL", "mariadb": "MariaDB"}
WORKERS = (1, 2, 4, 8)
PER_ROUND = 50
# What a step may cost with the most events, of what it costs with the fewest.
TARGET = 1.3
TICKS = 100  # of proc(5)'s times in a second


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/claims/remembered")
    parser.add_argument("services", nargs="*", type=service_name)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    services = options.services or list(TITLES)
    if options.write and (options.services or options.largest != SIZES[-1]):
        parser.error("--write is for all of them")
    busy_before = busy()
    report, costs = Report(), {}
    with ExitStack() as stack:
        servers = Servers(stack, options.largest, services)
        servers.fill()
        workers = Workers(max(WORKERS))
        stack.callback(workers.end)
        for service in services:
            places = servers.places[service]
            report.add(f"### On {TITLES[service]}", "")
            with servers.apart(places):
                report.add(*steps(report, places, options.rounds), sizes(servers, places), "")
            table, costs[service] = throughput(servers, workers, places, options.seconds)
            costs[service]["kept_bytes"] = kept(places[0])
            if service != "redis":
                costs[service]["bytes"] = worn(places[0])
            report.add(*table, "")
            report.add(
                f"Claimed and completed one by one, an event takes {costs[service]['bytes']:,} bytes."
                f" If its handler fails, it takes {costs[service]['kept_bytes']:,}, with its body.",
                "",
            )
            if service != "redis":
                report.add(*cleaning(workers, places[-1]), "")
        versions = ", ".join(f"{TITLES[name]} {servers.version(name)}" for name in services)
        report.add(f"{sum(report.reached)} of {len(report.reached)} targets reached.", "")
        report.add(described(), f"{versions}.", *warning(busy_before))
    if options.write:
        page.write_measured("\n".join(report.lines), costs)
    return 0 if all(report.reached) else 1


class Report:
    """What was measured, as Markdown. It is printed as it comes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.reached: list[bool] = []

    def add(self, *lines: str) -> None:
        self.lines += lines
        print("\n".join(lines), flush=True)


def service_name(text: str) -> str:
    if text not in TITLES:
        raise argparse.ArgumentTypeError(f"must be one of {', '.join(TITLES)}")
    return text


class Servers:
    """The servers, and the places in them: a Redis for each size, a table for each size in the others."""

    def __init__(self, stack: ExitStack, largest: int, services: Sequence[str]) -> None:
        self.places: dict[str, list[Place]] = {}
        self.bytes: dict[Place, float] = {}
        self._services: dict[Place, Service] = {}
        for name in services:
            counts = [
                count
                for count in (MARIADB_SIZES if name == "mariadb" else SIZES)
                if count <= largest
            ]
            started: list[Service] = []
            for count in counts:
                if name == "redis" or not started:
                    started.append(stack.enter_context(running(name)))
                    prepare(started[-1])
                service = started[-1]
                place = Place(name, service.port, service.url, count)
                self.places.setdefault(name, []).append(place)
                self._services[place] = service

    def fill(self) -> None:
        """Fills all of them, as many at once as there are servers of a kind."""
        with ThreadPoolExecutor(len(self.places)) as pool:
            list(pool.map(self._fill, self.places.values()))
        # While the system still writes what was filled to the disk, it makes servers wait that write their logs.
        os.sync()

    def _fill(self, places: Sequence[Place]) -> None:
        for place in places:
            began = time.perf_counter()
            self.bytes[place] = place.fill()
            seconds = time.perf_counter() - began
            print(
                f"{TITLES[place.service]} with {place.count:,}: filled in {seconds:.0f} s",
                file=sys.stderr,
            )
        for service in {self._services[place] for place in places}:
            settle(service)

    def version(self, name: str) -> str:
        place = self.places[name][0]
        if name == "redis":
            return str(place.client.info("server")["redis_version"])
        ((version,),) = place.run("SELECT version()")
        return str(version).replace("PostgreSQL ", "").partition("-")[0].split()[0]

    @contextmanager
    def apart(self, places: Sequence[Place]) -> Iterator[None]:
        """For the time of the block, this process has a processor, and the servers have the others.

        A step takes half the time where the kernel puts both on one, and the kernel decides that for each server.
        """
        all_of_them = sorted(os.sched_getaffinity(0))
        served = [each for place in places for each in processes(self._services[place])]
        try:
            pin([os.getpid()], all_of_them[:1])
            pin(served, all_of_them[1:] or all_of_them)
            yield
        finally:
            pin([os.getpid(), *served], all_of_them)

    def processor(self, place: Place) -> float:
        """The processor time that the place's server has taken, in seconds."""
        return sum(processes(self._services[place]).values())


def prepare(service: Service) -> None:
    """Settings of a server for many events, and none that fills it faster and claims slower."""
    place = Place(service.name, service.port, service.url, 0)
    if service.name == "redis":
        place.client.config_set("appendonly", "no")
    elif service.name == "mariadb":
        place.run(f"SET GLOBAL innodb_buffer_pool_size = {CACHE_GIGABYTES << 30}")
    else:
        place.run(f"ALTER SYSTEM SET shared_buffers = '{CACHE_GIGABYTES}GB'")
        place.run("ALTER SYSTEM SET max_wal_size = '8GB'")
        place.run("ALTER SYSTEM SET full_page_writes = 'off'")
        place.client.close()
        with service.stopped():
            pass


def settle(service: Service) -> None:
    """What was changed for filling is as it was, and what the server does after it is done."""
    place = Place(service.name, service.port, service.url, 0)
    if service.name == "redis":
        place.client.config_set("appendonly", "yes")
        while place.client.info("persistence")["aof_rewrite_in_progress"]:
            time.sleep(0.1)
    elif service.name == "postgres":
        place.run("ALTER SYSTEM RESET full_page_writes")
        place.run("SELECT pg_reload_conf()")
        place.run("CHECKPOINT")


def steps(report: Report, places: Sequence[Place], rounds: int) -> Iterator[str]:
    """Times each step in each place, in turns in one process."""
    bare = BARE[places[0].service]
    subjects: dict[str, Callable[[Place], object]] = {
        bare: Place.bare,
        "a claim": claim,
        "a claim, and complete": claim_and_complete,
        "a claim of an event that is done": claim_of_done,
    }
    times: dict[tuple[str, Place], list[float]] = {
        (name, place): [] for name in subjects for place in places
    }
    for _ in range(rounds):
        for name, run in subjects.items():
            for place in places:
                began = time.perf_counter()
                for _ in range(PER_ROUND):
                    run(place)
                times[name, place].append((time.perf_counter() - began) / PER_ROUND * 1e6)
    yield f"| one worker, µs | {remembered(places)} | ratio | at most {TARGET} × |"
    yield f"| --- |{' --: |' * len(places)} --: | --- |"
    for name in subjects:
        medians = [statistics.median(times[name, place]) for place in places]
        ratio = medians[-1] / medians[0]
        mark = ""
        if name != bare:
            report.reached.append(ratio <= TARGET)
            mark = "✓" if report.reached[-1] else "✗"
        values = " | ".join(f"{median:.0f}" for median in medians)
        yield f"| {name} | {values} | {ratio:.2f} × | {mark} |"


def remembered(places: Sequence[Place]) -> str:
    return " | ".join(f"{place.count:,} remembered" for place in places)


BARE = {
    "redis": "`SET NX`, the bare round trip",
    "postgres": "`INSERT … ON CONFLICT`, the bare statement",
    "mariadb": "`INSERT IGNORE`, the bare statement",
}


def claim_of_done(place: Place) -> None:
    word, _ = place.store.claim(place.any_done(), TOKEN, KEPT)
    if word != "done":
        raise RuntimeError(f"a remembered event is {word}")


def sizes(servers: Servers, places: Sequence[Place]) -> str:
    values = " | ".join(f"{servers.bytes[place]:.0f}" for place in places)
    return f"| bytes of a remembered event | {values} | | |"


def throughput(
    servers: Servers, workers: Workers, places: Sequence[Place], seconds: float
) -> tuple[list[str], dict[str, int]]:
    """Claims and completions of several processes. Also returns what one event costs, with the most remembered."""
    lines = [
        f"| workers | {remembered(places)} | server | worker | log | network |",
        f"| --: |{' --: |' * len(places)} --: | --: | --: | --: |",
    ]
    every: list[dict[str, int]] = []
    for count in WORKERS:
        rates = []
        for place in places:
            before = servers.processor(place), logged(place), received(place)
            measured = workers.run(place, count, seconds)
            after = servers.processor(place), logged(place), received(place)
            spent = [(now - then) / measured.steps for now, then in zip(after, before)]
            rates.append(f"{measured.rate:,.0f}/s")
        costs = {
            "server_us": round(spent[0] * 1e6),
            "python_us": round(measured.processor / measured.steps * 1e6),
            "log_bytes": round(spent[1]),
            "network_bytes": round(spent[2]),
            "bytes": round(servers.bytes[places[-1]]),
        }
        times = f"{costs['server_us']} µs | {costs['python_us']} µs"
        traffic = f"{costs['log_bytes']:,} B | {costs['network_bytes']:,} B"
        lines.append(f"| {count} | {' | '.join(rates)} | {times} | {traffic} |")
        every.append(costs)
    # The least, since other work only adds.
    return lines, {name: min(costs[name] for costs in every) for name in every[0]}


def kept(place: Place, count: int = 5_000) -> int:
    """The bytes of an event whose handler has failed, in a table of its own."""
    place = Place(place.service, place.port, place.url, 0)
    if place.service != "redis":
        place.store.create_table()
    before = place.size()
    for _ in range(count):
        place.store.release(claim(place), TOKEN, "ValueError")
    return round((place.size() - before) / count)


def worn(place: Place, batches: int = 3, batch: int = 4_000) -> int:
    """The bytes of an event in a table with the room that claims and completions have left."""
    place = Place(place.service, place.port, place.url, 1)
    place.store.create_table()
    for _ in range(batches):
        for _ in range(batch):
            claim_and_complete(place)
        size = place.size()
    return round(size / batches / batch)


def logged(place: Place) -> int:
    """The bytes that the server has written to its log."""
    if place.service == "redis":
        return int(place.client.info("persistence")["aof_current_size"])
    if place.service == "postgres":
        return int(place.run("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")[0][0])
    return int(place.run("SHOW GLOBAL STATUS LIKE 'Innodb_lsn_current'")[0][1])


def received(place: Place) -> int:
    """The bytes that the server has received and sent."""
    if place.service == "redis":
        stats = place.client.info("stats")
        return int(stats["total_net_input_bytes"]) + int(stats["total_net_output_bytes"])
    if place.service == "mariadb":
        rows = place.run(
            "SHOW GLOBAL STATUS WHERE Variable_name IN ('Bytes_received', 'Bytes_sent')"
        )
        return sum(int(value) for _, value in rows)
    return 0  # PostgreSQL does not count them


def cleaning(workers: Workers, place: Place) -> Iterator[str]:
    """Deletes what an hour leaves, while a worker claims."""
    alone = workers.run(place, 1, 3)
    with workers.claiming(place, 1) as meanwhile:
        began = time.perf_counter()
        rows = place.store.forget()
        seconds = time.perf_counter() - began
    yield (
        f"The cleaning deleted {rows:,} of {place.count:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} a second."
        f" A claim and its completion took {spread(alone)}, and during the cleaning {spread(meanwhile[0])}."
    )


def spread(measured: Measured) -> str:
    return f"{measured.median * 1e6:.0f} µs (99 of 100: {measured.slowest * 1e6:.0f} µs)"


def processes(service: Service) -> dict[int, float]:
    """The processes of a server, and the processor time that each has taken, in seconds."""
    assert service._process is not None
    parents: dict[str, list[str]] = {}
    spent: dict[str, int] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(fields[1], []).append(file.parent.name)
        spent[file.parent.name] = int(fields[11]) + int(fields[12])
    found = family(str(service._process.pid), parents)
    return {int(process): spent.get(process, 0) / TICKS for process in found}


def pin(chosen: Sequence[int], processors: Sequence[int]) -> None:
    """All threads of the processes run on these processors."""
    for process in chosen:
        for thread in Path(f"/proc/{process}/task").glob("*"):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), processors)


def family(process: str, children: dict[str, list[str]]) -> Iterator[str]:
    yield process
    for child in children.get(process, []):
        yield from family(child, children)


if __name__ == "__main__":
    sys.exit(main())
