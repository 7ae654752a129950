"""UTF-8, byte by byte."""

from ..common import bad_json, valid, with_value

FLAGS = {
    "Utf8": "Well-formed UTF-8 (RFC 3629 §4), up to the edges of each length.",
    "Utf8Stray": "A byte that can begin no sequence (RFC 3629 §4).",
    "Utf8Overlong": "More bytes than the character needs (RFC 3629 §3): once used to smuggle "
    "characters past a filter.",
    "Utf8Surrogate": "A surrogate encoded as if it were a character (RFC 3629 §3).",
    "Utf8Range": "Past U+10FFFF (RFC 3629 §3).",
    "Utf8Cut": "A sequence cut off by the end, a quote or another character.",
}


def good(comment, text):
    return valid(comment, "Utf8", with_value(f'"{text}"'))


def bad(comment, flags, sequence):
    """The bytes in a string, whose first byte is the first of the ill-formed sequence."""
    return bad_json(comment, flags, b'["^' + sequence + b'"]')


# fmt: off
GOOD = [good(*row) for row in [
    ("the first and last of two bytes", "\u0080\u07ff"),
    ("the first and last of three bytes", "\u0800\uffff"),
    ("the last before the surrogates and the first after them", "\ud7ff\ue000"),
    ("the first and last of four bytes", "\U00010000\U0010ffff"),
    ("each length next to each other", "aé漢😀😀漢éa"),
    ("1000 characters of four bytes", "😀" * 1000),
    ("non-ASCII text at each position of a word", "aéaaéaaaéaaaaéaaaaaéaaaaaaéaaaaaaaéa"),
]]

IN_STRINGS = [bad(*row) for row in [
    ("a continuation byte alone, the first", "Utf8Stray", b"\x80"),
    ("a continuation byte alone, the last", "Utf8Stray", b"\xbf"),
    ("the byte FE", "Utf8Stray", b"\xfe"),
    ("the byte FF", "Utf8Stray", b"\xff"),
    ("Latin-1", "Utf8Stray", "\u00e9t\u00e9".encode("latin-1")),
    ("Windows-1252 quotes", "Utf8Stray", b"\x93a\x94"),
    ("a sequence of five bytes", "Utf8Stray", b"\xf8\x88\x80\x80\x80"),
    ("a sequence of six bytes", "Utf8Stray", b"\xfc\x84\x80\x80\x80\x80"),
    ("a slash in two bytes", "Utf8Overlong", b"\xc0\xaf"),
    ("a NUL in two bytes", "Utf8Overlong", b"\xc0\x80"),
    ("the last overlong form of two bytes", "Utf8Overlong", b"\xc1\xbf"),
    ("a quote in two bytes", "Utf8Overlong", b"\xc0\xa2"),
    ("a slash in three bytes", "Utf8Overlong", b"\xe0\x80\xaf"),
    ("the last overlong form of three bytes", "Utf8Overlong", b"\xe0\x9f\xbf"),
    ("a slash in four bytes", "Utf8Overlong", b"\xf0\x80\x80\xaf"),
    ("the last overlong form of four bytes", "Utf8Overlong", b"\xf0\x8f\xbf\xbf"),
    ("the first high surrogate", "Utf8Surrogate", b"\xed\xa0\x80"),
    ("the last high surrogate", "Utf8Surrogate", b"\xed\xaf\xbf"),
    ("the first low surrogate", "Utf8Surrogate", b"\xed\xb0\x80"),
    ("the last low surrogate", "Utf8Surrogate", b"\xed\xbf\xbf"),
    ("a surrogate pair (CESU-8)", "Utf8Surrogate", b"\xed\xa0\xbd\xed\xb8\x80"),
    ("the first past the last", "Utf8Range", b"\xf4\x90\x80\x80"),
    ("the byte F5", "Utf8Range", b"\xf5\x80\x80\x80"),
    ("the byte F7", "Utf8Range", b"\xf7\xbf\xbf\xbf"),
    ("one of two bytes before the quote", "Utf8Cut", b"\xc3"),
    ("one of three bytes before the quote", "Utf8Cut", b"\xe2"),
    ("two of three bytes before the quote", "Utf8Cut", b"\xe2\x82"),
    ("one of four bytes before the quote", "Utf8Cut", b"\xf0"),
    ("two of four bytes before the quote", "Utf8Cut", b"\xf0\x9f"),
    ("three of four bytes before the quote", "Utf8Cut", b"\xf0\x9f\x98"),
    ("one of two bytes before a letter", "Utf8Cut", b"\xc3a"),
    ("two of three bytes before a letter", "Utf8Cut", b"\xe2\x82A"),
    ("a letter for the second of three bytes", "Utf8Cut", b"\xe2(\xa1"),
    ("a letter for the third of four bytes", "Utf8Cut", b"\xf0\x90(\xbc"),
    ("a beginning after a beginning", "Utf8Cut", b"\xe2\xe2\x82\xac"),
    ("three of four bytes before a whole character", "Utf8Cut", b"\xf0\x9f\x98\xc3\xa9"),
]]

ELSEWHERE = [bad_json(*row) for row in [
    ("cut off by the end after one of two bytes", "Utf8Cut", b'"^\xc3'),
    ("cut off by the end after two of three bytes", "Utf8Cut", b'"^\xe2\x82'),
    ("cut off by the end after three of four bytes", "Utf8Cut", b'"^\xf0\x9f\x98'),
    ("a stray byte first", "Utf8Stray", b"^\x80{}"),
    ("a stray byte alone", "Utf8Stray", b"^\xff"),
    ("a stray byte between tokens", "Utf8Stray", b"[1,^\xff2]"),
    ("a stray byte in a number", "Utf8Stray", b"[1^\xff]"),
    ("a stray byte in a literal", "Utf8Stray", b"[tr^\xffue]"),
    ("a stray byte after the value", "Utf8Stray", b"{}^\xff"),
    ("a stray byte after whitespace", "Utf8Stray", b"{} \n^\xbf"),
    ("a stray byte in a key", "Utf8Stray", b'{"a^\xff":1}'),
    ("a stray byte after non-ASCII text: the offset counts bytes", "Utf8Stray",
     '["é漢😀'.encode() + b'^\xff"]'),
    ("a stray byte after 1000 letters", "Utf8Stray", b'["' + b"x" * 1000 + b'^\xff"]'),
    ("a stray byte after 7 letters", "Utf8Stray", b'["aaaaaaa^\xff"]'),
    ("a stray byte after 8 letters", "Utf8Stray", b'["aaaaaaaa^\xff"]'),
    ("a stray byte after 16 letters", "Utf8Stray", b'["aaaaaaaaaaaaaaaa^\xff"]'),
    ("a stray byte in a string with escapes", "Utf8Stray", b'["\\n\\u0041^\xff"]'),
    ("a stray byte after the first problem", "Utf8Stray", b'[1 ^2,"\xff"]'),
    ("an overlong quote does not end a string", "Utf8Overlong", b'["a^\xc0\xa2,1]'),
    ("an overlong slash in a key", "Utf8Overlong", b'{"^\xc0\xaf":1}'),
    ("a surrogate in an event's data", "Utf8Surrogate",
     with_value('"^?"').encode().replace(b"?", b"\xed\xa0\x80")),
]]
# fmt: on

CASES = GOOD + IN_STRINGS + ELSEWHERE
