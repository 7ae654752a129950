"""Requests per second through real servers: the guide's receivers with its own function and with ours.

Each server has a path for either, and they are loaded in turns: whatever processes share is the same
for both. The server has one processor, and what loads it has the others.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.kit.php_fpm import NGINX, POOL, fpm_name, passed, system_command
from tests.kit.servers import Server, free_ports, running

HERE = Path(__file__).resolve().parent
MADE = HERE.parent / "target" / "bench"
BODY = MADE / "bodies" / "event.json"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SUBJECTS = ("ours", "guide")

SERVERS_PROCESSOR, *OTHER_PROCESSORS = sorted(os.sched_getaffinity(0))
CONNECTIONS = 16
WARM_UP_SECONDS = 1
SECONDS = 1
ROUNDS = 25


def measure_over_http(built: Mapping[str, str]) -> Iterator[dict[str, object]]:
    env = environment(built)
    for name, make in {"flask": flask, "express": express, "php-fpm": php_fpm}.items():
        servers = make(env)
        with running(servers):
            best = load_in_turns(f"http://127.0.0.1:{servers[-1].port}")
        for subject, nanoseconds in best.items():
            yield {"language": "http", "case": name, "subject": subject, "nanoseconds": nanoseconds}


def load_in_turns(url: str) -> dict[str, float]:
    """The shortest time per request, by subject."""
    best = dict.fromkeys(SUBJECTS, float("inf"))
    for subject in SUBJECTS:
        load(f"{url}/{subject}", WARM_UP_SECONDS)
    for _ in range(ROUNDS):
        for subject in SUBJECTS:
            best[subject] = min(best[subject], load(f"{url}/{subject}", SECONDS))
    return best


def load(url: str, seconds: int) -> float:
    """The time per request under wrk, in nanoseconds."""
    signature = hmac.new(SECRET.encode(), BODY.read_bytes(), hashlib.sha256).hexdigest()
    wrk = on(OTHER_PROCESSORS, ["wrk", "--threads=1"])
    wrk += [f"--connections={CONNECTIONS}", f"--duration={seconds}s"]
    process = subprocess.run(
        [*wrk, f"--script={HERE / 'post.lua'}", url, "--", BODY, signature],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
        timeout=seconds + 30,
    )
    summary = json.loads(process.stderr.splitlines()[-1])
    if summary["refused"] or not summary["requests"]:
        raise RuntimeError(f"not every request was answered with 200: {summary}")
    return summary["microseconds"] * 1e3 / summary["requests"]


def on(processors: Sequence[int], command: Sequence[str]) -> list[str]:
    """The command, kept to these processors."""
    names = ",".join(map(str, processors or [SERVERS_PROCESSOR]))
    return ["taskset", "--cpu-list", names, *command]


def environment(built: Mapping[str, str]) -> dict[str, str]:
    node_path = os.pathsep.join([built.get("NODE_PATH", ""), str(MADE / "node_modules")])
    return {
        **built,
        "NODE_ENV": "production",
        "NODE_PATH": node_path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "WEBHOOK_SECRET": SECRET,
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
        variables=passed("WEBHOOK_SECRET"),
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
