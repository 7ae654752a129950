"""The comparisons, and the target of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.measurements import BODIES, MILLION_KEYS, Measurements

HOSTS = {
    "python": "Python",
    "node": "Node.js",
    "php": "PHP",
    "c": "C",
    "rust": "Rust",
    "http": "HTTP",
}

BODY_TITLES = {
    "1-kib": "1 KiB",
    "4-kib": "4 KiB",
    "32-kib": "32 KiB",
    "32-kib-utf8": "32 KiB, not ASCII",
    "1-mib-objects": "1 MiB of small objects",
    "1-mib-strings": "1 MiB of long strings",
    "1-mib-escapes": "1 MiB of `\\u` escapes",
    "1-mib-keys": "60 000 keys",
}

# The best whole verification that can be written by hand with the host's tools. The fastest of several counts.
BY_HAND = {
    "python": (("tuned",), "`hmac.digest` + `orjson`"),
    "node": (("safe", "tuned"), "`createHmac` + `timingSafeEqual` + `JSON.parse`, tuned"),
    "php": (("safe",), "`hash_hmac` + `hash_equals` + `json_decode`"),
    "c": (("tuned",), "OpenSSL keyed once + cJSON"),
    "rust": (("tuned",), "`ring` keyed once + `serde_json::Value`"),
}

# Where a host's own parser is nearly as fast, a narrow lead on one machine would be none on another.
AHEAD = {
    **{("python", case): 1.1 for case in BODY_TITLES if case != "1-kib"},
    ("node", "1-mib-keys"): 1.1,
}

HASHES = {
    "python": "`hmac.digest` alone",
    "node": "`createHmac` alone",
    "php": "`hash_hmac` alone",
    "c": "OpenSSL keyed once",
    "rust": "`ring::hmac::sign` keyed once",
}


@dataclass(frozen=True)
class Row:
    """One comparison. A row has one of the two limits, or none if it is for orientation."""

    section: str
    language: str
    title: str
    against: str
    ours_nanoseconds: float
    their_nanoseconds: float
    # How many times as fast as theirs.
    at_least: float | None = None
    # How many times their time.
    at_most: float | None = None

    @property
    def host(self) -> str:
        return HOSTS[self.language]

    @property
    def ratio(self) -> float:
        if self.at_most is None:
            return self.their_nanoseconds / self.ours_nanoseconds
        return self.ours_nanoseconds / self.their_nanoseconds

    @property
    def holds(self) -> bool | None:
        if self.at_least is not None:
            return self.ratio >= self.at_least
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return None


def rows(measured: Measurements) -> list[Row]:
    """Every comparison that both sides were measured for."""
    made = []
    for section in (events, signatures, bodies, refusals, servers):
        made += section(measured)
    return made


def events(measured: Measurements) -> Iterator[Row]:
    """The guide's event of 304 bytes, verified and parsed."""
    compare = comparison("The guide's event", measured)
    for language, against, subject, at_least in (
        ("python", "the guide's sample", "guide", 3.8),
        ("python", "`hmac.digest` + `compare_digest` + `orjson`", "tuned", 2.0),
        ("python", "`stripe`", "stripe", 60.0),
        ("python", "`standardwebhooks`", "standardwebhooks", None),
        ("node", "the guide's sample", "guide", None),
        ("node", "the guide's sample with `timingSafeEqual`", "safe", 2.3),
        ("node", "the same, tuned by hand", "tuned", None),
        ("node", "`stripe`", "stripe", 3.2),
        ("node", "`standardwebhooks`", "standardwebhooks", None),
        ("php", "the guide's sample", "guide", None),
        ("php", "the guide's sample with `hash_equals`", "safe", 2.8),
        ("c", "OpenSSL `HMAC()`, the signature alone", "openssl-one-shot", 2.2),
        ("c", "OpenSSL `EVP_MAC` keyed once, the signature alone", "openssl-keyed", None),
        ("c", "OpenSSL `HMAC_CTX` keyed once + cJSON", "tuned", None),
    ):
        yield from compare(language, "verifier", against, "event", ("ours",), (subject,), at_least)
        if subject == "guide":
            title = "one call without a verifier"
            yield from compare(language, title, against, "event", ("ours-once",), (subject,), None)


