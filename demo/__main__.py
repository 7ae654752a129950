"""Starts the example receivers, delivers each case to all of them, and lets the sandbox deliver to them through an
outage and a rotation. Exits with 1 if a response is unexpected. With KEEP=1, everything keeps running at the end."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Mapping

from demo.provider import Provider
from demo.table import Row, Table, bold, green, red
from tests.kit import cases, receivers
from tests.kit.delivery import PATH, deliver
from tests.kit.environment import built_environment
from tests.kit.paths import LOGS
from tests.kit.sandbox import Sandbox
from tests.kit.servers import ENDING_SIGNALS, Server, ServerError, free_ports, running


def main() -> int:
    options = parse_options()
    for number in ENDING_SIGNALS:
        signal.signal(number, end)
    try:
        return show(make_servers(options.wrong_secret))
    except ServerError as error:
        print(red(f"demo: {error}"), file=sys.stderr)
        return 1


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo/run", description=__doc__)
    parser.add_argument(
        "--wrong-secret",
        choices=receivers.TITLES,
        help="use a different secret for this receiver, to see what a mismatch looks like",
    )
    return parser.parse_args()


def end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def make_servers(with_wrong_secret: str | None) -> tuple[Sandbox, list[Server]]:
    built = built_environment()
    receivers.build(built)
    port, *ports = free_ports(1 + len(receivers.TITLES))
    servers = []
    for name, its_port in zip(receivers.TITLES, ports):
        secret = cases.OTHER_SECRET if name == with_wrong_secret else cases.SECRET
        log = LOGS / f"demo-{name}.log"
        servers.append(receivers.make_server(name, built, secret, port=its_port, log=log))
    return Sandbox(built, port=port, log=LOGS / "demo-sandbox.log"), servers


def show(servers: tuple[Sandbox, list[Server]]) -> int:
    sandbox, receiving = servers
    provider = Provider(sandbox, receiving)
    groups = cases.groups()
    acts = provider.acts()
    rows = [*(case for group in groups for case in group.cases), *acts]
    run = Run(Table(rows, [server.name for server in receiving]))

    with running(receiving):
        for server in receiving:
            print(f"{server.name:<15} http://127.0.0.1:{server.port}{PATH}", flush=True)
        print()
        run.table.header()
        for group in groups:
            run.table.group(group.title)
            for case in group.cases:
                run.add(case, {server.name: deliver(server.port, case) for server in receiving})
    if run.deviations:
        return run.end()

    run.table.group(f"{len(cases.DOCUMENTED_TYPES)} events from the sandbox, on a virtual clock")
    with provider.running():
        for act in acts:
            events = act.run()
            run.add(act, provider.answers(events), deliveries=len(events))
        status = run.end()
        if os.environ.get("KEEP") == "1":
            print(f"\nThe dashboard: {sandbox.ready['dashboardUrl']}\nCtrl-C ends it.", flush=True)
            signal.pause()
    return status


class Run:
    """Counts what was delivered, and what was not answered as expected."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.deviations: list[str] = []
        self._began = time.monotonic()
        self._count = 0

    def add(self, row: Row, answers: Mapping[str, str], *, deliveries: int = 1) -> None:
        self.table.row(row, answers)
        self._count += deliveries * len(answers)
        self.deviations += [
            f"{name}, {row.name}: expected {row.expected}, got {answer}"
            for name, answer in answers.items()
            if answer != row.expected
        ]

    def end(self) -> int:
        """Returns the exit status."""
        print()
        for deviation in self.deviations:
            print(deviation)
        took = f"{self._count} deliveries in {time.monotonic() - self._began:.1f} s"
        if self.deviations:
            count = len(self.deviations)
            logs = f"logs: {LOGS}/demo-*.log"
            print(red(f"✗ {took}, {count} with an unexpected response") + f"; {logs}")
            return 1
        print(green("✓") + bold(f" {took}, all answered as expected"), flush=True)
        return 0


if __name__ == "__main__":
    sys.exit(main())
