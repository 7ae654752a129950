"""Refused deliveries with their causes: what was signed is known here, and the library has to find it."""

import base64
import gzip
import hashlib
import hmac
import html
import json
import urllib.parse
import zlib
from pathlib import Path

from .json_difference import kind_of

SECRET = "whsec_c2VjcmV0IGZvciBleHBsYWlu"
OTHER_SECRET = "whsec_b3RoZXIgZW5kcG9pbnQ="
BODY = (
    '{"id":"evt_1","type":"payment.succeeded","createdAt":"2025-11-01T10:00:00Z","liveMode":true,'
    '"data":{"id":"pay_1","amount":"99.99","customer":{"email":"zoe@example.com","name":"Zoë"}},"previousData":null}'
)
LINES = json.dumps(json.loads(BODY), indent=2, ensure_ascii=False)
OTHER_BODY = BODY.replace("evt_1", "evt_2")
MISMATCH, MALFORMED, INVALID_SECRET = "signature_mismatch", "malformed_signature", "invalid_secret"


def cases():
    """All cases, by family."""
    return {
        "secrets": list(_secrets()),
        "bodies": list(_bodies()),
        "serializers": list(_serializers()),
        "signatures": list(_signatures()),
        "unknown": list(_unknown()),
    }


def case(
    comment,
    *causes,
    verdict=MISMATCH,
    body=BODY,
    signed=None,
    secret=SECRET,
    key=None,
    headers=None,
    secrets=(),
    bodies=(),
):
    """A delivery: ``signed`` and ``key`` are what the sender has, if it is not what the receiver has."""
    headers = (
        [sign(body if signed is None else signed, secret if key is None else key)]
        if headers is None
        else headers
    )
    return {
        "comment": comment,
        "body": text(body),
        "headers": [text(header) for header in headers],
        "secret": text(secret),
        "other_secrets": [text(other) for other in secrets],
        "other_bodies": [text(other) for other in bodies],
        "verdict": verdict,
        "causes": list(causes),
    }


def text(value):
    """A string if it is UTF-8, else its bytes in hex."""
    if isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"hex": value.hex()}


def octets(value):
    return value.encode() if isinstance(value, str) else value


def sign(body, secret, algorithm="sha256"):
    return hmac.new(octets(secret), octets(body), algorithm).hexdigest()


