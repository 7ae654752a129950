"""The programs of the guides that no language's own tests run: what a reader copies works."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.cases import EVENT, SECRET, Case, compact, genuine, sign
from tests.kit.delivery import deliver
from tests.kit.paths import ROOT
from tests.kit.servers import Server, free_ports, running

GUIDES = ROOT / "docs" / "guides"
BODY = compact(EVENT)
GENUINE = genuine("an event", BODY)
FORGED = Case("a forged event", "400 signature_mismatch", BODY, ("0" * 64,))


def code(page: str, language: str) -> str:
    """The first program of a guide."""
    text = (GUIDES / page).read_text("utf-8")
    found = re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, page
    return found[1]


def receives_webhooks(
    command: list[str], folder: Path, built: dict[str, str], port: int, paid: str
) -> None:
    """The server handles an event and refuses a forged one, and its log says why."""
    log = folder / "log"
    env = {**built, "WEBHOOK_SECRET": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    with running([Server(command[0], command, folder, env, log=log, port=port)]):
        assert deliver(port, GENUINE) == "200"
        assert deliver(port, FORGED) == "400 signature_mismatch"

    lines = log.read_text()
    assert paid in lines
    assert "signature_mismatch" in lines
    assert SECRET not in lines
    assert sign(BODY) not in lines


@pytest.mark.parametrize("framework", ["get-started", "aiohttp", "litestar"])
def test_python(framework: str, built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(code(f"python/{framework}.md", "python"))
    (port,) = free_ports(1)
    command = {
        "get-started": ["flask", "run", "--port", str(port)],
        "aiohttp": ["python", "app.py"],
        "litestar": ["python", "-m", "uvicorn", "app:app", "--port", str(port)],
    }[framework]
    paid = f"paid: {EVENT['id']} {EVENT['data']['amount']}"
    receives_webhooks(command, tmp_path, built, port, paid)


@pytest.mark.parametrize("framework", ["aiohttp", "litestar"])
def test_a_python_server_limits_the_body(
    framework: str, built: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(code(f"python/{framework}.md", "python"))
    (port,) = free_ports(1)
    command = ["python", "app.py"]
    if framework == "litestar":
        command = ["python", "-m", "uvicorn", "app:app", "--port", str(port)]
    env = {**built, "WEBHOOK_SECRET": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    body = b" " * (2 * 1024 * 1024)
    with running([Server(framework, command, tmp_path, env, log=tmp_path / "log", port=port)]):
        answers = [
            deliver(port, Case("2 MiB", "", body, (sign(body),), chunked=c)) for c in (False, True)
        ]

    assert all(answer.startswith(("413", "no answer")) for answer in answers), answers


def test_aws_lambda_in_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    names: dict = {}
    exec(compile(code("python/aws-lambda.md", "python"), "app.py", "exec"), names)

    def call(method: str, body: str, **more: object) -> dict:
        headers = {"payvost-signature": sign(BODY)}
        context = {"http": {"method": method}}
        return names["handler"](
            {"requestContext": context, "headers": headers, "body": body, **more}, None
        )

    text, encoded = BODY.decode(), base64.b64encode(BODY).decode()
    answers = [
        call("POST", text, isBase64Encoded=False),
        call("POST", encoded, isBase64Encoded=True),
    ]
    assert [(answer["statusCode"], answer["body"]) for answer in answers] == [
        (200, '{"received":true}')
    ] * 2
    assert capsys.readouterr().out.count("paid: ") == 2
    assert call("POST", f"{text} ")["statusCode"] == 400
    assert call("GET", "")["statusCode"] == 405
    json.dumps([*answers, call("GET", "")])  # as Lambda does


def test_sandbox(built: dict[str, str], tmp_path: Path) -> None:
    (port,) = free_ports(1)
    here = {"127.0.0.1:3000": f"127.0.0.1:{port}", '"127.0.0.1", 3000': f'"127.0.0.1", {port}'}

    def placed(text: str) -> str:
        for theirs, ours in here.items():
            text = text.replace(theirs, ours)
        return text

    (tmp_path / "test_payments.py").write_text(placed(code("sandbox.md", "python")))
    result = subprocess.run(
        ["bash", "-c", placed(code("sandbox.md", "sh"))],
        cwd=tmp_path,
        env={**built, "PYTHONDONTWRITEBYTECODE": "1", "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert result.returncode == 0, result
    assert "1 passed" in result.stdout
    assert "1 accepted, 1 delivered, 0 pending, 0 failed" in result.stderr
    assert "3 × connection_refused" in result.stderr
    assert "2 × duplicate: 200" in result.stderr


def test_the_command_line(built: dict[str, str], tmp_path: Path) -> None:
    """Each command of the page, in its order, with a receiver of another kind."""
    (tmp_path / "app.py").write_text(code("python/get-started.md", "python"))
    page = (GUIDES / "command-line.md").read_text("utf-8")
    receiver, sandbox = free_ports(2)
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    script = script.replace("127.0.0.1:3000", f"127.0.0.1:{receiver}")
    script = script.replace("127.0.0.1:4400", f"127.0.0.1:{sandbox}")
    env = {**built, "WEBHOOK_SECRET": "whsec_example", "PYTHONDONTWRITEBYTECODE": "1"}
    command = ["flask", "run", "--port", str(receiver)]
    log = tmp_path / "log"
    with running([Server("flask", command, tmp_path, env, log=log, port=receiver)]):
        result = subprocess.run(
            ["bash", "-euc", script],
            cwd=tmp_path,
            env={**built, "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=120,
        )

    assert result.returncode == 0, result
    assert "5 delivered, 0 refused, 0 without an answer" in result.stdout
    assert "forged: 0 accepted, 1 refused" in result.stdout
    assert '"delivered":50' in result.stdout
    assert "ok: payment.succeeded evt_" in result.stdout
    assert "whsec_example" not in result.stdout + result.stderr
    assert json.loads((tmp_path / "forward.cursor").read_text())["sandbox"]["after"]
    assert (tmp_path / "payvost-webhooks-send.1").exists()


def test_testing_in_python(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "test_webhooks.py").write_text(code("python/testing.md", "python"))
    env = {name: value for name, value in built.items() if name != "WEBHOOK_SECRET"}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_webhooks.py"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )

    assert "2 passed" in result.stdout, result.stdout


def test_testing_in_node(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "webhooks.test.mjs").write_text(code("node/testing.md", "js"))
    link(tmp_path, {"@payvost/webhooks": ROOT / "bindings-node"})
    result = subprocess.run(
        ["node", "--test"], cwd=tmp_path, env=built, capture_output=True, text=True
    )

    assert re.search(r"^# pass 2$", result.stdout, re.MULTILINE), result.stdout


def test_testing_in_php(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "WebhooksTest.php").write_text(code("php/testing.md", "php"))
    library = ROOT / "bindings-php/library/autoload.php"
    result = subprocess.run(
        ["phpunit", "--bootstrap", str(library), "WebhooksTest.php"],
        cwd=tmp_path,
        env=built,
        capture_output=True,
        text=True,
    )

    assert "OK (2 tests" in result.stdout, result.stdout


def test_testing_in_c(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "test_webhooks.c").write_text(code("c/testing.md", "c"))
    flags = subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "payvost_webhooks"], env=built, text=True
    )
    command = ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "test_webhooks.c", "-o", "test"]
    subprocess.run([*command, *flags.split()], cwd=tmp_path, env=built, check=True)
    output = subprocess.check_output([str(tmp_path / "test")], env=built, text=True)

    assert output == "payment.succeeded\n"


def link(folder: Path, packages: dict[str, Path]) -> None:
    """Leaves the packages as ``npm install`` would."""
    for name, target in packages.items():
        place = folder / "node_modules" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)


LONG_RUNNING = """<?php
require '/usr/share/php/GuzzleHttp/Psr7/autoload.php';
require '{root}/bindings-php/tests/Support/psr-15.php';
require '{root}/bindings-php/library/autoload.php';

