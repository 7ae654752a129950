"""The work of receivers. ``maturin build --pgo`` records a profile of it, with which it builds the wheel.

Its bodies are not those of the benchmarks: what the profile gains has to show on bodies that it has not seen.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable, Iterator

from payvost_webhooks import SignatureVerificationError, WebhookVerifier, sign, verify_webhook

SECRET = "whsec_7bq0nX2wVhL5tYc9RkEoZs1UdGmJf4Pa"
MIB = 1 << 20
# Every kind of body takes part with about as many bytes, so that short ones count as much as long ones.
BYTES = 4 * MIB

PLACES = (
    "Lisbon",
    "Porto",
    "Évora",
    "Kraków",
    "Ἀθῆναι",
    "Київ",
    "서울",
    "São Paulo",
    "Leeds",
    "Ghent",
)
SENTENCES = (
    "Collect the parcel from the counter before noon.",
    "The second instalment is due\tin March.\n",
    'Quote reference "B/17" when you call; the path is C:\\invoices\\open.',
    "Der Betrag wird in zwei Raten überwiesen.",
    "Оплата прошла успешно, чек отправлен.",
    "서명은 배송 시 필요합니다. 🎁",
)


def main() -> None:
    verifier = WebhookVerifier(SECRET)
    chance = random.Random(1)
    for bodies in (events(chance), lists(chance), long_texts(chance), many_keys(chance)):
        for body in bodies:
            train(verifier, body)


def train(verifier: WebhookVerifier, payload: bytes) -> None:
    signature, forged = sign(payload, SECRET), sign(payload, "whsec_another")
    repetitions = max(1, BYTES // 8 // len(payload))
    for _ in range(repetitions):
        verifier.verify(payload, signature)
    for _ in range(repetitions // 16):
        verify_webhook(payload, signature, SECRET)
        try:
            verifier.verify(payload, forged)
        except SignatureVerificationError:
            continue


def envelope(data: object, chance: random.Random, *, ensure_ascii: bool = False) -> bytes:
    event = {
        "id": f"evt_{word(chance, 12)}",
        "type": chance.choice(
            ("transfer.completed", "invoice.paid", "refund.failed", "payout.created")
        ),
        "createdAt": f"2026-0{chance.randrange(1, 10)}-1{chance.randrange(10)}T08:3{chance.randrange(10)}:00Z",
        "liveMode": chance.random() < 0.5,
        "data": data,
        "previousData": None,
    }
    return json.dumps(event, ensure_ascii=ensure_ascii, separators=(",", ":")).encode()


def events(chance: random.Random) -> Iterator[bytes]:
    """Small events with nested objects, each of which looks a little different."""
    for size in range(8):
        yield envelope(
            {**record(chance), "parties": [record(chance) for _ in range(size % 4)]}, chance
        )


def lists(chance: random.Random) -> Iterator[bytes]:
    """Lists of records, from a few kilobytes to nearly the limit."""
    for count in (10, 15, 80, 140, 700, 1200, 2000, 3000):
        yield envelope({"page": 1, "records": [record(chance) for _ in range(count)]}, chance)


def record(chance: random.Random) -> dict[str, object]:
    makers: dict[str, Callable[[], object]] = {
        "ref": lambda: word(chance, 10),
        "accountNumber": lambda: str(chance.randrange(10**9, 10**10)),
        "city": lambda: chance.choice(PLACES),
        "total": lambda: f"{chance.randrange(1, 10**6)}.{chance.randrange(100):02}",
        "rate": lambda: round(chance.uniform(0.5, 140), 4),
        "attempt": lambda: chance.randrange(1, 6),
        "issuedAt": lambda: chance.randrange(1_700_000_000, 1_800_000_000),
        "reversible": lambda: chance.random() < 0.5,
        "memo": lambda: chance.choice((None, "", "monthly rent", "thanks", SENTENCES[0])),
        "labels": lambda: [
            word(chance, chance.randrange(3, 9)) for _ in range(chance.randrange(4))
        ],
        "payer": lambda: {
            "name": word(chance, 8).title(),
            "country": word(chance, 2).upper(),
            "score": chance.randrange(100),
        },
    }
    return {key: make() for key, make in makers.items()}


def long_texts(chance: random.Random) -> Iterator[bytes]:
    """Long strings, as they are and with everything escaped that is not ASCII."""
    for count, ensure_ascii in (
        (4, False),
        (40, False),
        (100, False),
        (4, True),
        (40, True),
        (60, True),
    ):
        notes = [
            "".join(chance.choices(SENTENCES, k=chance.randrange(5, 150))) for _ in range(count)
        ]
        yield envelope({"notes": notes}, chance, ensure_ascii=ensure_ascii)


def many_keys(chance: random.Random) -> Iterator[bytes]:
    """Objects that are used as tables."""
    for count in (600, 5_000, 30_000):
        yield envelope({word(chance, 11): chance.randrange(1000) for _ in range(count)}, chance)


def word(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=length))


if __name__ == "__main__":
    main()
