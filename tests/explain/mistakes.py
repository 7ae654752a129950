"""Random deliveries with one mistake each, of every kind that ``explain`` names, made without the library."""

import base64
import gzip
import hashlib
import hmac
import html
import json
import urllib.parse
import zlib
from dataclasses import dataclass, field
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "docs" / "events.md"
NAMES = (
    "John Doe",
    "José Núñez",
    "Zoë",
    "山田太郎",
    "O'Brien & Sons <Ltd>",
    "Łukasz 😀",
    "Anna/Maria",
    "a=b+c",
)


@dataclass
class Delivery:
    """What arrived, what was signed, and what was done to it."""

    kind: str
    body: bytes
    headers: list
    secret: bytes
    signed: bytes
    detail: str = ""
    other_secrets: list = field(default_factory=list)
    other_bodies: list = field(default_factory=list)

    def line(self):
        return json.dumps(
            {
                "body": self.body.hex(),
                "headers": [header.hex() for header in self.headers],
                "secret": self.secret.hex(),
                "other_secrets": [secret.hex() for secret in self.other_secrets],
                "other_bodies": [body.hex() for body in self.other_bodies],
            }
        )


def sign(body, secret):
    return hmac.new(secret, body, hashlib.sha256).hexdigest().encode()


def event(random):
    """A value as the provider sends it, with fields beyond the documented ones now and then."""
    data = {
        "id": f"pay_{random.randrange(10**9)}",
        "amount": f"{random.randrange(10**5)}.{random.randrange(100):02}",
        "currency": random.choice(["USD", "EUR", "NGN"]),
        "status": random.choice(["pending", "succeeded", "failed"]),
        "customer": {
            "email": f"user{random.randrange(1000)}@example.com",
            "name": random.choice(NAMES),
        },
        "metadata": {"orderId": f"order_{random.randrange(10**5)}"},
    }
    if random.random() < 0.3:
        data["metadata"]["url"] = f"https://example.com/orders/{random.randrange(99)}?a=1&b=2"
    if random.random() < 0.2:
        data["metadata"]["note"] = random.choice(NAMES)
    kind = "payment.succeeded"
    if random.random() < 0.3:
        kind = "wallet.balance_updated"
        data = {
            "id": f"acc_{random.randrange(10**9)}",
            "balance": "1000.00",
            "previousBalance": "950.00",
            "change": f"+{random.randrange(1, 99)}.00",
        }
    if random.random() < 0.2:
        data["fee"] = random.choice([0.5, 1.25, 12.75, 3, 0.1, 100.01])
    return {
        "id": f"evt_{random.randrange(10**12)}",
        "type": kind,
        "createdAt": "2025-11-01T10:00:00Z",
        "liveMode": random.random() < 0.5,
        "data": data,
        "previousData": {"status": "pending"} if random.random() < 0.2 else None,
    }


def original(random):
    """The bytes that the provider signs: as JSON.stringify writes them, mostly."""
    value = event(random)
    style = random.random()
    if style < 0.8:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    if style < 0.9:
        return json.dumps(value).encode()
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def secret(random):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    style = random.random()
    if style < 0.4:
        return b"whsec_" + base64.b64encode(random.randbytes(24))
    if style < 0.5:
        return ("whsec_" + "".join(random.choice(alphabet) for _ in range(20)) + "&<").encode()
    return ("whsec_" + "".join(random.choice(alphabet) for _ in range(32))).encode()


def simple(kind, random):
    """A delivery with one mistake that needs no other language; ``None`` where the bytes do not allow it."""
    body, key = original(random), secret(random)
    signature = sign(body, key)
    made = Delivery(kind, body, [signature], key, body)
    return made if CHANGES[kind](made, random) is not False else None


def other_body(random):
    return original(random)


def change_secret(change):
    def apply(made, random):
        changed = change(made.secret, random)
        if changed is None or changed == made.secret:
            return False
        made.secret = changed
        return True

    return apply


def change_body(change):
    def apply(made, random):
        changed = change(made.body, random)
        if changed is None or changed == made.body:
            return False
        made.body = changed
        return True

    return apply


def change_signed(change):
    """The sender signs a changed body; the plain one arrives."""

    def apply(made, random):
        changed = change(made.body, random)
        if changed is None or changed == made.body:
            return False
        made.signed = changed
        made.headers = [sign(changed, made.secret)]
        return True

    return apply


def change_header(change):
    def apply(made, random):
        changed = change(made.headers[0], random)
        if changed is None or changed == made.headers[0]:
            return False
        made.headers = [changed]
        return True

    return apply


def decoded_secret(key, random):
    try:
        return base64.b64decode(key.removeprefix(b"whsec_"), validate=True)
    except ValueError:
        return None


def other_endpoint(made, random):
    made.other_secrets = [secret(random), made.secret, secret(random)]
    made.secret = secret(random)


def api_key(made, random):
    made.secret = (
        random.choice([b"sk_live_", b"sk_test_", b"pk_test_"]) + random.randbytes(9).hex().encode()
    )


def other_event(made, random):
    made.other_bodies = [other_body(random), made.body, other_body(random)]
    made.body = other_body(random)


def other_algorithm(made, random):
    names = ["md5", "sha1", "sha224", "sha384", "sha512"]
    made.headers = [
        random.choice(
            [
                hmac.new(made.secret, made.body, random.choice(names)).hexdigest().encode(),
                hashlib.new(random.choice([*names, "sha256"]), made.body).hexdigest().encode(),
                hashlib.sha256(made.secret + made.body).hexdigest().encode(),
                hashlib.sha256(made.body + made.secret).hexdigest().encode(),
                hmac.new(made.body, made.secret, "sha256").hexdigest().encode(),
                b"t=1761991200,v1=" + sign(b"1761991200." + made.body, made.secret),
                base64.b64encode(hmac.new(made.secret, made.body, "sha1").digest()),
            ]
        )
    ]


