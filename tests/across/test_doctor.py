"""``payvost-webhooks doctor`` grades the examples, receivers in other frameworks, and those of the provider's guide."""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.kit import php_fpm, receivers
from tests.kit.cases import SECRET
from tests.kit.delivery import PATH
from tests.kit.paths import EXAMPLES, ROOT
from tests.kit.servers import Server, free_ports, running

GUIDE = ROOT / "tests" / "across" / "guide"
FRAMEWORKS = ROOT / "tests" / "across" / "frameworks"

# What the provider's samples have in common: they parse leniently, and remember nothing in time.
LENIENT = {
    "duplicate_keys": "warn",
    "lone_surrogate": "warn",
    "number_out_of_range": "warn",
    "deep": "warn",
    "not_an_object": "warn",
    "id_missing": "warn",
    "fields_missing": "warn",
}
FORGETFUL = {
    "same_id_other_body": "warn",
    "effect_duplicate_apart": "fail",
    "effect_duplicates_together": "fail",
    "effect_same_id_other_body": "fail",
    "effect_lost_answer": "fail",
}

# The grade of each, and what did not pass.
EXPECTED: dict[str, tuple[str, dict[str, str]]] = {
    "flask": ("A", {}),
    "express": ("A", {}),
    "c": ("A", {}),
    "axum": ("A", {}),
    "php": ("A", {}),
    "fastapi": ("A", {}),
    "django": ("A", {}),
    "fastify": ("A", {}),
    "guide in Flask": (
        "C",
        {
            **LENIENT,
            **FORGETFUL,
            "not_json": "warn",
            "byte_order_mark": "warn",
            # That of the development server.
            "leak_version": "warn",
        },
    ),
    "guide in Express": (
        "C",
        {
            **LENIENT,
            **FORGETFUL,
            "not_utf8": "warn",
            # Express shows them for its own errors, unless NODE_ENV is "production".
            "leak_stack_trace": "fail",
            "leak_path": "warn",
        },
    ),
    "guide in PHP": (
        "C",
        {
            **LENIENT,
            **FORGETFUL,
            "empty_body": "warn",
            "not_json": "warn",
            "not_utf8": "warn",
            "byte_order_mark": "warn",
            "method_put": "warn",
        },
    ),
}


@pytest.fixture(scope="module")
def reports(
    built: dict[str, str], compiled: None, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """All receivers run at the same time, and so do their examinations."""
    folder = tmp_path_factory.mktemp("doctor")
    env = {**built, "WEBHOOK_SECRET": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    ports = dict(zip(EXPECTED, free_ports(len(EXPECTED))))
    logs = {name: folder / f"{name}.log" for name in EXPECTED}
    servers: list[Server] = []
    for name in receivers.TITLES.keys() - {"php"}:
        servers.append(receivers.make_server(name, built, SECRET, port=ports[name], log=logs[name]))
    copied = shutil.copytree(GUIDE, folder / "guide")
    (copied / "node_modules").symlink_to(EXAMPLES / "express" / "node_modules")
    frameworks = shutil.copytree(FRAMEWORKS, folder / "frameworks")
    (frameworks / "node_modules").symlink_to(ROOT / "bindings-node" / "node_modules")
    for name, place, command in [
        ("guide in Flask", copied, ["flask", "run", "--port", str(ports["guide in Flask"])]),
        ("guide in Express", copied, ["node", "server.cjs"]),
        ("fastapi", frameworks, ["uvicorn", "--port", str(ports["fastapi"]), "fastapi_app:app"]),
        (
            "django",
            frameworks,
            ["gunicorn", "--no-control-socket", "--threads", "8", "django_app:application"],
        ),
        ("fastify", frameworks, ["node", "fastify.cjs"]),
    ]:
        servers.append(Server(name, command, place, env, log=logs[name], port=ports[name]))
    for name, script in {"php": None, "guide in PHP": copied / "index.php"}.items():
        place = folder / name.replace(" ", "-")
        place.mkdir()
        made = (
            php_fpm.make_servers(place, script, env, ("WEBHOOK_SECRET",))
            if script
            else receivers.make_php_servers(place, built, SECRET)
        )
        servers += made
        ports[name], logs[name] = made[-1].port, place / "php.log"
    with ExitStack() as stack:
        stack.enter_context(running(servers))
        with ThreadPoolExecutor(4) as pool:
            examined = pool.map(lambda name: examine(built, ports[name], logs[name]), EXPECTED)
            return dict(zip(EXPECTED, examined))


def examine(built: dict[str, str], port: int, log: Path) -> Any:
    tool = shutil.which("payvost-webhooks", path=built["PATH"])
    effects = ["--effects-file", str(log), "--effects-match", "paid:"]
    # No test depends on timing.
    options = ["--format", "json", "--min-grade", "F", "--skip", "refusal_timing"]
    result = subprocess.run(
        [tool, "doctor", f"http://127.0.0.1:{port}{PATH}", *effects, *options],
        env={**built, "WEBHOOK_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", EXPECTED)
def test_grade(reports: dict[str, Any], name: str) -> None:
    report = reports[name]
    odd = {
        check["code"]: check["result"]
        for check in report["checks"]
        if check["result"] in ("warn", "fail")
    }
    grade, findings = EXPECTED[name]
    if "php" in name.lower():
        # nginx before 1.23 hands PHP the last of two headers alone. Here that one is right.
        odd.pop("two_headers_last", None)

    assert (report["grade"], odd) == (grade, findings), [
        check for check in report["checks"] if check["code"] in odd
    ]


def test_only_what_needs_another_machine_is_skipped(reports: dict[str, Any]) -> None:
    for name in [*receivers.TITLES, "fastapi", "django", "fastify"]:
        checks = reports[name]["checks"]
        skipped = [check["code"] for check in checks if check["result"] == "skipped"]
        assert skipped == ["https"], name
