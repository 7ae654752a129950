"""The code of the top README, in each language, and its commands if they are quick."""

from __future__ import annotations

import os
import re
import subprocess
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis

from tests.kit import services
from tests.kit.cases import EVENT, SECRET, Case, compact, genuine, sign
from tests.kit.delivery import deliver
from tests.kit.paths import ROOT
from tests.kit.servers import Server, free_ports, running

README = (ROOT / "README.md").read_text("utf-8")
BODY = compact(EVENT)
SIGNATURE = sign(BODY)
FORGED = "0" * 64
PAID = f"paid: {EVENT['data']['id']}"
GENUINE = genuine("an event", BODY)
REFUSED = Case("a forged event", "400 signature_mismatch", BODY, (FORGED,))


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_each_block_of_code_is_run_here() -> None:
    languages = re.findall(r"^```(\w+)$", README, re.MULTILINE)

    assert sorted(languages) == ["c", "diff", "js", "php", "python", "python", "rust", *["sh"] * 3]


def serve(
    command: list[str], folder: Path, built: dict[str, str], port: int, secret: str = SECRET
) -> Server:
    env = {**built, "WEBHOOK_SECRET": secret, "PYTHONDONTWRITEBYTECODE": "1"}
    return Server("README", command, folder, env, log=folder / "log", port=port)


def receives_webhooks(server: Server, port: int, log: Path) -> None:
    """Handles the event that the page delivers, and one of ours; refuses a forged one, and says why in the log."""
    with running([server]):
        assert delivered_by_hand(port).startswith("HTTP/1.1 200")
        assert deliver(port, GENUINE) == GENUINE.expected
        assert deliver(port, REFUSED) == REFUSED.expected

    lines = log.read_text()
    assert "paid: pay_1 99.99" in lines
    assert PAID in lines
    assert "signature_mismatch" in lines
    assert SECRET not in lines


def delivered_by_hand(port: int) -> str:
    (delivery,) = (code for code in snippets("sh") if "curl" in code)
    assert "127.0.0.1:3000" in delivery
    command = ["bash", "-euo", "pipefail", "-c", delivery.replace("3000", str(port))]
    env = {**os.environ, "WEBHOOK_SECRET": SECRET}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def test_python(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(snippets("python")[0])
    (port,) = free_ports(1)
    assert "`flask run --port 3000`" in README
    command = ["flask", "run", "--port", str(port)]
    receives_webhooks(serve(command, tmp_path, built, port), port, tmp_path / "log")


def test_a_receiver_with_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    from payvost_webhooks.receiver import WebhookReceiver
    from payvost_webhooks.stores.redis import RedisStore

    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    handled: list[str] = []
    with services.running("redis") as service:
        names: dict[str, Any] = {
            "os": os,
            "redis": SimpleNamespace(Redis=partial(redis.Redis, port=service.port)),
            "router": lambda event: handled.append(event["id"]),
            "RedisStore": RedisStore,
            "WebhookReceiver": WebhookReceiver,
        }
        exec(compile(snippets("python")[1], "README.md", "exec"), names)
        answers = [names["receiver"].receive(BODY, SIGNATURE) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert handled == [EVENT["id"]]


def test_the_one_import_that_changes() -> None:
    added = re.findall(r"^\+(.*)$", snippets("diff")[0], re.MULTILINE)
    names: dict[str, Any] = {}
    exec("\n".join(added), names)

    assert names["verify_webhook"](BODY, SIGNATURE, SECRET) == EVENT
    # The guide's function has this name, and these arguments in this order.
    (removed,) = re.findall(r"^-def (\w+)\((.*)\):$", snippets("diff")[0], re.MULTILINE)
    assert removed == ("verify_webhook", "payload, signature, secret")


def test_node(built: dict[str, str], tmp_path: Path) -> None:
    (port,) = free_ports(1)
    program = snippets("js")[0]
    assert "app.listen(3000)" in program
    (tmp_path / "server.js").write_text(program.replace("3000", str(port)))
    modules = tmp_path / "node_modules"
    (modules / "@payvost").mkdir(parents=True)
    (modules / "@payvost/webhooks").symlink_to(ROOT / "bindings-node")
    (modules / "express").symlink_to(ROOT / "examples/express/node_modules/express")
    receives_webhooks(serve(["node", "server.js"], tmp_path, built, port), port, tmp_path / "log")


def test_php(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "index.php").write_text(snippets("php")[0])
    (tmp_path / "vendor").mkdir()
    library = ROOT / "bindings-php/library/autoload.php"
    (tmp_path / "vendor/autoload.php").write_text(f"<?php require '{library}';")
    (port,) = free_ports(1)
    assert "`php -S 127.0.0.1:3000 index.php`" in README
    command = ["php", "-S", f"127.0.0.1:{port}", "index.php"]
    receives_webhooks(serve(command, tmp_path, built, port), port, tmp_path / "log")


C_MAIN = r"""
int main(int count, char **arguments) {
    payvost_verifier *verifier;
    if (count != 4 || payvost_verifier_new(arguments[1], strlen(arguments[1]), &verifier, NULL) != PAYVOST_OK)
        return 2;
    const char *signature = *arguments[3] ? arguments[3] : NULL;
    unsigned status = receive_webhook(verifier, arguments[2], strlen(arguments[2]), signature);
    printf("%u\n", status);
    payvost_verifier_free(verifier);
    return 0;
}
"""


def test_c(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "readme.c").write_text(snippets("c")[0] + C_MAIN)
    flags = subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "payvost_webhooks"], env=built, text=True
    )
    command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "readme.c", "-o", "readme"]
    subprocess.run([*command, *flags.split()], cwd=tmp_path, env=built, check=True)

    def run(signature: str) -> tuple[str, str]:
        arguments = [str(tmp_path / "readme"), SECRET, BODY.decode(), signature]
        result = subprocess.run(arguments, env=built, capture_output=True, text=True, check=True)
        return result.stdout, result.stderr.partition(":")[0]

    assert run(SIGNATURE) == (f"{EVENT['type']} {EVENT['id']}\n200\n", "")
    assert run(FORGED) == ("400\n", "signature_mismatch")
    assert run("") == ("400\n", "missing_signature")


