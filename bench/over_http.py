"""Requests per second through real servers: the guide's receivers with its own function and with ours, and one in axum
that is written by hand.

Each server has a path for either, and they are loaded in turns: whatever processes share is the same
for both. Two more paths remember events in one Redis: as the guide does, looking up and then marking,
and with our receiver and its store. Each event is new there. At the end our receiver gets each event
twice at the same time, and has to handle it once. The server has one processor, and what loads it has
the others, and Redis.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import redis

from tests.kit.php_fpm import NGINX, POOL, fpm_name, passed, system_command
from tests.kit.servers import Server, free_ports, running
from tests.kit.services import Service
from tests.kit.services import running as running_service

HERE = Path(__file__).resolve().parent
MADE = HERE.parent / "target" / "bench"
BODY = MADE / "bodies" / "event.json"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SUBJECTS = ("ours", "guide")
SUBJECTS_BY_HAND = ("ours", "by-hand")
SUBJECTS_WITH_REDIS = ("ours-redis", "guide-redis")
# More than any of the servers handles in the time of one load.
EVENTS = 20_000
EFFECTS = MADE / "effects"

SERVERS_PROCESSOR, *OTHER_PROCESSORS = sorted(os.sched_getaffinity(0))
CONNECTIONS = 16
WARM_UP_SECONDS = 1
SECONDS = 1
ROUNDS = 25
ROUNDS_WITH_REDIS = 15


def measure_over_http(built: Mapping[str, str]) -> Iterator[dict[str, object]]:
    one, many, pairs = (MADE / f"deliveries-{name}" for name in ("one", "many", "pairs"))
    event = BODY.read_bytes()
    write_deliveries(one, [event])
    write_deliveries(many, events(event, range(EVENTS)))
    others = events(event, range(EVENTS, 2 * EVENTS))
    write_deliveries(pairs, (body for body in others for _ in range(2)))
    with redis_server() as port:
        env = environment(built, port)
        store = redis.Redis(port=port)
        for name, (make, subjects, subjects_with_redis) in {
            "flask": (flask, SUBJECTS, SUBJECTS_WITH_REDIS),
            "express": (express, SUBJECTS, SUBJECTS_WITH_REDIS),
            "php-fpm": (php_fpm, SUBJECTS, SUBJECTS_WITH_REDIS),
            "axum": (axum, SUBJECTS_BY_HAND, ()),
        }.items():
            servers = make(env)
            with running(servers):
                url = f"http://127.0.0.1:{servers[-1].port}"
                best = load_in_turns(url, subjects, one, ROUNDS, store)
                if subjects_with_redis:
                    best |= load_in_turns(url, subjects_with_redis, many, ROUNDS_WITH_REDIS, store)
                    store.flushall()
                    check_once(name, f"{url}/ours-redis", pairs)
            for subject, nanoseconds in best.items():
                yield {
                    "language": "http",
                    "case": name,
                    "subject": subject,
                    "nanoseconds": nanoseconds,
                }


@contextlib.contextmanager
def redis_server() -> Iterator[int]:
    """A Redis on the processors that do not belong to the servers. It inherits them when it starts."""
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, OTHER_PROCESSORS or ours)
    with contextlib.ExitStack() as stack:
        try:
            service: Service = stack.enter_context(running_service("redis"))
        finally:
            os.sched_setaffinity(0, ours)
        yield service.port


def load_in_turns(
    url: str, subjects: Iterable[str], deliveries: Path, rounds: int, store: redis.Redis
) -> dict[str, float]:
    """The shortest time per request, by subject. Redis is empty at the start of each load."""
    best = dict.fromkeys(subjects, float("inf"))
    for number in range(1 + rounds):
        for subject in best:
            store.flushall()
            EFFECTS.write_bytes(b"")
            time = load(f"{url}/{subject}", deliveries, WARM_UP_SECONDS if number == 0 else SECONDS)
            best[subject] = min(best[subject], time)
    return best


def load(url: str, deliveries: Path, seconds: int, *, refuses: bool = False) -> float:
    """The time per request under wrk, in nanoseconds."""
    wrk = on(OTHER_PROCESSORS, ["wrk", "--threads=1"])
    wrk += [f"--connections={CONNECTIONS}", f"--duration={seconds}s"]
    process = subprocess.run(
        [*wrk, f"--script={HERE / 'post.lua'}", url, "--", deliveries],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
        timeout=seconds + 30,
    )
    summary = json.loads(process.stderr.splitlines()[-1])
    if not summary["requests"] or (summary["refused"] and not refuses):
        raise RuntimeError(f"not every request was answered with 200: {summary}")
    return summary["microseconds"] * 1e3 / summary["requests"]


def check_once(name: str, url: str, pairs: Path) -> None:
    """Each event arrives twice at the same time: one is handled, the other learns that, or to come again."""
    EFFECTS.write_bytes(b"")
    load(url, pairs, SECONDS, refuses=True)
    effects = Counter(EFFECTS.read_text().split())
    twice = sum(count > 1 for count in effects.values())
    print(
        f"{name}: of {len(effects)} events that arrived twice at the same time, {twice} were handled twice"
    )
    if twice or not effects:
        raise RuntimeError("the receiver with a store did not handle each event once")


def write_deliveries(file: Path, bodies: Iterable[bytes]) -> None:
    """One in each line: the signature and the body."""
    with file.open("wb") as deliveries:
        for body in bodies:
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            deliveries.write(signature.encode() + b" " + body + b"\n")


def events(event: bytes, numbers: Iterable[int]) -> Iterator[bytes]:
    """The event under many ids of the same length."""
    for number in numbers:
        yield event.replace(b"evt_abc123xyz", f"evt_{number:09}".encode())


def on(processors: Sequence[int], command: Sequence[str]) -> list[str]:
    """The command, kept to these processors."""
    names = ",".join(map(str, processors or [SERVERS_PROCESSOR]))
    return ["taskset", "--cpu-list", names, *command]


def environment(built: Mapping[str, str], redis_port: int) -> dict[str, str]:
    node_path = os.pathsep.join([built.get("NODE_PATH", ""), str(MADE / "node_modules")])
    return {
        **built,
        "NODE_ENV": "production",
        "NODE_PATH": node_path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "WEBHOOK_SECRET": SECRET,
        "REDIS_PORT": str(redis_port),
        "EFFECTS": str(EFFECTS),
    }


def flask(env: Mapping[str, str]) -> list[Server]:
    (port,) = free_ports(1)
    command = ["gunicorn", "--no-control-socket", "--workers=2", f"--bind=127.0.0.1:{port}"]
    command.append("receiver:app")
    command = on([SERVERS_PROCESSOR], command)
    return [Server("Flask", command, HERE / "python", env, log=MADE / "flask.log", port=port)]


def express(env: Mapping[str, str]) -> list[Server]:
    (port,) = free_ports(1)
    command = on([SERVERS_PROCESSOR], ["node", "receiver.cjs"])
    return [Server("Express", command, HERE / "node", env, log=MADE / "express.log", port=port)]


def axum(env: Mapping[str, str]) -> list[Server]:
    (port,) = free_ports(1)
    command = on([SERVERS_PROCESSOR], [str(MADE / "cargo" / "release" / "receiver")])
    return [Server("axum", command, HERE, env, log=MADE / "axum.log", port=port)]


def php_fpm(env: Mapping[str, str]) -> list[Server]:
    """php-fpm with two workers, and nginx that forwards to it."""
    folder = MADE / "php-fpm"
    folder.mkdir(parents=True, exist_ok=True)
    socket = folder / "fpm.sock"
    socket.unlink(missing_ok=True)
    (port,) = free_ports(1)
    root = os.geteuid() == 0

    pool = POOL.format(
        folder=folder,
        socket=socket,
        user="user = root\ngroup = root" * root,
        variables=passed("WEBHOOK_SECRET", "REDIS_PORT", "EFFECTS"),
    )
    (folder / "fpm.conf").write_text(pool)
    fpm = [system_command(fpm_name()), "--nodaemonize", "--fpm-config", str(folder / "fpm.conf")]
    fpm = on([SERVERS_PROCESSOR], fpm + ["--allow-to-run-as-root"] * root)

    script, user = HERE / "php" / "receiver.php", "user root;" * root
    conf = NGINX.format(folder=folder, port=port, fpm=f"unix:{socket}", script=script, user=user)
    (folder / "nginx.conf").write_text(conf)
    nginx = [system_command("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    nginx = on([SERVERS_PROCESSOR], [*nginx, "-g", "daemon off;"])

    def listens(_: int) -> bool:
        return socket.exists()

    log = folder / "fpm.out"
    return [
        Server("php-fpm", fpm, folder, env, log=log, port=port, is_ready=listens),
        Server("nginx", nginx, folder, env, log=folder / "nginx.out", port=port),
    ]
