"""The typed programs of the guides: strict checkers accept them, and find a handler for events of another type."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from servers import application_of, code_of

ROOT = Path(__file__).resolve().parents[2]
DJANGO = application_of("django.md")
PROGRAMS = {
    "flask_program": code_of("flask.md"),
    "fastapi_program": code_of("fastapi.md"),
    "starlette_program": code_of("fastapi.md", 1),
    "fastapi_endpoint": code_of("fastapi.md", 2),
    "django_program": code_of("django.md"),
    "django_inbox": code_of("django.md", 1),
    "aiohttp_program": code_of("aiohttp.md"),
    "litestar_program": code_of("litestar.md"),
    "lambda_program": code_of("aws-lambda.md"),
    "wsgi_program": code_of("wsgi.md"),
    "sqlalchemy_program": code_of("sqlalchemy.md"),
    "sqlalchemy_async": code_of("sqlalchemy.md", 1),
    "django_tasks": DJANGO["shop/tasks.py"],
    "django_shop": DJANGO["shop/webhooks.py"],
    "django_tests": DJANGO["shop/tests.py"],
}
for page in ("fastapi", "litestar", "aiohttp", "aws-lambda"):
    files, name = application_of(f"{page}.md"), page.replace("-", "_")
    PROGRAMS[f"{name}_shop"] = files["shop.py"]
    PROGRAMS[f"{name}_tests"] = files["test_shop.py"].replace("from shop", f"from {name}_shop")
FILES = {
    "shop/__init__": "",
    "shop/models": """
from typing import Any

class Manager:
    def create(self, **values: Any) -> None: ...
    def count(self) -> int: ...

class Payment:
    objects: Manager
""",
    "project/__init__": "",
    "project/celery": DJANGO["project/celery.py"],
    "shop/tasks": DJANGO["shop/tasks.py"],
}


def mypy(folder: Path, names: list[str]) -> list[tuple[str, str]]:
    cache = ROOT / "target" / "mypy"
    output = run(folder, sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *names)
    return re.findall(r"^(\w+)\.py:\d+: error: (.*)", output, re.MULTILINE)


def pyright(folder: Path, names: list[str]) -> list[tuple[str, str]]:
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "standard"}', "utf-8")
    script = ROOT / "node_modules" / "pyright" / "index.js"
    options = ["--outputjson", "--pythonpath", sys.executable]
    found = json.loads(run(folder, "node", script, *options, *names))["generalDiagnostics"]
    errors = [entry for entry in found if entry["severity"] == "error"]
    return [(Path(entry["file"]).stem, entry["message"]) for entry in errors]


def run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_the_programs_of_the_guides(checker: Any, tmp_path: Path) -> None:
    for folder in ("shop", "project"):
        (tmp_path / folder).mkdir()
    wrong = set()
    for name, program in {**FILES, **PROGRAMS}.items():
        (tmp_path / f"{name}.py").write_text(program, "utf-8")
        if "def payment_succeeded(event: PaymentSucceededEvent" in program:
            wrong.add(f"wrong_{name}")
            changed = program.replace("PaymentSucceededEvent", "WalletFrozenEvent")
            (tmp_path / f"wrong_{name}.py").write_text(changed, "utf-8")
    found = checker(tmp_path, sorted(path.name for path in tmp_path.glob("*.py")))
    assert {name for name, _ in found} == wrong, found
    for name in wrong:
        messages = [message for file, message in found if file == name]
        assert any("WalletFrozenEvent" in message for message in messages), messages