def _secrets():
    def wrong(comment, code, secret, key=SECRET, verdict=MISMATCH, **others):
        return case(comment, code, secret=secret, key=key, verdict=verdict, **others)

    yield wrong("a newline from a file", "secret_newline", SECRET + "\n", verdict=INVALID_SECRET)
    yield wrong("a newline of Windows", "secret_newline", SECRET + "\r\n", verdict=INVALID_SECRET)
    yield wrong("a newline in front", "secret_newline", "\n" + SECRET, verdict=INVALID_SECRET)
    yield wrong("two newlines", "secret_newline", SECRET + "\n\n", verdict=INVALID_SECRET)
    yield wrong("the sender has the newline", "secret_newline", SECRET, SECRET + "\n")
    yield wrong(
        "both have the newline", "secret_newline", SECRET + "\n", SECRET + "\n", INVALID_SECRET
    )

    yield wrong("a space at the end", "secret_whitespace", SECRET + " ", verdict=INVALID_SECRET)
    yield wrong("a tab in front", "secret_whitespace", "\t" + SECRET, verdict=INVALID_SECRET)
    yield wrong("a zero-width space", "secret_whitespace", "\u200b" + SECRET)
    yield wrong("a no-break space", "secret_whitespace", SECRET + "\u00a0")
    yield wrong("a line break inside", "secret_whitespace", SECRET[:20] + "\n" + SECRET[20:])
    yield wrong("the sender has the space", "secret_whitespace", SECRET, SECRET + " ")

    yield wrong("double quotes", "secret_quoted", f'"{SECRET}"')
    yield wrong("single quotes", "secret_quoted", f"'{SECRET}'")
    yield wrong("quotes that a word processor has turned", "secret_quoted", f"“{SECRET}”")
    yield wrong("one quote", "secret_quoted", f'"{SECRET}')
    yield wrong("the sender has the quotes", "secret_quoted", SECRET, f'"{SECRET}"')

    special = "whsec_a&b<c>'d\"="
    yield wrong("escaped by Python", "secret_html_escaped", html.escape(special), special)
    yield wrong("entities by number", "secret_html_escaped", "whsec_a&#38;b&#x3D;", "whsec_a&b=")
    yield wrong("a plus as an entity", "secret_html_escaped", "whsec_a&#43;b", "whsec_a+b")
    yield wrong("the sender has the entities", "secret_html_escaped", "whsec_a&b", "whsec_a&amp;b")

    for key in ("sk_live_abcdef123456", "sk_test_abcdef123456", "pk_live_abcdef123456"):
        yield wrong(f"an API key: {key[:8]}", "secret_is_api_key", key, verdict=INVALID_SECRET)
    yield wrong("an API key in quotes", "secret_is_api_key", '"sk_live_abcdef123456"')

    yield wrong("the prefix is missing", "secret_prefix_stripped", SECRET.removeprefix("whsec_"))
    yield wrong(
        "the sender has no prefix", "secret_prefix_stripped", SECRET, SECRET.removeprefix("whsec_")
    )
    yield wrong("the prefix of another secret", "secret_prefix_stripped", "abc", "whsec_abc")

    decoded = base64.b64decode(SECRET.removeprefix("whsec_"))
    yield wrong("decoded, as other providers ask for", "secret_base64_decoded", decoded)
    yield wrong("the sender has decoded it", "secret_base64_decoded", SECRET, decoded)
    padded = OTHER_SECRET
    yield wrong(
        "decoded, with padding", "secret_base64_decoded", base64.b64decode(padded[6:]), padded
    )
    for_urls = "whsec_" + base64.urlsafe_b64encode(bytes(range(200, 224))).decode()
    yield wrong(
        "decoded, in the alphabet for URLs",
        "secret_base64_decoded",
        bytes(range(200, 224)),
        for_urls,
    )
    yield wrong(
        "decoded, with bits lost",
        "secret_base64_decoded",
        base64.b64decode("QUJDREVGR0h4eHi="),
        "whsec_QUJDREVGR0h4eHj",
    )

    yield wrong(
        "another endpoint", "secret_of_other_endpoint", SECRET, OTHER_SECRET, secrets=[OTHER_SECRET]
    )
    yield wrong(
        "the last of three",
        "secret_of_other_endpoint",
        SECRET,
        "whsec_3",
        secrets=["whsec_1", "whsec_2", "whsec_3"],
    )
    yield wrong(
        "a file with a newline",
        "secret_of_other_endpoint",
        SECRET,
        OTHER_SECRET,
        secrets=[OTHER_SECRET + "\n"],
    )


