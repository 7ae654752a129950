"""Signatures, the forms of the header, and several secrets."""

import base64
import hashlib

from .common import SECRET, bad_json, envelope, refused, sign, valid

ABOUT = "The header Payvost-Signature: lowercase hex HMAC-SHA256 of the raw body."

FLAGS = {
    "Genuine": "Signed as the provider's guide signs (RFC 2104 with SHA-256, lowercase hex).",
    "Secret": "The secret is opaque: its bytes are the key, whatever they look like (RFC 2104 §3).",
    "Rotation": "While a secret is rotated several are given; any of them may match.",
    "Forged": "A signature of the right form that no secret makes of this body.",
    "Altered": "The body is not the one that was signed.",
    "Missing": "No header, or an empty one.",
    "Malformed": "Anything but exactly 64 lowercase hex digits; nothing is stripped.",
}

BODY = envelope(data='{"id":"pay_1","amount":"99.99"}')
GOOD = sign(BODY)
OTHER = "whsec_other"
LONG = "whsec_" + "k" * 200


def malformed(comment, signature):
    return refused(comment, "Malformed", BODY, "malformed_signature", signature=signature)


def forged(comment, signature, **inputs):
    return refused(comment, "Forged", BODY, "signature_mismatch", signature=signature, **inputs)


def altered(comment, body, signed=BODY):
    return refused(comment, "Altered", body, "signature_mismatch", signature=sign(signed))


def keyed(comment, secret):
    return valid(comment, "Genuine Secret", BODY, secrets=[secret])


def rotated(comment, secrets, signer):
    return valid(comment, "Genuine Rotation", BODY, secrets=secrets, signature=sign(BODY, signer))


def flip(signature, index):
    """The signature with the lowest bit of one hex digit flipped."""
    return signature[:index] + format(int(signature[index], 16) ^ 1, "x") + signature[index + 1 :]


GENUINE = [
    valid("a signed event", "Genuine", BODY),
    valid(
        "the body has non-ASCII text: its UTF-8 bytes are signed",
        "Genuine",
        envelope(data='{"name":"Zoë 漢 😀"}'),
    ),
    valid("the body ends in a newline, which is signed too", "Genuine", BODY + "\n"),
    valid(
        "a body of 64 KiB, most of it whitespace",
        "Genuine",
        [(BODY, 1), (" ", 65536 - len(BODY))],
    ),
]

SECRETS = [
    keyed("a secret of one byte", "k"),
    keyed("a secret without the whsec_ prefix", "s3cr3t"),
    keyed(
        "a whsec_ secret that looks like Base64 is not decoded",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ),
    keyed("a secret that looks like hex is not decoded", "deadbeefdeadbeefdeadbeefdeadbeef"),
    keyed("a secret of 63 bytes, one less than the block", "k" * 63),
    keyed("a secret of 64 bytes, exactly the block", "k" * 64),
    keyed("a secret of 65 bytes, which HMAC hashes first", "k" * 65),
    keyed("a secret of 206 bytes", LONG),
    keyed("a secret with spaces inside", "correct horse battery staple"),
    keyed("a secret with a newline inside", "two\nlines"),
    keyed("a secret that is not ASCII", "geheimnis-äöü-密"),
    keyed("a secret of bytes that are not UTF-8", b"\xff\xfe\x80key"),
    keyed("a secret with a NUL inside", "nul\0inside"),
    keyed("a secret that begins with a NUL", "\0key"),
    keyed("a secret that ends in a NUL", "key2\0"),
    keyed("a secret with a no-break space at its end, which is not ASCII whitespace", "key\u00a0"),
    forged(
        "the whsec_ prefix is part of the key: without it another signature comes out",
        sign(BODY, "vectors"),
    ),
    forged("the secret without its last byte", sign(BODY, SECRET[:-1])),
    forged("the secret in upper case", sign(BODY, SECRET.upper())),
    forged("the secret with a newline after it", sign(BODY, SECRET + "\n")),
    forged(
        "a secret is longer than a C string that ends at its NUL",
        sign(BODY, "key2"),
        secrets=["key2\0x"],
    ),
    forged(
        "signed with the hash of a short secret",
        sign(BODY, hashlib.sha256(SECRET.encode()).digest()),
    ),
]

ROTATION = [
    rotated("the first of two secrets", [SECRET, OTHER], SECRET),
    rotated("the last of two secrets", [OTHER, SECRET], SECRET),
    rotated("the middle one of three secrets", ["whsec_a", SECRET, "whsec_c"], SECRET),
    rotated("the last of twenty secrets", [f"whsec_{number}" for number in range(20)], "whsec_19"),
    rotated("the same secret twice", [SECRET, SECRET], SECRET),
    rotated("secrets as text and as bytes in one list", [SECRET, b"\xff\x01"], b"\xff\x01"),
    forged(
        "none of three secrets", sign(BODY, "whsec_d"), secrets=["whsec_a", "whsec_b", "whsec_c"]
    ),
    forged("signed with two secrets joined", sign(BODY, SECRET + OTHER), secrets=[SECRET, OTHER]),
]

