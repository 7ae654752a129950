"""The code of the top README, in each language, and its commands as far as they are quick."""

from __future__ import annotations

import os
import re
import subprocess
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from flask import Flask, request

from payvost_webhooks import WebhookError
from tests.kit import services
from tests.kit.cases import EVENT, SECRET, compact, sign
from tests.kit.paths import ROOT
from tests.kit.servers import Server, free_ports, running

README = (ROOT / "README.md").read_text("utf-8")
BODY = compact(EVENT)
SIGNATURE = sign(BODY)
FORGED = "0" * 64
PRINTED = f"{EVENT['type']} {EVENT['data']['id']}"


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_each_block_of_code_is_run_here() -> None:
    languages = re.findall(r"^```(\w+)$", README, re.MULTILINE)

    assert sorted(languages) == ["c", "diff", "js", "php", *["python"] * 3, "rust", "sh"]


def test_python(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    code = compile(snippets("python")[0], "README.md", "exec")
    app = Flask(__name__)
    headers = {"Payvost-Signature": SIGNATURE}
    with app.test_request_context(method="POST", data=BODY, headers=headers):
        exec(code, {"os": os, "request": request})

    assert capsys.readouterr().out == f"{PRINTED}\n"
    with app.test_request_context(method="POST", data=BODY), pytest.raises(WebhookError) as refused:
        exec(code, {"os": os, "request": request})
    assert refused.value.code == "missing_signature"


def test_the_whole_receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    from payvost_webhooks import WebhookRouter
    from payvost_webhooks.flask import webhook_blueprint
    from payvost_webhooks.receiver import WebhookReceiver

    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    paid: list[str] = []

    class Orders:
        mark_paid = paid.append

    names: dict[str, Any] = {
        "os": os,
        "app": Flask(__name__),
        "orders": Orders,
        "WebhookRouter": WebhookRouter,
        "WebhookReceiver": WebhookReceiver,
        "webhook_blueprint": webhook_blueprint,
    }
    exec(compile(snippets("python")[1], "README.md", "exec"), names)
    client = names["app"].test_client()
    answers = [
        client.post("/webhooks/payvost", data=BODY, headers={"Payvost-Signature": signature})
        for signature in (SIGNATURE, FORGED)
    ]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert paid == [EVENT["data"]["id"]]


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
        exec(compile(snippets("python")[2], "README.md", "exec"), names)
        answers = [names["receiver"].receive(BODY, SIGNATURE) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert handled == [EVENT["id"]]


def test_the_one_import_that_changes() -> None:
    added = re.findall(r"^\+(.*)$", snippets("diff")[0], re.MULTILINE)
    names: dict[str, Any] = {}
    exec("\n".join(added), names)

    assert names["verify_webhook"](BODY, SIGNATURE, SECRET) == EVENT
    # The guide's function is called so, with these arguments in this order.
    (removed,) = re.findall(r"^-def (\w+)\((.*)\):$", snippets("diff")[0], re.MULTILINE)
    assert removed == ("verify_webhook", "payload, signature, secret")


def test_node(built: dict[str, str], tmp_path: Path) -> None:
    program = f"""
        const express = require("express");
        const app = express();
        app.post("/", express.raw({{ type: "application/json" }}), (req, res) => {{
          try {{
            {snippets("js")[0]}
            res.end();
          }} catch (error) {{
            res.status(400).send(error.code);
          }}
        }});
        app.listen({{port}}, "127.0.0.1");
    """
    (port,) = free_ports(1)
    folder = ROOT / "bindings-node"
    command = ["node", "-e", program.replace("{port}", str(port))]
    env = {**built, "WEBHOOK_SECRET": SECRET}
    server = Server("Node", command, folder, env, log=tmp_path / "log", port=port)
    with running([server]):
        assert post(port, SIGNATURE) == (200, "")
        assert post(port, FORGED) == (400, "signature_mismatch")

    assert (tmp_path / "log").read_text() == f"{PRINTED}\n"


PHP_HANDLER = """<?php
set_exception_handler(function (Payvost\\Webhooks\\WebhookException $error): void {
    http_response_code(400);
    echo $error->getErrorCode();
});
require 'index.php';
"""


def test_php(built: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "index.php").write_text(f"<?php\n{snippets('php')[0]}")
    (tmp_path / "server.php").write_text(PHP_HANDLER)
    (port,) = free_ports(1)
    env = {**built, "WEBHOOK_SECRET": SECRET}
    command = ["php", "-S", f"127.0.0.1:{port}", "server.php"]
    with running([Server("PHP", command, tmp_path, env, log=tmp_path / "log", port=port)]):
        assert post(port, SIGNATURE) == (200, PRINTED)
        assert post(port, FORGED) == (400, "signature_mismatch")


C_PROGRAM = r"""
#include <payvost_webhooks.h>
#include <stdio.h>
#include <string.h>

static int refuse(const char *code) { puts(code); return 1; }

int main(int count, char **arguments) {
    const char *secret = arguments[1], *body = arguments[2], *header = arguments[3];
    size_t body_len = strlen(body), header_len = strlen(header);
    payvost_event *event;
    payvost_error error;
    if (count != 4) return 2;
    SNIPPET
    printf("%.*s\n", (int)id.len, id.data);
    payvost_event_free(event);
    payvost_verifier_free(verifier);
    return 0;
}
"""


def test_c(built: dict[str, str], tmp_path: Path) -> None:
    # What the snippet leaves to the reader: that the verifier was made.
    code = snippets("c")[0].replace("payvost_verifier_new(", "if (payvost_verifier_new(")
    code = code.replace("&verifier, &error);", "&verifier, &error) != PAYVOST_OK) return 3;")
    (tmp_path / "readme.c").write_text(C_PROGRAM.replace("SNIPPET", code))
    flags = subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "payvost_webhooks"], env=built, text=True
    )
    command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "readme.c", "-o", "readme"]
    subprocess.run([*command, *flags.split()], cwd=tmp_path, env=built, check=True)

    def run(signature: str) -> tuple[int, str]:
        arguments = [str(tmp_path / "readme"), SECRET, BODY.decode(), signature]
        result = subprocess.run(arguments, env=built, capture_output=True, text=True)
        return result.returncode, result.stdout

    assert run(SIGNATURE) == (0, f"{EVENT['id']}\n")
    assert run(FORGED) == (1, "signature_mismatch\n")