def truncated(made, random):
    """The last bytes are missing. Without the whole body, nobody can tell more than a few."""
    if random.random() < 0.5:
        made.other_bodies = [made.body]
        made.body = made.body[: random.randrange(1, len(made.body))]
        return True
    closing = len(made.body) - len(made.body.rstrip(b'}]" \n'))
    if made.body.rstrip(b"}\n").endswith(b"null"):
        closing = len(b"null}")
    made.body = made.body[: -random.randrange(1, closing + 1)]
    return True


def recoded(body, random):
    text = body.decode()
    return random.choice(
        [
            lambda: text.encode("latin-1", "strict"),
            lambda: body.decode("latin-1").encode(),
            lambda: body.decode("cp1252").encode(),
            lambda: text.encode("utf-16"),
            lambda: text.encode("utf-16-le"),
            lambda: text.encode("utf-16-be"),
        ]
    )()


def attempted(change):
    def apply(body, random):
        try:
            return change(body, random)
        except UnicodeError:
            return None

    return apply


def with_lines(body, random):
    """A body of several lines, whatever the provider's style."""
    return body if b"\n" in body else None


def crlf(made, random):
    made.body = made.signed = json.dumps(event(random), indent=2, ensure_ascii=False).encode()
    if random.random() < 0.5:
        made.signed = made.signed.replace(b"\n", b"\r\n")
    else:
        made.body = made.body.replace(b"\n", b"\r\n")
    made.headers = [sign(made.signed, made.secret)]


def doubled(made, random):
    signature = made.headers[0]
    made.headers = random.choice(
        [
            [signature + b", " + signature],
            [signature + b"," + signature],
            [signature * 2],
            [signature] * 2,
        ]
    )


def key_order(body, random):
    value = json.loads(body)
    if random.random() < 0.5:
        value = dict(sorted(value.items()))
        value["data"] = dict(sorted(value["data"].items()))
    else:
        value["data"] = dict(random.sample(sorted(value["data"].items()), len(value["data"])))
    return like(body, value)


def unicode_escaped(body, random):
    text = body.decode()
    return "".join(
        character if character.isascii() else json.dumps(character)[1:-1] for character in text
    ).encode()


def like(body, value):
    """The value in the style of the body."""
    if body.startswith(b'{"id": '):
        return json.dumps(value).encode()
    if body.startswith(b"{\n"):
        return json.dumps(value, indent=2, ensure_ascii=False).encode()
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def form(body, random):
    return random.choice(
        [
            b"payload=" + urllib.parse.quote_plus(body).encode(),
            urllib.parse.quote_plus(body).encode(),
            urllib.parse.quote(body).encode() + b"=",
        ]
    )


CHANGES = {
    "secret_newline": change_secret(lambda key, random: key + random.choice([b"\n", b"\r\n"])),
    "secret_whitespace": change_secret(
        lambda key, random: random.choice(
            [b" " + key, key + b" ", key + b"\t", "\u200b".encode() + key, key + "\u00a0".encode()]
        )
    ),
    "secret_quoted": change_secret(lambda key, random: random.choice([b'"%s"', b"'%s'"]) % key),
    "secret_html_escaped": change_secret(lambda key, random: html.escape(key.decode()).encode()),
    "secret_is_api_key": api_key,
    "secret_prefix_stripped": change_secret(lambda key, random: key.removeprefix(b"whsec_")),
    "secret_base64_decoded": change_secret(decoded_secret),
    "secret_of_other_endpoint": other_endpoint,
    "body_key_order": change_body(key_order),
    "body_unicode_escaped": change_body(unicode_escaped),
    "body_crlf": crlf,
    "body_trailing_newline": change_body(
        lambda body, random: body + random.choice([b"\n", b"\r\n"])
    ),
    "body_bom": change_body(lambda body, random: b"\xef\xbb\xbf" + body),
    "body_trimmed": change_signed(
        lambda body, random: random.choice(
            [b" " + body, b"\n" + body + b"\n", body + b"  ", body + b"\n\n"]
        )
    ),
    "body_truncated": truncated,
    "body_form_encoded": change_body(form),
    "body_base64": change_body(lambda body, random: base64.b64encode(body)),
    "body_compressed": change_body(
        lambda body, random: random.choice(
            [gzip.compress(body), zlib.compress(body), zlib.compress(body, 1)]
        )
    ),
    "body_recoded": change_body(attempted(recoded)),
    "signature_uppercase": change_header(lambda header, random: header.upper()),
    "signature_base64": change_header(
        lambda header, random: base64.b64encode(bytes.fromhex(header.decode()))
    ),
    "signature_prefixed": change_header(
        lambda header, random: (
            random.choice([b"sha256=", b"v1=", b"v1,", b"SHA2-256(stdin)= ", b"0x"]) + header
        )
    ),
    "signature_truncated": change_header(lambda header, random: header[: random.randrange(32, 64)]),
    "signature_doubled": doubled,
    "signature_whitespace": change_header(
        lambda header, random: random.choice(
            [header + b"\n", b" " + header, header[:32] + b"\r\n " + header[32:], header + b" "]
        )
    ),
    "signature_of_other_algorithm": other_algorithm,
    "signature_of_other_event": other_event,
    "unknown": lambda made, random: setattr(made, "headers", [random.randbytes(32).hex().encode()]),
}