function requests(): Generator
{{
    $body = file_get_contents('body');
    foreach ([getenv('SIGNATURE'), str_repeat('0', 64)] as $signature) {{
        for ($round = 0; $round < 100; ++$round) {{
            yield new GuzzleHttp\\Psr7\\ServerRequest('POST', '/', ['Payvost-Signature' => $signature], $body);
        }}
    }}
}}

$requests = requests();
$statuses = [];
$memory = [];
$respond = function ($response) use (&$statuses, &$memory): void {{
    $statuses[$response->getStatusCode()] = ($statuses[$response->getStatusCode()] ?? 0) + 1;
    $memory[] = memory_get_usage();
}};
"""


def test_php_in_one_process(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor/autoload.php").write_text(LONG_RUNNING.format(root=ROOT))
    program = code("php/long-running.md", "php")
    program += "echo json_encode([$statuses, $memory[199] - $memory[20] + 0, $memory[99] - $memory[20]]);\n"
    (tmp_path / "worker.php").write_text(program)
    (tmp_path / "body").write_bytes(BODY)
    env = {**built, "WEBHOOK_SECRET": SECRET, "SIGNATURE": sign(BODY)}
    result = subprocess.run(
        ["php", "-d", "error_log=log", "worker.php"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    statuses, growth_with_refusals, growth = json.loads(result.stdout)
    assert statuses == {"200": 100, "400": 100}
    assert growth < 4096
    assert growth_with_refusals < 16384
    assert (tmp_path / "log").read_text().count("paid: ") == 100


def test_axum() -> None:
    """The program of the guide is the example, which is run by other tests."""
    program = (ROOT / "examples" / "axum" / "src" / "main.rs").read_text()
    assert code("rust/axum.md", "rust") == program


def test_rust(tmp_path: Path, built: dict[str, str]) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(code("rust/get-started.md", "rust"))
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "guide"\nedition = "2024"\n\n'
        f'[dependencies]\npayvost-webhooks = {{ path = "{ROOT / "core"}" }}\n'
    )
    (tmp_path / "Cargo.lock").write_text((ROOT / "Cargo.lock").read_text())
    env = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target" / "readme")}
    subprocess.run(["cargo", "build", "--quiet", "--offline"], cwd=tmp_path, env=env, check=True)
    program = str(ROOT / "target/readme/debug/guide")
    (port,) = free_ports(1)
    receives_webhooks([program], tmp_path, built, port, f'paid: Some("{EVENT["data"]["amount"]}")')

    env = {name: value for name, value in os.environ.items() if name != "WEBHOOK_SECRET"}
    result = subprocess.run([program], env=env, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    assert "secret" in result.stderr
