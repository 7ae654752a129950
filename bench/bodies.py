"""Makes the bodies for the timings of each language, the same in each run.

python3 -m bench.bodies FOLDER [BODY…]      default: all of them
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

# The event in the provider's guide, on one line.
GUIDE_EVENT = {
    "id": "evt_abc123xyz",
    "type": "payment.succeeded",
    "createdAt": "2025-11-01T10:00:00Z",
    "liveMode": True,
    "data": {
        "id": "pay_def456uvw",
        "amount": "99.99",
        "currency": "USD",
        "status": "succeeded",
        "customer": {"email": "customer@example.com", "name": "John Doe"},
        "metadata": {"orderId": "order_12345"},
    },
    "previousData": None,
}
GUIDE_EVENT_BYTES = 304

KIB = 1024
MIB = 1024 * KIB

WORDS = "blue green small large cotton wool leather summer winter light heavy classic slim organic".split()
NAMES = ("Zoë Müller", "José Núñez", "Łukasz Żak", "山田 太郎", "Анна Иванова", "Siobhán Ó Briain")
TEXTS = (
    "The customer asked for a delivery after six o'clock, and to ring twice at the blue door. ",
    "Straße und Hausnummer stehen auf dem Schild; bitte nicht beim Nachbarn abgeben. ",
    'She wrote: "please leave it with the concierge",\nthen\tgave a number\\extension. ',
    "配達は午後六時以降にお願いします。青いドアのベルを二回鳴らしてください。",
    "Merci de sonner à l'entrée côté cour… le code change chaque semaine 🙂. ",
)


def body(name: str) -> bytes:
    made = MAKERS[name]()
    assert name != "event" or len(made) == GUIDE_EVENT_BYTES
    return made


def compact(value: object, *, ensure_ascii: bool = False) -> bytes:
    return json.dumps(value, ensure_ascii=ensure_ascii, separators=(",", ":")).encode()


def event(data: object) -> dict[str, object]:
    return {**GUIDE_EVENT, "data": {"id": "pay_def456uvw", "details": data}}


def filled(
    limit: int, make: Callable[[random.Random], Iterator[object]], *, ensure_ascii: bool = False
) -> bytes:
    """An event with as many entries as fit into the limit."""
    entries: list[object] = []
    length = len(compact(event(entries)))
    for entry in make(random.Random(limit)):
        length += len(compact(entry, ensure_ascii=ensure_ascii)) + bool(entries)
        if length > limit:
            break
        entries.append(entry)
    return compact(event(entries), ensure_ascii=ensure_ascii)


def items(chance: random.Random, buyers: tuple[str, ...] = ("John Doe",)) -> Iterator[object]:
    """The lines of an order: many small objects."""
    number = 0
    while True:
        number += 1
        price = chance.randrange(100, 100_000)
        yield {
            "id": f"item_{chance.getrandbits(48):012x}",
            "position": number,
            "description": " ".join(chance.sample(WORDS, 3)),
            "buyer": chance.choice(buyers),
            "quantity": chance.randrange(1, 20),
            "unitPrice": f"{price // 100}.{price % 100:02}",
            "weight": round(chance.uniform(0.1, 30), 3),
            "taxable": chance.random() < 0.8,
            "discount": None,
            "tags": chance.sample(WORDS, 2),
        }


def items_utf8(chance: random.Random) -> Iterator[object]:
    """The same, where one name in three is not ASCII."""
    return items(chance, NAMES + ("John Doe", "Jane Roe") * len(NAMES))


def texts(chance: random.Random) -> Iterator[object]:
    """Long strings, with escapes and with characters that are not ASCII."""
    while True:
        yield {"note": "".join(chance.choice(TEXTS) for _ in range(chance.randrange(20, 120)))}


def keyed(count: int) -> bytes:
    """One object with many keys."""
    return compact(event({f"pay_{number:07}": number % 10 for number in range(count)}))


# Those of 1 MiB are as long as the default limit allows, or a little shorter.
MAKERS: dict[str, Callable[[], bytes]] = {
    "event": lambda: compact(GUIDE_EVENT),
    "1-kib": lambda: filled(KIB, items),
    "4-kib": lambda: filled(4 * KIB, items),
    "32-kib": lambda: filled(32 * KIB, items),
    "32-kib-utf8": lambda: filled(32 * KIB, items_utf8),
    "1-mib-objects": lambda: filled(MIB, items_utf8),
    "1-mib-strings": lambda: filled(MIB, texts),
    "1-mib-escapes": lambda: filled(MIB, texts, ensure_ascii=True),
    "1-mib-keys": lambda: keyed(60_000),
    "million-keys": lambda: keyed(1_000_000),
}


def main(folder: Path, names: Iterable[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.json").write_bytes(body(name))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or MAKERS)
