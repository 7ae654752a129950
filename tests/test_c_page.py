"""The guides to C: their receiver, worker and test, compiled by gcc and by clang, work."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.kit import cases
from tests.kit.cases import EVENT, SECRET, Case, compact, genuine
from tests.kit.paths import ROOT

ALL_CASES = [case for group in cases.groups() for case in group.cases]

# What an HTTP library would do: it reads deliveries from standard input, each as the length of the
# header (-1 when there is none), that of the body, and both of them, and writes what is answered.
DRIVER = r"""
int main(void) {
    payvost_error error;
    long header_len, body_len;
    if (receiver_start(&error) != 0) {
        fprintf(stderr, "%s", payvost_error_code(&error));
        receiver_stop();
        return 1;
    }
    while (scanf("%ld %ld", &header_len, &body_len) == 2 && getchar() == '\n') {
        char answer[256], *header = NULL, *body = (char *)malloc((size_t)body_len + 1);
        if (header_len >= 0) {
            header = (char *)calloc((size_t)header_len + 1, 1);
            if (fread(header, 1, (size_t)header_len, stdin) != (size_t)header_len) return 2;
        }
        if (fread(body, 1, (size_t)body_len, stdin) != (size_t)body_len) return 2;
        unsigned status = receiver_answer(body, (size_t)body_len, header, answer, sizeof answer);
        printf("%u %s\n", status, answer);
        free(header);
        free(body);
    }
    receiver_stop();
    return 0;
}
"""


# A queue that delivers each job twice, and the first worker's while it is at work.
JOBS_DRIVER = r"""
#include <string.h>

#define PAYLOAD PAYVOST_LITERAL("{\"id\":\"evt_1\",\"type\":\"a.b\",\"createdAt\":\"2025-11-01T10:00:00Z\"," \
                                "\"liveMode\":true,\"data\":{}}")

static const payvost_str key = {PAYVOST_LITERAL("webhook:evt_1")};
static const payvost_str ticket = {PAYVOST_LITERAL("0123456789abcdef0123456789abcdef")};
static payvost_memory_claims *claims;
static int worked, result;

static int work(void *job) {
    worked++;
    if (job != NULL)
        printf("meanwhile %d\n", do_job(claims, key, ticket, work, NULL));
    return result;
}