FORGED = [
    forged("signed with another secret", sign(BODY, OTHER)),
    forged("the signature of another body", sign(envelope(id='"evt_2"'))),
    forged("the first digit off by one bit", flip(GOOD, 0)),
    forged("the middle digit off by one bit", flip(GOOD, 31)),
    forged("the last digit off by one bit", flip(GOOD, 63)),
    forged("reversed", GOOD[::-1]),
    forged("all zeros", "0" * 64),
    forged("all f", "f" * 64),
    forged("the signature of an empty body", sign("")),
    forged(
        "the plain SHA-256 of the body, without the key",
        hashlib.sha256(BODY.encode()).hexdigest(),
    ),
]

ALTERED = [
    altered("one digit of the amount changed", BODY.replace("99.99", "99.98")),
    altered("one byte less", BODY[:-1]),
    altered("a space after the body", BODY + " "),
    altered("a newline after the body", BODY + "\n"),
    altered("a NUL after the body", BODY + "\0"),
    altered(
        "decoded and encoded again with other spacing", BODY.replace(":", ": ").replace(",", ", ")
    ),
    altered("the line ends changed from LF to CR LF", BODY + "\r\n", BODY + "\n"),
    altered("a BOM put before the body", "\ufeff" + BODY),
    altered("a BOM dropped from the body", BODY, "\ufeff" + BODY),
    altered(
        "a non-ASCII letter written as an escape",
        envelope(id='"ev\\u00e9"'),
        envelope(id='"ev\u00e9"'),
    ),
    altered("an empty body under the signature of another", ""),
    bad_json("an empty body, signed correctly", "Genuine", "^"),
]

HEADER = [
    refused("no header", "Missing", BODY, "missing_signature", signature=None),
    refused("an empty header", "Missing", BODY, "missing_signature", signature=""),
    malformed("upper-case digits", GOOD.upper()),
    malformed("one upper-case digit", GOOD.replace("a", "A", 1)),
    malformed("63 digits", GOOD[:-1]),
    malformed("65 digits", GOOD + "0"),
    malformed("62 digits", GOOD[:-2]),
    malformed("half the digits: a shortened MAC is none", GOOD[:32]),
    malformed("one digit", GOOD[:1]),
    malformed("twice the digits", GOOD + GOOD),
    malformed("a space before", " " + GOOD),
    malformed("a space after", GOOD + " "),
    malformed("a tab after", GOOD + "\t"),
    malformed("a newline after", GOOD + "\n"),
    malformed("CR LF after", GOOD + "\r\n"),
    malformed("a space inside, 64 characters in all", GOOD[:32] + " " + GOOD[33:]),
    malformed("only spaces", " " * 64),
    malformed("one space", " "),
    malformed("the prefix sha256=", "sha256=" + GOOD),
    malformed("the prefix v1=", "v1=" + GOOD),
    malformed("the prefix v1, and nothing after it", "v1,"),
    malformed("a time as other providers send it", f"t=1761991200,v1={GOOD}"),
    malformed("the prefix 0x", "0x" + GOOD),
    malformed("the prefix 0x, 64 characters in all", "0x" + GOOD[2:]),
    malformed("a doubled header, joined with a comma", f"{GOOD},{GOOD}"),
    malformed("a doubled header, joined with a comma and a space", f"{GOOD}, {GOOD}"),
    malformed("a wrong one and the right one", f"{'0' * 64},{GOOD}"),
    malformed("in quotes", f'"{GOOD}"'),
    malformed("as Base64", base64.b64encode(bytes.fromhex(GOOD)).decode()),
    malformed("as the 32 bytes themselves", bytes.fromhex(GOOD)),
    malformed("digits parted by colons", ":".join(GOOD[at : at + 2] for at in range(0, 64, 2))),
    malformed("a letter past f, 64 characters in all", "g" + GOOD[1:]),
    malformed("a slash, the byte before 0", "/" + GOOD[1:]),
    malformed("a colon, the byte after 9", ":" + GOOD[1:]),
    malformed("a backtick, the byte before a", "`" + GOOD[1:]),
    malformed("a sign before the last digits, which some number parsers take", GOOD[:62] + "+1"),
    malformed("a NUL after", GOOD + "\0"),
    malformed("a NUL inside, 64 bytes in all", GOOD[:40] + "\0" + GOOD[41:]),
    malformed("a NUL alone", "\0"),
    malformed("non-ASCII text of 64 characters", "é" * 64),
    malformed("non-ASCII text of 64 bytes", "é" * 32),
    malformed("full-width digits", "".join(chr(ord(digit) + 0xFEE0) for digit in GOOD)),
    malformed("Arabic-Indic digits", "\u0661" * 64),
    malformed("a zero-width space after", GOOD + "\u200b"),
    malformed("a BOM before", "\ufeff" + GOOD),
    malformed("bytes that are not UTF-8", b"\xff" * 64),
    malformed(
        "the right digits and one byte with its high bit set",
        GOOD[:63].encode() + bytes([ord(GOOD[63]) | 0x80]),
    ),
    malformed("the word null", "null"),
    malformed("ten thousand digits", "0" * 10000),
]

CASES = GENUINE + SECRETS + ROTATION + FORGED + ALTERED + HEADER
