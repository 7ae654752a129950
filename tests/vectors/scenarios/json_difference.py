"""How two texts of one JSON value differ, by the definitions of the causes: made without the library."""

import json
import re


def kind_of(signed, received):
    """The cause: one habit alone may have a code of its own, several have one together."""
    if received in (signed + "\n", signed + "\r\n"):
        return "body_trailing_newline"
    if isinstance(json.loads(received), str):
        return "body_reserialized"
    if unescaped(signed) == unescaped(received):
        return "body_unicode_escaped"
    if sorted(tokens(signed)) == sorted(tokens(received)):
        return "body_key_order"
    return "body_reserialized"


def tokens(text):
    """The strings, numbers, words, brackets and runs of whitespace of a JSON text."""
    return re.findall(r'"(?:\\.|[^"\\])*"|[-+.\w]+|\s+|.', text)


def unescaped(text):
    """The text with its ``\\u`` escapes as characters."""
    plain = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16")