int main(void) {
    char signature[PAYVOST_SIGNATURE_SIZE];
    payvost_event *event;
    payvost_claim_request *request;
    payvost_claim claim;
    const payvost_str cut = {"0123", 4};
    if (payvost_sign(PAYLOAD, PAYVOST_LITERAL("whsec_page"), signature, NULL) != PAYVOST_OK ||
        payvost_verify_webhook(PAYLOAD, signature, 64, PAYVOST_LITERAL("whsec_page"), &event, NULL) != PAYVOST_OK ||
        payvost_memory_claims_new(0, &claims, NULL) != PAYVOST_OK ||
        payvost_claim_request_new(NULL, event, &request, NULL) != PAYVOST_OK)
        return 2;
    printf("unknown %d\n", do_job(claims, key, ticket, work, NULL));
    if (payvost_memory_claims_claim(claims, request, ticket.data, ticket.len, event, signature, 64, &claim,
                                    NULL) != PAYVOST_OK)
        return 2;
    printf("cut %d\n", do_job(claims, key, cut, work, NULL));
    result = -1;
    printf("fails %d\n", do_job(claims, key, ticket, work, &result));
    result = 0;
    printf("works %d\n", do_job(claims, key, ticket, work, &result));
    printf("again %d\n", do_job(claims, key, ticket, work, &result));
    printf("worked %d\n", worked);
    payvost_claim_request_free(request);
    payvost_memory_claims_free(claims);
    payvost_event_free(event);
    return 0;
}
"""


def compiled(compiler: str, name: str, driver: str, built: dict[str, str], folder: Path) -> Path:
    """The program that the guides introduce by this name, with a ``main`` behind it."""
    pages = "\n".join(page.read_text() for page in (ROOT / "docs/guides/c").glob("*.md"))
    (code,) = re.findall(rf"`{name}\.c`[^`\n]*:\n\n```c\n(.*?)```", pages, re.DOTALL)
    (folder / f"{name}.c").write_text(code + driver)
    flags = subprocess.check_output(
        ["pkg-config", "--cflags", "--libs", "payvost_webhooks"], env=built, text=True
    )
    strict = "-Wall -Wextra -pedantic -Werror -O1".split()
    command = [*compiler.split(), *strict, f"{name}.c", "-o", name, *flags.split()]
    subprocess.run(command, cwd=folder, env=built, check=True)
    return folder / name


@pytest.fixture(scope="session", params=["gcc -std=c11", "clang -std=c11"])
def program(
    request: pytest.FixtureRequest, built: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return compiled(request.param, "receiver", DRIVER, built, tmp_path_factory.mktemp("c"))


def deliver(program: Path, built: dict[str, str], deliveries: list[Case]) -> tuple[list[str], str]:
    """What is answered (status and code), and the log."""
    pieces = []
    for case in deliveries:
        header = ",".join(case.signatures).encode("latin-1") if case.signatures else None
        pieces.append(b"%d %d\n" % (-1 if header is None else len(header), len(case.body)))
        pieces.append((header or b"") + case.body)
    valgrind = ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", str(program)]
    result = subprocess.run(
        valgrind,
        input=b"".join(pieces),
        capture_output=True,
        env={**built, "WEBHOOK_SECRET": SECRET},
    )
    assert result.returncode == 0, result.stderr.decode()
    answers = []
    for line in result.stdout.decode().splitlines():
        status, _, body = line.partition(" ")
        answer = json.loads(body)
        code = "" if answer == {"received": True} else f" {answer['error']['code']}"
        answers.append(status + code)
    return answers, result.stderr.decode()


def test_every_delivery_is_answered_as_the_contract_says(
    program: Path, built: dict[str, str]
) -> None:
    expected = [case.expected for case in ALL_CASES]
    # Of the event of 1 MiB there is no amount.
    failing = [case.name == "exactly 1 MiB" or "Hanzi" in case.name for case in ALL_CASES]
    expected = ["500 handler_failed" if f else e for f, e in zip(failing, expected, strict=True)]

    answers, log = deliver(program, built, ALL_CASES)

    assert dict(zip([case.name for case in ALL_CASES], answers, strict=True)) == dict(
        zip([case.name for case in ALL_CASES], expected, strict=True)
    )
    assert SECRET not in log
    assert "webhook refused: signature_mismatch: " in log
    assert "None of the configured secrets produced this signature" in log


def test_each_event_is_handled_once(program: Path, built: dict[str, str]) -> None:
    paid = genuine("paid", compact(EVENT))
    other = genuine("another", compact({**EVENT, "id": "evt_2", "type": "loyalty.points_earned"}))
    changed = genuine("another body", compact({**EVENT, "data": {"amount": "0.01"}}))
    answers, log = deliver(program, built, [paid, other, paid, changed])

    assert answers == ["200", "200", "200", "409 event_conflict"]
    event = f"{EVENT['type']} {EVENT['id']}"
    conflict = "another webhook event with this id and a different body was received before"
    assert log.splitlines() == [
        f"paid: {EVENT['id']} {EVENT['data']['amount']}",
        f"webhook event handled: {event}",
        "not needed: evt_2 loyalty.points_earned",
        "webhook event handled: loyalty.points_earned evt_2",
        f"webhook event already handled: {event}",
        f"{conflict}: {event}",
    ]


def test_an_event_whose_handler_failed_is_handled_again(
    program: Path, built: dict[str, str]
) -> None:
    failing = genuine("no amount", compact({**EVENT, "data": {}}))
    answers, log = deliver(program, built, [failing, failing])

    assert answers == ["500 handler_failed"] * 2
    assert "(attempt 2, reason raised, error_class returned -1)" in log


def test_no_start_without_a_secret(program: Path, built: dict[str, str]) -> None:
    env = {key: value for key, value in built.items() if key != "WEBHOOK_SECRET"}
    result = subprocess.run([str(program)], env=env, capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (1, "invalid_secret")


@pytest.mark.parametrize("compiler", ["gcc -std=c11", "clang -std=c11"])
def test_a_job_that_comes_twice_is_done_once(
    compiler: str, built: dict[str, str], tmp_path: Path
) -> None:
    worker = compiled(compiler, "jobs", JOBS_DRIVER, built, tmp_path)
    valgrind = ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", str(worker)]
    result = subprocess.run(valgrind, env=built, capture_output=True, text=True)

    assert result.returncode == 0, result.stderr
    dropped, put_back = "0", "1"
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["unknown", dropped],
        ["cut", dropped],
        ["meanwhile", put_back],
        ["fails", put_back],
        ["meanwhile", put_back],
        ["works", dropped],
        ["again", dropped],
        ["worked", "2"],
    ]
    assert result.stderr == "not taken: webhook:evt_1\n"
