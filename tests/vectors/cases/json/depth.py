"""Nesting: 128 levels and no more. The event itself is level 1, its data level 2."""

from ..common import bad_event, bad_json, envelope, valid

FLAGS = {
    "Depth": "At most 128 levels (RFC 8259 §9 lets a parser limit them): the bracket that opens "
    "level 129 is refused, before anything is looked at inside.",
    "DepthEdge": "Exactly 128 levels, or brackets that make no level.",
}

#: An event up to the value of ``v`` in its data, which is on level 2, and what closes it.
HEAD = envelope(data='{"v":')[:-1]
TAIL = "}}"


def in_data(*parts):
    return [(HEAD, 1), *parts, (TAIL, 1)]


# fmt: off
EDGE = [
    bad_event("128 arrays", "DepthEdge", [("[", 128), ("]", 128)], ""),
    bad_event("128 objects", "DepthEdge", [('{"a":', 127), ("{}", 1), ("}", 127)], "/id"),
    bad_event("128 levels of arrays and objects by turns", "DepthEdge",
              [('[{"a":', 64), ("1", 1), ("}]", 64)], ""),
    *(valid(comment, "DepthEdge", payload) for comment, payload in [
        ("126 arrays in an event's data", in_data(("[", 126), ("]", 126))),
        ("126 objects in an event's data", in_data(('{"a":', 126), ("null", 1), ("}", 126))),
        ("126 levels by turns in an event's data", in_data(('[{"a":', 63), ("0", 1), ("}]", 63))),
        ("126 arrays twice, one after the other",
         in_data(("[", 1), ("[", 125), ("]", 125), (",", 1), ("[", 125), ("]", 125), ("]", 1))),
        ("2000 arrays beside each other", in_data(("[", 1), ("[],", 1999), ("[]]", 1))),
        ("500 objects beside each other", in_data(("[", 1), ('{"a":{}},', 499), ("{}]", 1))),
        ("1000 brackets in a string", in_data(('"', 1), ("[{", 500), ('"', 1))),
        ("a hundred arrays closed and opened again", in_data(
            ("[", 1), ("[", 100), ("]", 100), (",", 1), ("[", 100), ("]", 100), ("]", 1))),
    ]),
]

TOO_DEEP = [bad_json(*row) for row in [
    ("129 arrays", "Depth", [("[", 128), ("^", 1), ("[", 1), ("]", 129)]),
    ("129 objects", "Depth", [('{"a":', 128), ("^", 1), ("{}", 1), ("}", 128)]),
    ("129 levels by turns, an array last", "Depth",
     [('[{"a":', 64), ("^", 1), ("[]", 1), ("}]", 64)]),
    ("an object in 128 arrays", "Depth", [("[", 128), ("^", 1), ("{}", 1), ("]", 128)]),
    ("an array in 128 objects", "Depth", [('{"a":', 128), ("^", 1), ("[]", 1), ("}", 128)]),
    ("129 arrays with whitespace between", "Depth", [("[ \n", 128), ("^", 1), ("[", 1)]),
    ("129 arrays, never closed", "Depth", [("[", 128), ("^", 1), ("[", 1)]),
    ("100,000 arrays, never closed", "Depth", [("[", 128), ("^", 1), ("[", 99872)]),
    ("100,000 objects, never closed", "Depth", [('{"a":', 128), ("^", 1), ('{"a":', 99872)]),
    ("200,000 arrays, all closed", "Depth", [("[", 128), ("^", 1), ("[", 199872), ("]", 200000)]),
    ("127 arrays in an event's data", "Depth",
     [(HEAD, 1), ("[", 126), ("^", 1), ("[", 1), ("]", 127), (TAIL, 1)]),
    ("127 objects in an event's data", "Depth",
     [(HEAD, 1), ('{"a":', 126), ("^", 1), ("{}", 1), ("}", 126), (TAIL, 1)]),
    ("129 levels in a field that is not read", "Depth",
     [('{"unknown":', 1), ("[", 127), ("^", 1), ("[", 1), ("]", 128), ("}", 1)]),
    ("bad JSON on level 129 is not reached", "Depth", [("[", 128), ("^", 1), ("[}", 1)]),
    ("128 arrays, never closed: the end is the problem", "DepthEdge", [("[", 128), ("^", 1)]),
    ("128 arrays, one closed twice", "DepthEdge", [("[", 128), ("]", 128), ("^", 1), ("]", 1)]),
]]
# fmt: on

CASES = EDGE + TOO_DEEP