RUST_PROGRAM = """
use std::collections::HashMap;

fn receive(secret: &str, body: &[u8], headers: &HashMap<&str, String>) -> Result<(), payvost_webhooks::Error> {
    SNIPPET
    Ok(())
}

fn main() {
    let [secret, body, signature] = <[String; 3]>::try_from(std::env::args().skip(1).collect::<Vec<_>>()).unwrap();
    let headers = HashMap::from([("payvost-signature", signature)]);
    if let Err(error) = receive(&secret, body.as_bytes(), &headers) {
        println!("{}", error.code());
    }
}
"""


def test_rust(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(RUST_PROGRAM.replace("SNIPPET", snippets("rust")[0]))
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

    assert EVENT["type"] in run(SIGNATURE)
    assert EVENT["data"]["id"] in run(SIGNATURE)
    assert run(FORGED) == "signature_mismatch\n"


def test_the_commands_exist() -> None:
    commands = set(re.findall(r"\bmake (?:-s )?([a-z][a-z-]*)", README))

    assert {"demo", "test", "help", "env", "build", "install", "docs"} <= commands
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


def post(port: int, signature: str) -> tuple[int, str]:
    headers = {"Payvost-Signature": signature, "Content-Type": "application/json"}
    delivery = urllib.request.Request(f"http://127.0.0.1:{port}/", BODY, headers)
    try:
        with urllib.request.urlopen(delivery, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