def _bodies():
    def wrong(comment, code, body, signed=BODY, **others):
        return case(comment, code, body=body, signed=signed, **others)

    raw = BODY.encode()
    yield wrong("a newline added", "body_trailing_newline", BODY + "\n")
    yield wrong("a newline of Windows added", "body_trailing_newline", BODY + "\r\n")
    yield wrong("a newline dropped", "body_trailing_newline", BODY, BODY + "\n")

    yield wrong("LF became CRLF", "body_crlf", LINES.replace("\n", "\r\n"), LINES)
    yield wrong("CRLF became LF", "body_crlf", LINES, LINES.replace("\n", "\r\n"))
    yield wrong("LF became CR", "body_crlf", LINES.replace("\n", "\r"), LINES)

    mark = b"\xef\xbb\xbf"
    yield wrong("a mark added", "body_bom", mark + raw)
    yield wrong("a mark dropped", "body_bom", BODY, mark + raw)
    yield wrong("two marks added", "body_bom", mark + mark + raw)
    yield wrong(
        "the sender signs the mark", "body_bom", mark + raw, mark + raw, verdict="invalid_json"
    )

    yield wrong("a space in front was dropped", "body_trimmed", BODY, " " + BODY)
    yield wrong("newlines on both sides were dropped", "body_trimmed", BODY, "\n" + BODY + "\n")
    yield wrong("spaces at the end were dropped", "body_trimmed", BODY, BODY + "  ")
    yield wrong("spaces were added", "body_trimmed", "  " + BODY + " ")

    yield wrong("the last bracket is missing", "body_truncated", BODY[:-1])
    yield wrong("the end is a part of null", "body_truncated", BODY[:-3])
    yield wrong(
        "the last field is missing", "body_truncated", BODY[: -len(',"previousData":null}')]
    )
    yield wrong("the last lines are missing", "body_truncated", LINES[:-2], LINES)
    yield wrong("half of a known body", "body_truncated", BODY[:100], bodies=[OTHER_BODY, BODY])

    form = "payload=" + urllib.parse.quote_plus(BODY)
    yield wrong("a field of a form", "body_form_encoded", form)
    yield wrong("percent-encoded", "body_form_encoded", urllib.parse.quote(BODY))
    yield wrong("the key of a form", "body_form_encoded", urllib.parse.quote(BODY) + "=")
    plus = BODY.replace("99.99", "+50.00")
    yield wrong("a plus became a space", "body_form_encoded", plus.replace("+", " "), plus)

    yield wrong("base64", "body_base64", base64.b64encode(raw))
    yield wrong("base64 in a JSON string", "body_base64", b'"' + base64.b64encode(raw) + b'"')
    yield wrong("base64 in lines", "body_base64", base64.encodebytes(raw))
    yield wrong("the sender signs base64", "body_base64", BODY, base64.b64encode(raw))

    raw_deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    yield wrong("gzip", "body_compressed", gzip.compress(raw, mtime=0))
    yield wrong("zlib", "body_compressed", zlib.compress(raw))
    yield wrong("deflate", "body_compressed", raw_deflate.compress(raw) + raw_deflate.flush())
    yield wrong("not compressed at all", "body_compressed", gzip.compress(raw, 0, mtime=0))
    long = BODY.replace("Zoë", "Zoë and many others " * 40)
    yield wrong(
        "gzip of repetitions", "body_compressed", gzip.compress(long.encode(), mtime=0), long
    )

    yield wrong("UTF-8 read as Latin-1", "body_recoded", raw.decode("latin-1"))
    yield wrong(
        "UTF-8 read as windows-1252",
        "body_recoded",
        BODY.replace("ë", "ë€").encode().decode("cp1252"),
        BODY.replace("ë", "ë€"),
    )
    yield wrong("twice", "body_recoded", raw.decode("latin-1").encode().decode("latin-1"))
    yield wrong("Latin-1", "body_recoded", BODY.encode("latin-1"))
    yield wrong("UTF-16 with a mark", "body_recoded", b"\xff\xfe" + BODY.encode("utf-16-le"))
    yield wrong("UTF-16, big-endian", "body_recoded", BODY.encode("utf-16-be"))
    yield wrong("the sender signs UTF-16", "body_recoded", BODY, BODY.encode("utf-16-le"))

    ordered = BODY.replace('"id":"pay_1","amount":"99.99",', '"amount":"99.99","id":"pay_1",')
    yield wrong("two keys changed places", "body_key_order", ordered)
    value = json.loads(BODY)
    yield wrong("the envelope is sorted", "body_key_order", compact(dict(sorted(value.items()))))
    unknown = BODY.replace('"amount":"99.99",', '"zeta":1,"alpha":2,"mid":3,')
    changed = unknown.replace('"zeta":1,"alpha":2,"mid":3,', '"alpha":2,"mid":3,"zeta":1,')
    yield wrong("keys that are not documented", "body_key_order", changed, unknown)
    yield wrong("compared with a body", "body_key_order", ordered, bodies=[OTHER_BODY, BODY])

    yield wrong("ASCII only", "body_unicode_escaped", BODY.replace("ë", "\\u00eb"))
    yield wrong("upper-case digits", "body_unicode_escaped", BODY.replace("ë", "\\u00EB"))
    yield wrong("the sender escapes", "body_unicode_escaped", BODY, BODY.replace("ë", "\\u00eb"))
    yield wrong(
        "an escape of HTML",
        "body_unicode_escaped",
        BODY.replace("Zoë", "\\u003cZoë\\u003e"),
        BODY.replace("Zoë", "<Zoë>"),
    )

    yield wrong(
        "spaces after commas and colons",
        "body_reserialized",
        json.dumps(json.loads(BODY), ensure_ascii=False),
    )
    yield wrong(
        "slashes", "body_reserialized", BODY.replace("Zoë", "a\\/b"), BODY.replace("Zoë", "a/b")
    )
    yield wrong("a JSON text in a JSON string", "body_reserialized", json.dumps(BODY))
    yield wrong("backslashes before quotes", "body_reserialized", BODY.replace('"', '\\"'))
    number = BODY.replace('"99.99"', "%s")
    for signed, received in (
        ("1.0", "1"),
        ("1e10", "10000000000.0"),
        ("100.50", "100.5"),
        ("1E-7", "1.0E-7"),
        ("7", "7.0"),
    ):
        yield wrong(
            f"{signed} became {received}", "body_reserialized", number % received, number % signed
        )
    big = "12345678901234567890"
    yield wrong(
        "a large number has lost its digits",
        "body_reserialized",
        number % "12345678901234567000",
        number % big,
    )
    two = BODY.replace('"99.99"', '1.50,"fee":1e3')
    yield wrong(
        "two numbers of two forms",
        "body_reserialized",
        two.replace("1.50", "1.5").replace("1e3", "1000"),
        two,
    )
    yield wrong("lines, compared with a body", "body_reserialized", LINES, bodies=[BODY])
    sorted_lines = json.dumps(value, indent=4, sort_keys=True)
    yield wrong("sorted, indented, escaped", "body_reserialized", sorted_lines)

    both = LINES.replace("\n", "\r\n") + "\r\n"
    yield case(
        "line ends and a newline", "body_crlf", "body_trailing_newline", body=both, signed=LINES
    )


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _serializers():
    recorded = json.loads(
        (Path(__file__).parent / "recorded" / "serialized.json").read_text("utf-8")
    )
    for entry in recorded:
        signed, received = entry["signed"], entry["received"]
        comment = f"{entry['body']}: {entry['habit']}"
        yield case(comment, kind_of(signed, received), body=received, signed=signed)


