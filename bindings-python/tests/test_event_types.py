"""Event types: strict checkers accept a complete handler, and reject the errors in it."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pydantic
import pytest

from payvost_webhooks import events
from payvost_webhooks.testing import sample_event

SAMPLES = [Path(__file__).with_name(f"typing_{name}.py") for name in ("events", "router")]
NAMES = [sample.name for sample in SAMPLES]
ROOT = Path(__file__).resolve().parents[2]


def mypy(folder: Path) -> set[tuple[str, int]]:
    cache = ROOT / "target" / "mypy"
    output = run(folder, sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *NAMES)
    found = re.findall(r"^(\w+\.py):(\d+): error:", output, re.MULTILINE)
    return {(name, int(line)) for name, line in found}


def pyright(folder: Path) -> set[tuple[str, int]]:
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', "utf-8")
    script = ROOT / "node_modules" / "pyright" / "index.js"
    options = ["--outputjson", "--pythonpath", sys.executable]
    found = json.loads(run(folder, "node", script, *options, *NAMES))["generalDiagnostics"]
    return {(Path(entry["file"]).name, entry["range"]["start"]["line"] + 1) for entry in found}


def run(folder: Path, *command: str | Path) -> str:
    """In another folder, so that the checkers read the types of the installed package."""
    for sample in SAMPLES:
        (folder / sample.name).write_bytes(sample.read_bytes())
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_checker_rejects_only_the_marked_lines(checker: Any, tmp_path: Path) -> None:
    refused = {
        (sample.name, number)
        for sample in SAMPLES
        for number, line in enumerate(sample.read_text("utf-8").splitlines(), 1)
        if "  # refused: " in line
    }
    assert len(refused) == 7 + 8
    assert checker(tmp_path) == refused


PUBLIC = (
    "receiver", "router", "errors", "testing", "events", "stores", "stores.base", "stores.claim",
    "stores.memory", "stores.redis", "stores.sql", "stores.sql.store", "stores.sql.inbox",
    "stores.sql._table", "stores._lease", "flask", "wsgi", "starlette", "fastapi", "django",
    "stores.sqlalchemy", "stores.django", "aiohttp", "litestar", "aws_lambda", "sandbox", "manage",
    "manage._client", "manage._async_client", "manage._resources", "manage._async_resources",
    "manage._rotation",
)  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_frameworks_can_read_the_types_at_run_time(name: str) -> None:
    """As frameworks with dependency injection do."""
    module = importlib.import_module(f"payvost_webhooks.{name}")
    for public in vars(module).values():
        if getattr(public, "__module__", None) != module.__name__ or not callable(public):
            continue
        get_type_hints(public)
        for function in filter(inspect.isfunction, vars(public).values()):
            get_type_hints(function)


def test_pydantic_reads_documented_events_and_others() -> None:
    adapter: pydantic.TypeAdapter[events.WebhookEvent] = pydantic.TypeAdapter(events.WebhookEvent)
    documented = [get_args(known)[0] for known in get_args(events.KnownEventType)]
    for event_type in [*documented, "refund.created"]:
        sample = sample_event(documented[0])
        if event_type in documented:
            sample = sample_event(event_type)
        # Unknown fields are kept, in the envelope and in the data.
        sample.update(type=event_type, apiVersion=2)
        sample["data"]["new"] = {"a": [1]}
        assert adapter.validate_python(sample) == sample
        assert adapter.validate_json(json.dumps(sample)) == sample
        assert json.loads(adapter.dump_json(sample)) == sample  # type: ignore[arg-type]
    with pytest.raises(pydantic.ValidationError):
        adapter.validate_python({"type": "payment.succeeded"})


def test_the_types_have_the_fields_of_the_samples() -> None:
    documented = [
        event for event in get_args(events.WebhookEvent) if event is not events.UnknownEvent
    ]
    names = [get_args(get_type_hints(event)["type"])[0] for event in documented]
    assert names == [get_args(known)[0] for known in get_args(events.KnownEventType)]
    for name, event in zip(names, documented):
        data = get_type_hints(event)["data"]
        sample = sample_event(name)
        assert set(sample) == event.__required_keys__ | event.__optional_keys__
        assert set(sample["data"]) == data.__required_keys__ | data.__optional_keys__
        assert data.__required_keys__