RUST_MAIN = """
fn main() {
    let [secret, body, signature] = <[String; 3]>::try_from(std::env::args().skip(1).collect::<Vec<_>>()).unwrap();
    let verifier = WebhookVerifier::new(secret.as_str()).unwrap();
    if let Err(error) = receive_webhook(&verifier, body.as_bytes(), Some(signature.as_bytes())) {
        println!("{}", error.code());
    }
}
"""


def test_rust(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(snippets("rust")[0] + RUST_MAIN)
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "readme"\nedition = "2024"\n\n'
        f'[dependencies]\npayvost-webhooks = {{ path = "{ROOT / "core"}" }}\n'
    )
    # The versions of the repository's own lock file; what is not needed is dropped from the copy.
    (tmp_path / "Cargo.lock").write_text((ROOT / "Cargo.lock").read_text())
    env = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target" / "readme")}
    subprocess.run(["cargo", "build", "--quiet", "--offline"], cwd=tmp_path, env=env, check=True)

    def run(signature: str) -> str:
        program = ROOT / "target" / "readme" / "debug" / "readme"
        return subprocess.check_output([program, SECRET, BODY.decode(), signature], text=True)

    assert EVENT["data"]["id"] in run(SIGNATURE)
    assert run(FORGED) == "signature_mismatch\n"


@pytest.mark.parametrize(
    ("language", "command", "file"),
    [("python", ["flask", "run"], "app.py"), ("js", ["node", "server.js"], "server.js")],
)
def test_without_a_secret_it_does_not_start_and_says_why(
    language: str, command: list[str], file: str, built: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / file).write_text(snippets(language)[0])
    env = {name: value for name, value in built.items() if name != "WEBHOOK_SECRET"}
    env["NODE_PATH"] = f"{env['NODE_PATH']}:{ROOT / 'examples/express/node_modules'}"
    result = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )

    assert result.returncode != 0
    assert "ConfigurationError" in result.stderr


def test_the_commands_exist() -> None:
    commands = set(re.findall(r"\bmake (?:-s )?([a-z][a-z-]*)", README))

    assert {"demo", "test", "help", "env", "build-node", "install", "install-php"} <= commands
    for command in commands:
        result = subprocess.run(
            ["make", "--dry-run", command], cwd=ROOT, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stderr


def test_help_lists_the_commands() -> None:
    text = subprocess.check_output(["make", "help"], cwd=ROOT, text=True)
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    missing = {
        name for name in phony.replace("\\", "").split() if not re.search(rf"make {name}\b", text)
    }

    assert missing <= {"build-setup"}  # which the others do by themselves