def _signatures():
    right = sign(BODY, SECRET)

    def wrong(comment, *codes, headers, verdict=MALFORMED, **others):
        return case(comment, *codes, headers=headers, verdict=verdict, **others)

    raw = bytes.fromhex(right)
    yield wrong("upper case", "signature_uppercase", headers=[right.upper()])
    yield wrong("mixed case", "signature_uppercase", headers=[right[:32] + right[32:].upper()])
    yield wrong("one letter in upper case", "signature_uppercase", headers=[one_upper(right)])

    yield wrong("base64", "signature_base64", headers=[base64.b64encode(raw)])
    yield wrong(
        "base64 for URLs, without padding",
        "signature_base64",
        headers=[base64.urlsafe_b64encode(raw).rstrip(b"=")],
    )
    yield wrong(
        "base64 of the digits", "signature_base64", headers=[base64.b64encode(right.encode())]
    )

    for prefix in ("sha256=", "v1=", "SHA2-256(stdin)= ", "0x", "HMAC-SHA256 "):
        yield wrong(f"the prefix {prefix}", "signature_prefixed", headers=[prefix + right])
    yield wrong("a file name behind it", "signature_prefixed", headers=[right + " *stdin"])
    yield wrong("quotes around it", "signature_prefixed", headers=[f'"{right}"'])
    yield wrong(
        "a prefix and base64",
        "signature_prefixed",
        "signature_base64",
        headers=[b"sha256=" + base64.b64encode(raw)],
    )
    yield wrong(
        "a prefix and upper case",
        "signature_prefixed",
        "signature_uppercase",
        headers=["sha256=" + right.upper()],
    )

    for digits in (63, 40, 33, 32):
        yield wrong(f"{digits} digits", "signature_truncated", headers=[right[:digits]])
    yield wrong("the last 50 digits", "signature_truncated", headers=[right[14:]])

    yield wrong("two headers", "signature_doubled", headers=[right, right])
    yield wrong("joined with a comma", "signature_doubled", headers=[f"{right}, {right}"])
    yield wrong("one after the other", "signature_doubled", headers=[right + right])
    yield wrong("two different ones", "signature_doubled", headers=[sign(BODY, "whsec_old"), right])

    yield wrong("a newline behind it", "signature_whitespace", headers=[right + "\n"])
    yield wrong("a space in front", "signature_whitespace", headers=[" " + right])
    yield wrong("wrapped", "signature_whitespace", headers=[right[:32] + "\r\n\t" + right[32:]])

    for name in ("md5", "sha1", "sha224", "sha384", "sha512"):
        yield wrong(
            f"HMAC with {name}", "signature_of_other_algorithm", headers=[sign(BODY, SECRET, name)]
        )
        plain = hashlib.new(name, BODY.encode()).hexdigest()
        yield wrong(
            f"a hash without a secret: {name}", "signature_of_other_algorithm", headers=[plain]
        )
    schemes = {
        "a hash without a secret": hashlib.sha256(BODY.encode()).hexdigest(),
        "a hash of secret and body": hashlib.sha256((SECRET + BODY).encode()).hexdigest(),
        "a hash of body and secret": hashlib.sha256((BODY + SECRET).encode()).hexdigest(),
        "key and message in the wrong order": sign(SECRET, BODY),
    }
    for comment, header in schemes.items():
        yield wrong(comment, "signature_of_other_algorithm", headers=[header], verdict=MISMATCH)
    timed = "t=1761991200,v1=" + sign("1761991200." + BODY, SECRET)
    yield wrong("a signed time", "signature_of_other_algorithm", headers=[timed])

    yield case(
        "another event",
        "signature_of_other_event",
        body=BODY,
        signed=OTHER_BODY,
        bodies=[OTHER_BODY],
    )
    yield case(
        "the second of two",
        "signature_of_other_event",
        body=BODY,
        signed=OTHER_BODY,
        bodies=[LINES, OTHER_BODY],
    )
    yield case(
        "from a file with a newline",
        "signature_of_other_event",
        signed=OTHER_BODY,
        bodies=[OTHER_BODY + "\n"],
    )

    spaced = json.dumps(json.loads(BODY))
    causes = ("secret_newline", "signature_uppercase", "body_reserialized")
    headers = [right.upper()]
    yield wrong(
        "three mistakes",
        *causes,
        headers=headers,
        verdict=INVALID_SECRET,
        body=spaced,
        secret=SECRET + "\n",
    )