def signatures(measured: Measurements) -> Iterator[Row]:
    """What Rust's two halves take: the signature, and the strict parse."""
    section = "The two halves, in Rust"
    for case, title, at_most in (("event", "304 B", 1.10), ("64-kib", "64 KiB", 1.03)):
        ours = measured.time("rust", case, "ours-signature")
        theirs = measured.time("rust", case, "ring")
        if ours and theirs:
            against = "`ring::hmac::verify` keyed once"
            title = f"the signature alone, {title}"
            yield Row(section, "rust", title, against, ours, theirs, at_most=at_most)

    whole = measured.time("rust", "event", "ours")
    signature = measured.time("rust", "event", "ours-signature-again")
    lenient = measured.time("rust", "event", "serde_json")
    if whole and signature and lenient:
        title, parse = "the strict parse, 304 B", whole - signature
        yield Row(section, "rust", title, "our signature alone", parse, signature, at_most=1.0)
        yield Row(section, "rust", title, "`serde_json` into `Value`", parse, lenient)


def bodies(measured: Measurements) -> Iterator[Row]:
    """Larger bodies against the best that can be written by hand."""
    section = "Larger bodies, verified and parsed"
    compare = comparison(section, measured)
    for language, (subjects, against) in BY_HAND.items():
        for case, title in BODY_TITLES.items():
            at_least = AHEAD.get((language, case), 1.0)
            yield from compare(language, title, against, case, ("ours",), subjects, at_least)

    many = per_byte(measured, MILLION_KEYS)
    fewer = per_byte(measured, "1-mib-keys")
    if many and fewer:
        title = "a million keys in one object, for each byte"
        yield Row(section, "rust", title, "60 000 keys, for each byte", many, fewer, at_most=3.0)


def per_byte(measured: Measurements, case: str) -> float | None:
    time = measured.time("rust", case, "ours")
    return time and time / (BODIES / f"{case}.json").stat().st_size


def refusals(measured: Measurements) -> Iterator[Row]:
    """A bad signature costs no more than the hash, because the body is not parsed."""
    section = "A bad signature, refused"
    compare = comparison(section, measured)
    for language, hashed in HASHES.items():
        for case, title in (("refusal-event", "304 B"), ("refusal-32-kib", "32 KiB")):
            ours, theirs = (measured.time(language, case, name) for name in ("ours", "hash"))
            if ours and theirs:
                # V8 takes most of it, for an exception with a stack.
                at_most = 1.4 if (language, case) == ("node", "refusal-event") else 1.1
                yield Row(section, language, title, hashed, ours, theirs, at_most=at_most)
        against = "the guide's refusal"
        yield from compare(language, "304 B", against, "refusal-event", ("ours",), ("guide",), None)


def servers(measured: Measurements) -> Iterator[Row]:
    """Receivers with our function, and with the guide's own or one written by hand."""
    compare = comparison("Over HTTP, for each request", measured)
    guide = ("the guide's sample", ("guide",))
    for case, title, (against, subject) in (
        ("flask", "Flask under gunicorn", guide),
        ("express", "Express", guide),
        ("php-fpm", "php-fpm behind nginx", guide),
        ("axum", "axum", ("`hmac` + `serde_json` by hand", ("by-hand",))),
    ):
        yield from compare("http", title, against, case, ("ours",), subject, 1.0)
        against, ours, theirs = "the guide's lookup and mark", ("ours-redis",), ("guide-redis",)
        yield from compare("http", f"{title}, with Redis", against, case, ours, theirs, 1.0)


def comparison(section: str, measured: Measurements) -> Callable[..., Iterator[Row]]:
    def compare(
        language: str,
        title: str,
        against: str,
        case: str,
        ours: tuple[str, ...],
        theirs: tuple[str, ...],
        at_least: float | None,
    ) -> Iterator[Row]:
        ours_time = measured.best(language, case, ours)
        their_time = measured.best(language, case, theirs)
        if ours_time is not None and their_time is not None:
            yield Row(section, language, title, against, ours_time, their_time, at_least=at_least)

    return compare
