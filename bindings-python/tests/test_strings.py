"""Strings of all sizes and kinds of characters, raw and escaped, compared with json.loads."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from samples import SECRET, envelope, signed

from payvost_webhooks import InvalidPayloadError, verify_webhook

# Characters for each unit size, and ones whose escapes are shorter or longer than their encoding.
CHARACTERS = ["x", "é", "Ж", "語", "🦊"]
# Around the block size, and the limit between short and long strings.
LENGTHS = [0, 1, 7, 15, 16, 17, 40, 1007, 1008, 1015, 1023, 1024, 1025, 1040, 2047, 5000]


def verified(data: bytes) -> Any:
    payload = envelope(data)
    found = verify_webhook(payload, signed(payload), SECRET)
    assert found == json.loads(payload)
    return found["data"]["it"]


def escaped(text: str) -> bytes:
    return json.dumps(text).encode()


def raw(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


@pytest.mark.parametrize("length", LENGTHS)
def test_a_character_of_each_size_at_each_end(length: int) -> None:
    texts = [
        before + "a" * length + after
        for before, after in itertools.product(["", '"', *CHARACTERS], repeat=2)
    ]
    for write in (escaped, raw):
        verified(b"[" + b",".join(map(write, texts)) + b"]")


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("length", LENGTHS)
def test_repetitions_of_one_character(character: str, length: int) -> None:
    for end in ("", "\n", "é", "🦊"):
        text = character * length + end
        verified(b"[" + escaped(text) + b"," + raw(text) + b"]")
        verified(b"{" + escaped(text) + b':0,"other":' + raw(text) + b"}")


def test_long_strings_of_all_kinds_in_any_order() -> None:
    texts = [character * 3000 + "\n" for character in CHARACTERS]
    for order in itertools.permutations(texts):
        verified(b"[" + b",".join(map(escaped, order)) + b"]")
        verified(b"[" + b",".join(map(raw, order)) + b"]")
        verified(b"[" + b",".join(escaped(text) + b"," + raw(text) for text in order) + b"]")


def test_strings_have_the_same_representation_as_in_python() -> None:
    """A string with oversized units would not work as a dict key."""
    # Strings of one character may be shared, and may have grown.
    for length in LENGTHS[2:]:
        for character in CHARACTERS:
            for write in (escaped, raw):
                text = character * length
                (found,) = verified(b"[" + write(text) + b"]")
                assert found.__sizeof__() == json.loads(write(text)).__sizeof__()
                assert {text: 1}[found] == 1


@pytest.mark.parametrize(
    "fault",
    [
        r"\x",
        r"\u12",
        r"\u12g4",
        r"\u 123",
        r"\u00e",
        r"\ud83e",
        r"\ud83e\n",
        r"\ud83e\u0041",
        r"\udd8a",
        r"\u0041\ud83e",
        r"\U0041",
        r"\'",
        r"\é",
        "\\\u00ff",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 15, 16, 40, 63, 64, 1020, 5000])
def test_an_invalid_escape_is_found_everywhere(fault: str, place: int) -> None:
    at = 6 if fault.startswith(r"\u0041\u") else 0
    for before in ("a" * place, "語" * (place // 3), r"\u8a9e" * (place // 6), "\\\\" * place):
        for after in ("", "y" * 40, "語" * 700):
            string = f'"{before}{fault}{after}"'.encode()
            for head, tail in ((b'[0,"', b'"]'), (b'{"', b'":0}'), (b'{"a":1,"b":"', b'"}')):
                payload = envelope(head + string[1:-1] + tail)
                with pytest.raises(InvalidPayloadError) as found:
                    verify_webhook(payload, signed(payload), SECRET)
                offset = payload.index(string[1:-1]) + len(before.encode()) + at
                assert (found.value.code, found.value.offset) == ("invalid_json", offset)
