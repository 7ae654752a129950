"""Which secrets and options a verifier takes. Each case has a genuine event otherwise."""

from .common import SECRET, envelope, refused, sign, valid

ABOUT = "What a verifier refuses to be made with. The event itself is genuine, by the first secret."

FLAGS = {
    "SecretMissing": "No secret at all: a check without one would accept anybody's event.",
    "SecretBlank": "Empty, or only ASCII whitespace and NULs: a variable that was never set.",
    "SecretEdge": "ASCII whitespace (with \\v and \\f) at an edge: a copied line end.",
    "SecretApiKey": "An API key (sk_live_, sk_test_, pk_live_, pk_test_) in the secret's place.",
    "SecretSpoilsList": "One bad secret spoils the list, wherever it stands.",
    "SecretOrdinary": "Looks odd, but is a secret like any other.",
    "OptionRange": "An option outside its range: max_payload_bytes 1 to 268435455, "
    "tolerance 0 to 3153600000 seconds.",
    "OptionEdge": "The first or last value of an option's range.",
}

BODY = envelope()


def bad_secret(comment, flag, *secrets):
    signature = sign(BODY, secrets[0] if secrets else "")
    return refused(comment, flag, BODY, "invalid_secret", secrets=secrets, signature=signature)


def good_secret(comment, *secrets):
    return valid(comment, "SecretOrdinary", BODY, secrets=secrets)


def bad_option(comment, **options):
    return refused(comment, "OptionRange", BODY, "invalid_option", options=options)


CASES = [
    bad_secret("an empty list", "SecretMissing"),
    bad_secret("an empty secret", "SecretBlank", ""),
    bad_secret("an empty secret of bytes", "SecretBlank", b""),
    bad_secret("a space", "SecretBlank", " "),
    bad_secret("a newline", "SecretBlank", "\n"),
    bad_secret("every kind of ASCII whitespace", "SecretBlank", " \t\n\v\f\r"),
    bad_secret("a NUL", "SecretBlank", "\0"),
    bad_secret("32 NULs: a buffer that was never filled", "SecretBlank", b"\0" * 32),
    bad_secret("whitespace between NULs", "SecretBlank", "\0 \0"),
    bad_secret("a space first", "SecretEdge", " whsec_a"),
    bad_secret("a space last", "SecretEdge", "whsec_a "),
    bad_secret("a tab first", "SecretEdge", "\twhsec_a"),
    bad_secret("a tab last", "SecretEdge", "whsec_a\t"),
    bad_secret("a newline first", "SecretEdge", "\nwhsec_a"),
    bad_secret("a newline last", "SecretEdge", "whsec_a\n"),
    bad_secret("a vertical tab first", "SecretEdge", "\vwhsec_a"),
    bad_secret("a vertical tab last", "SecretEdge", "whsec_a\v"),
    bad_secret("a form feed first", "SecretEdge", "\fwhsec_a"),
    bad_secret("a form feed last", "SecretEdge", "whsec_a\f"),
    bad_secret("a carriage return first", "SecretEdge", "\rwhsec_a"),
    bad_secret("a carriage return last", "SecretEdge", "whsec_a\r"),
    bad_secret("CR LF last", "SecretEdge", "whsec_a\r\n"),
    bad_secret("a newline last, in bytes", "SecretEdge", b"\xff\xfe\n"),
    bad_secret("a space before an API key", "SecretEdge", " sk_live_a"),
    bad_secret("a live secret key", "SecretApiKey", "sk_live_51abc"),
    bad_secret("a test secret key", "SecretApiKey", "sk_test_51abc"),
    bad_secret("a live publishable key", "SecretApiKey", "pk_live_51abc"),
    bad_secret("a test publishable key", "SecretApiKey", "pk_test_51abc"),
    bad_secret("only the prefix of an API key", "SecretApiKey", "sk_live_"),
    bad_secret("an API key in bytes", "SecretApiKey", b"sk_test_\xff"),
    bad_secret("a bad one first", "SecretSpoilsList", "", SECRET),
    bad_secret("a bad one last", "SecretSpoilsList", SECRET, "whsec_a\n"),
    bad_secret("a bad one in the middle", "SecretSpoilsList", SECRET, "pk_live_a", "whsec_b"),
    bad_secret("two bad ones", "SecretSpoilsList", " ", "sk_live_a"),
    refused(
        "a bad one after the one that signed",
        "SecretSpoilsList",
        BODY,
        "invalid_secret",
        secrets=[SECRET, " "],
    ),
    good_secret("an upper-case SK_LIVE_ is not the prefix of an API key", "SK_LIVE_a"),
    good_secret("sk_live without the last underscore", "sk_live"),
    good_secret("sk_live_ in the middle", "whsec_sk_live_a"),
    good_secret("another kind of key: rk_live_", "rk_live_a"),
    good_secret("only the prefix whsec_", "whsec_"),
    good_secret("an empty-looking no-break space", "\u00a0"),
    good_secret("a next-line character, which is not ASCII whitespace", "\u0085key\u0085"),
    good_secret("an ideographic space at the edges", "\u3000key\u3000"),
    good_secret("a zero-width space", "\u200b"),
    good_secret("a byte order mark first", "\ufeffkey"),
    good_secret("an emoji", "🔑"),
    good_secret("a NUL and then whitespace and then text", "\0 key"),
    good_secret("a lone control character", "\x01"),
    good_secret("a DEL", "\x7f"),
    good_secret("the byte 0x85, whitespace in Latin-1", b"\x85key\x85"),
    good_secret("the byte 0xa0, a no-break space in Latin-1", b"\xa0key\xa0"),
    good_secret("a secret of 10,000 bytes", "k" * 10000),
    bad_option("a payload limit of 0", max_payload_bytes=0),
    bad_option("a payload limit one past the last", max_payload_bytes=268435456),
    bad_option("a payload limit of 2^32: 0 when cut to 32 bits", max_payload_bytes=4294967296),
    bad_option("a payload limit of 2^32 + 1000", max_payload_bytes=4294968296),
    bad_option("a payload limit of 2^53 - 1", max_payload_bytes=9007199254740991),
    bad_option("a tolerance one second past 100 years", tolerance=3153600001),
    bad_option("a tolerance of 2^32: 0 when cut to 32 bits", tolerance=4294967296),
    bad_option("a tolerance of 2^53 - 1", tolerance=9007199254740991),
    bad_option("two options out of range", max_payload_bytes=0, tolerance=3153600001),
    bad_option("one option good, one out of range", max_payload_bytes=0, tolerance=300),
    bad_option("out of range beside a live mode", expect_live_mode=True, tolerance=3153600001),
    valid(
        "the highest payload limit", "OptionEdge", BODY, options={"max_payload_bytes": 268435455}
    ),
    refused(
        "the lowest payload limit, and a body that is longer",
        "OptionEdge",
        BODY,
        "payload_too_large",
        options={"max_payload_bytes": 1},
    ),
    valid("the longest tolerance", "OptionEdge", BODY, options={"tolerance": 3153600000}),
    refused(
        "no tolerance at all, and an event of 2025",
        "OptionEdge",
        BODY,
        "event_too_old",
        options={"tolerance": 0},
    ),
]
