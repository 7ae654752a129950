"""The checks that a receiver asks for: mode, age, size."""

from .common import bad_json, envelope, refused, valid

ABOUT = "The checks that are off unless asked for, and the limit on the payload's size."

FLAGS = {
    "LiveMode": "expect_live_mode: liveMode must be what the receiver expects.",
    "Tolerance": "tolerance, in seconds: createdAt may not be further back or ahead. The dates "
    "are decades away, so that the verdict does not depend on the day.",
    "Off": "Without the option nothing is checked.",
    "Size": "max_payload_bytes: a payload of that many bytes is accepted, one more byte is refused, "
    "before its signature is looked at.",
    "DefaultSize": "1 MiB when max_payload_bytes is not set.",
    "Combined": "Several options at once.",
}

LIVE = envelope(liveMode="true")
TEST = envelope(liveMode="false")
SIZE = len(LIVE)
MEBIBYTE = 1048576

CENTURY = 3153600000


def at(year, rest="-01-01T00:00:00Z"):
    return envelope(createdAt=f'"{year}{rest}"')


def padded(length):
    """An event of this many bytes, most of them whitespace."""
    return [(LIVE, 1), (" ", length - SIZE)]


def accepts(comment, flags, payload, **options):
    return valid(comment, flags, payload, options=options)


def refuses(comment, flags, payload, code, **options):
    return refused(comment, flags, payload, code, options=options)


# fmt: off
CASES = [
    accepts("live expected, live", "LiveMode", LIVE, expect_live_mode=True),
    accepts("test expected, test", "LiveMode", TEST, expect_live_mode=False),
    refuses("live expected, test", "LiveMode", TEST, "live_mode_mismatch", expect_live_mode=True),
    refuses("test expected, live", "LiveMode", LIVE, "live_mode_mismatch", expect_live_mode=False),
    valid("no mode expected, live", "LiveMode Off", LIVE),
    valid("no mode expected, test", "LiveMode Off", TEST),
    accepts("no option at all, given as such", "Off", LIVE),
    *(valid(f"no tolerance, created in {year}", "Tolerance Off", at(year))
      for year in ("0000", "1969", "2000", "9990")),
    *(refuses(f"5 minutes, created in {year}", "Tolerance", at(year), "event_too_old",
              tolerance=300) for year in ("0000", "1601", "1969", "1970", "2000", "2020")),
    *(refuses(f"5 minutes, created in {year}", "Tolerance", at(year), "event_in_future",
              tolerance=300) for year in ("2200", "2262", "9990", "9999")),
    refuses("no seconds, in the past", "Tolerance", at(2000), "event_too_old", tolerance=0),
    refuses("no seconds, in the future", "Tolerance", at(9990), "event_in_future", tolerance=0),
    refuses("a second, in the past", "Tolerance", at(2000), "event_too_old", tolerance=1),
    refuses("a day, in the past", "Tolerance", at(2000), "event_too_old", tolerance=86400),
    accepts("a century, created in 2000", "Tolerance", at(2000), tolerance=CENTURY),
    accepts("a century, created in 1970", "Tolerance", at(1970), tolerance=CENTURY),
    refuses("a century, created in 1900", "Tolerance", at(1900), "event_too_old",
            tolerance=CENTURY),
    refuses("a century, created in 9990", "Tolerance", at(9990), "event_in_future",
            tolerance=CENTURY),
    refuses("a century, the first moment, further back by its offset", "Tolerance",
            at("0000", "-01-01T00:00:00+23:59"), "event_too_old", tolerance=CENTURY),
    refuses("a century, the last moment, further ahead by its offset", "Tolerance",
            at("9999", "-12-31T23:59:59.999999999-23:59"), "event_in_future", tolerance=CENTURY),
    refuses("a leap second of long ago", "Tolerance", at("1990", "-12-31T23:59:60Z"),
            "event_too_old", tolerance=300),
    accepts("exactly as long as the limit", "Size", LIVE, max_payload_bytes=SIZE),
    refuses("one byte longer than the limit", "Size", LIVE, "payload_too_large",
            max_payload_bytes=SIZE - 1),
    refuses("a space longer than the limit", "Size", LIVE + " ", "payload_too_large",
            max_payload_bytes=SIZE),
    accepts("one byte shorter than the limit", "Size", LIVE, max_payload_bytes=SIZE + 1),
    refuses("the limit counts bytes, not characters", "Size",
            envelope(id=f'"{"é" * 100}"'), "payload_too_large", max_payload_bytes=SIZE + 150),
    accepts("just as many bytes as the limit, in fewer characters", "Size",
            envelope(id=f'"{"é" * 100}"'), max_payload_bytes=SIZE - 5 + 200),
    refuses("one byte and a limit of one", "Size", "{}", "payload_too_large", max_payload_bytes=1),
    bad_json("an empty payload under the lowest limit", "Size", "^",
             options={"max_payload_bytes": 1}),
    bad_json("one byte under the lowest limit", "Size", "{^", options={"max_payload_bytes": 1}),
    valid("a payload of 1 MiB", "DefaultSize", padded(MEBIBYTE)),
    refused("a payload of 1 MiB and one byte", "DefaultSize", padded(MEBIBYTE + 1),
            "payload_too_large"),
    accepts("1 MiB and one byte under a higher limit", "Size", padded(MEBIBYTE + 1),
            max_payload_bytes=MEBIBYTE + 1),
    refuses("1 MiB under a limit of one byte less", "Size", padded(MEBIBYTE), "payload_too_large",
            max_payload_bytes=MEBIBYTE - 1),
    accepts("all options, all met", "Combined", at(2020), expect_live_mode=True,
            tolerance=CENTURY, max_payload_bytes=1000),
    refuses("all options, the mode not met", "Combined", at(2020), "live_mode_mismatch",
            expect_live_mode=False, tolerance=CENTURY, max_payload_bytes=1000),
    refuses("all options, the age not met", "Combined", at(2020), "event_too_old",
            expect_live_mode=True, tolerance=60, max_payload_bytes=1000),
    refuses("all options, the size not met", "Combined", at(2020), "payload_too_large",
            expect_live_mode=True, tolerance=CENTURY, max_payload_bytes=10),
]
# fmt: on