def one_upper(digits):
    place = next(place for place, digit in enumerate(digits) if digit.isalpha())
    return digits[:place] + digits[place].upper() + digits[place + 1 :]


def _unknown():
    right = sign(BODY, SECRET)
    yield case("a genuine delivery", verdict="ok")
    yield case(
        "a genuine delivery beside other secrets",
        verdict="ok",
        secrets=[OTHER_SECRET],
        bodies=[OTHER_BODY],
    )
    yield case("another secret", "unknown", key=OTHER_SECRET)
    yield case("another body", "unknown", signed=OTHER_BODY)
    yield case(
        "another secret that is not among the given ones",
        "unknown",
        key="whsec_x",
        secrets=[OTHER_SECRET],
    )
    yield case("a changed amount", "unknown", body=BODY.replace("99.99", "9999.99"), signed=BODY)
    yield case("no header", "unknown", headers=[], verdict="missing_signature")
    yield case("an empty header", "unknown", headers=[""], verdict="missing_signature")
    yield case(
        "a header of something else", "unknown", headers=["application/json"], verdict=MALFORMED
    )
    yield case("31 digits", "unknown", headers=[right[:31]], verdict=MALFORMED)
    yield case("a wrong digit", "unknown", headers=[("0" if right[0] != "0" else "1") + right[1:]])
    yield case("a body that is not JSON", "unknown", body="hello", verdict="invalid_json")
    yield case("a body that is not an event", "unknown", body="{}", verdict="invalid_event")
    yield case("an empty body", "unknown", body="", signed=BODY)
    yield case("a blank secret", "unknown", secret="  ", key=SECRET, verdict=INVALID_SECRET)
    yield case("no secret", "unknown", secret="", key=SECRET, verdict=INVALID_SECRET)
