"""Starts the four example receivers and delivers each case to all of them. Exits with 1 if a response is unexpected."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence

from demo.table import Table, bold, green, red
from tests.kit import cases, receivers
from tests.kit.delivery import PATH, deliver
from tests.kit.environment import built_environment
from tests.kit.paths import LOGS
from tests.kit.servers import ENDING_SIGNALS, Server, ServerError, free_ports, running


def main() -> int:
    options = parse_options()
    for number in ENDING_SIGNALS:
        signal.signal(number, end)
    try:
        servers = make_servers(options.wrong_secret)
        with running(servers):
            for server in servers:
                print(f"{server.name:<15} http://127.0.0.1:{server.port}{PATH}", flush=True)
            print()
            return deliver_all(servers)
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


def make_servers(with_wrong_secret: str | None) -> list[Server]:
    built = built_environment()
    receivers.build_c(built)
    servers = []
    for name, port in zip(receivers.TITLES, free_ports(len(receivers.TITLES))):
        secret = cases.OTHER_SECRET if name == with_wrong_secret else cases.SECRET
        log = LOGS / f"demo-{name}.log"
        servers.append(receivers.make_server(name, built, secret, port=port, log=log))
    return servers


def deliver_all(servers: Sequence[Server]) -> int:
    began = time.monotonic()
    groups = cases.groups()
    table = Table(groups, [server.name for server in servers])
    count = 0
    deviations = []
    table.header()
    for group in groups:
        table.group(group)
        for case in group.cases:
            answers = {server.name: deliver(server.port, case) for server in servers}
            table.row(case, answers)
            count += len(answers)
            deviations += [
                (name, case, answer) for name, answer in answers.items() if answer != case.expected
            ]

    print()
    for name, case, answer in deviations:
        print(f"{name}, {case.name}: expected {case.expected}, got {answer}")
    took = f"{count} deliveries in {time.monotonic() - began:.1f} s"
    if deviations:
        print(
            red(f"✗ {took}, {len(deviations)} with an unexpected response")
            + f"; logs: {LOGS}/demo-*.log"
        )
        return 1
    print(green("✓") + bold(f" {took}, all answered as expected"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
