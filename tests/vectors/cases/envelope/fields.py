"""Which fields there are, their types, and the rules for each but createdAt."""

from ..common import bad_event, envelope, valid

FLAGS = {
    "Missing": "All fields but previousData must be there.",
    "WrongType": "A field of another JSON type; nothing is converted.",
    "Id": "A string of 1 to 255 bytes of UTF-8.",
    "IdControl": "No control characters in the id: U+0000 to U+001F, U+007F to U+009F.",
    "Type": "A string that is not empty. The list of types is open.",
    "PreviousData": "An object, null or missing.",
    "Unknown": "Unknown fields are kept, and are not errors.",
    "KeyCase": "Keys are case-sensitive.",
    "Escaped": "Keys and values count by their characters, however they are escaped.",
    "FieldOrder": "Two fields are bad: the first in the documented order is named.",
}

ESCAPED_DATE = "2025-11-01T10:00:00Z".replace("T", r"\u0054").replace(":", r"\u003a")


def good(comment, flags, **changes):
    return valid(comment, flags, envelope(**changes))


def bad(comment, flags, pointer, **changes):
    return bad_event(comment, flags, envelope(**changes), pointer)


def renamed(comment, flags, pointer, key, name):
    return bad_event(comment, flags, envelope().replace(f'"{key}"', f'"{name}"'), pointer)


# fmt: off
FIELDS = ["id", "type", "createdAt", "liveMode", "data"]

MISSING = [
    *(bad(f"without {field}", "Missing", f"/{field}", **{field: None}) for field in FIELDS),
    bad_event("an empty object", "Missing", "{}", "/id"),
    bad_event("only unknown fields", "Missing Unknown", '{"event":"evt_1"}', "/id"),
    bad_event("an event one level down", "Missing", '{"event":' + envelope() + "}", "/id"),
    bad_event("an event in data", "Missing", '{"data":' + envelope() + "}", "/id"),
]

OTHER_TYPES = {
    "id": ["null", "true", "1", "[]", "{}", '["evt_1"]'],
    "type": ["null", "false", "0", "[]", "{}"],
    "createdAt": ["null", "true", "1761991200", "1761991200000", "[]", "{}"],
    "liveMode": ["null", "0", "1", '"true"', '"false"', '""', "[]", "{}", "[true]"],
    "data": ["null", "true", "0", '""', '"{}"', "[]", "[{}]"],
    "previousData": ["false", "true", "0", '""', '"null"', "[]", "[{}]"],
}

WRONG_TYPE = [
    bad(f"{field}: {text}", "WrongType", f"/{field}", **{field: text})
    for field, texts in OTHER_TYPES.items() for text in texts
]

ID = [
    good("id: one byte", "Id", id='"e"'),
    good("id: 255 bytes", "Id", id=f'"{"e" * 255}"'),
    good("id: 255 bytes, in characters of three", "Id", id=f'"{"漢" * 85}"'),
    good("id: 255 bytes, the last character of four", "Id", id=f'"{"e" * 251}😀"'),
    good("id: 255 bytes, written as 1530", "Id Escaped", id='"' + r"\u0065" * 255 + '"'),
    good("id: a space", "Id", id='" "'),
    good("id: spaces around", "Id", id='" evt_1 "'),
    good("id: a slash and a tilde, special in JSON Pointers", "Id", id='"evt/~1"'),
    good("id: a no-break space, right after the control characters", "IdControl", id='"\u00a0"'),
    good("id: a tilde, right before DEL", "IdControl", id='"~"'),
    good("id: a line separator, which is not a control character", "IdControl", id='"\u2028"'),
    good("id: a right-to-left override, which is not a control character", "IdControl", id='"\u202e"'),
    good("id: an escaped quote and backslash", "Id Escaped", id=r'"\"\\"'),
    bad("id: empty", "Id", "/id", id='""'),
    bad("id: 256 bytes", "Id", "/id", id=f'"{"e" * 256}"'),
    bad("id: 256 bytes in 128 characters", "Id", "/id", id=f'"{"é" * 128}"'),
    bad("id: 256 bytes in 64 characters", "Id", "/id", id=f'"{"😀" * 64}"'),
    bad("id: 258 bytes in 86 escapes", "Id Escaped", "/id", id='"' + r"\u6f22" * 86 + '"'),
    bad("id: 10,000 bytes", "Id", "/id", id=f'"{"e" * 10000}"'),
    *(bad(f"id: the control character {text}", "IdControl Escaped", "/id", id=f'"evt{text}1"')
      for text in [r"\u0000", r"\u0001", r"\t", r"\n", r"\r", r"\u001b", r"\u001f", r"\u007f",
                   r"\u0080", r"\u0085", r"\u009f"]),
    bad("id: a DEL, unescaped", "IdControl", "/id", id='"\x7f"'),
    bad("id: the first C1 control character, unescaped", "IdControl", "/id", id='"evt\x80"'),
    bad("id: the last C1 control character, unescaped", "IdControl", "/id", id='"\x9fevt"'),
    bad("id: a newline at the end", "IdControl", "/id", id=r'"evt_1\n"'),
    bad("id: a NUL alone", "IdControl", "/id", id=r'"\u0000"'),
]

TYPE = [
    bad("type: empty", "Type", "/type", type='""'),
    good("type: a space", "Type", type='" "'),
    good("type: without a dot", "Type", type='"payment"'),
    good("type: a NUL, which is allowed here", "Type", type=r'"\u0000"'),
    good("type: not ASCII", "Type", type='"支払い.作成"'),
    good("type: 1000 bytes", "Type", type=f'"{"t" * 1000}"'),
    good("type: a known one in upper case is another", "Type", type='"PAYMENT.CREATED"'),
]

MODE_AND_DATA = [
    good("liveMode: false", "WrongType", liveMode="false"),
    good("data: empty", "Missing", data="{}"),
    good("previousData: missing", "PreviousData"),
    good("previousData: null", "PreviousData", previousData="null"),
    good("previousData: an empty object", "PreviousData", previousData="{}"),
    good("previousData: an object", "PreviousData", data='{"a":2}', previousData='{"a":1}'),
]

UNKNOWN = [
    good("an unknown field", "Unknown", apiVersion='"2025-11-01"'),
    good("unknown fields of every kind", "Unknown",
         a="null", b="true", c="1.5", d='"x"', e="[1]", f='{"g":{}}'),
    good("an unknown field with an empty key", "Unknown", **{"": "1"}),
    valid("unknown fields first", "Unknown", '{"a":1,"b":{"id":7},' + envelope()[1:]),
    valid("the fields in reverse order", "Unknown",
          '{"data":{},"liveMode":true,"createdAt":"2025-11-01T10:00:00Z","type":"t","id":"e"}'),
    good("a hundred unknown fields", "Unknown", **{f"field{number}": "0" for number in range(100)}),
    good("the known fields in another case beside the right ones", "KeyCase Unknown",
         Id="1", TYPE="2", createdat="3", livemode="4", Data="5", PreviousData="6"),
    good("the known fields with spaces beside the right ones", "Unknown",
         **{" id": "1", "id ": "2", "previousData ": "3"}),
    good("the known fields in snake case beside the right ones", "Unknown",
         created_at="1", live_mode="2", previous_data="3"),
    good("a field that begins like a known one and goes on with a NUL", "Unknown", **{"id\0": "1"}),
]

KEYS = [
    renamed("Id for id", "KeyCase", "/id", "id", "Id"),
    renamed("ID for id", "KeyCase", "/id", "id", "ID"),
    renamed("Type for type", "KeyCase", "/type", "type", "Type"),
    renamed("createdat for createdAt", "KeyCase", "/createdAt", "createdAt", "createdat"),
    renamed("created_at for createdAt", "Missing", "/createdAt", "createdAt", "created_at"),
    renamed("livemode for liveMode", "KeyCase", "/liveMode", "liveMode", "livemode"),
    renamed("Data for data", "KeyCase", "/data", "data", "Data"),
    renamed("a space after id", "Missing", "/id", "id", "id "),
    renamed("a full-width letter in id", "Missing", "/id", "id", "\uff49d"),
    renamed("a dotless i in id", "Missing", "/id", "id", "\u0131d"),
    renamed("a NUL after id", "Missing Escaped", "/id", "id", r"id\u0000"),
    good("PREVIOUSDATA that would be wrong", "KeyCase PreviousData", PREVIOUSDATA="1"),
    valid("every key written with escapes", "Escaped",
          r'{"\u0069\u0064":"evt_1","\u0074ype":"t","created\u0041t":"2025-11-01T10:00:00Z",'
          r'"live\u004dode":true,"d\u0061ta":{},"previous\u0044ata":null}'),
    bad_event("an escaped key whose value is wrong", "Escaped",
              envelope()[:-1] + r',"previous\u0044ata":1}', "/previousData"),
    good("createdAt: written with escapes", "Escaped", createdAt=f'"{ESCAPED_DATE}"'),
    good("type: written with escapes", "Escaped", type=r'"\u0070ayment.created"'),
]

BAD_VALUES = {"id": '""', "type": '""', "createdAt": '""', "liveMode": "0", "data": "0",
              "previousData": "0"}

ORDER = [
    *(bad(f"{first} before {second}", "FieldOrder", f"/{first}",
          **{first: BAD_VALUES[first], second: BAD_VALUES[second]})
      for first, second in zip(BAD_VALUES, [*BAD_VALUES][1:])),
    *(bad(f"{first} missing, {second} bad", "FieldOrder Missing", f"/{first}",
          **{first: None, second: BAD_VALUES[second]})
      for first, second in zip(BAD_VALUES, [*BAD_VALUES][1:])),
    bad("every field bad", "FieldOrder", "/id", **BAD_VALUES),
    bad("every field but id bad", "FieldOrder", "/type", **{**BAD_VALUES, "id": '"e"'}),
    bad_event("the order in the text does not count", "FieldOrder",
              '{"previousData":0,"data":0,"liveMode":0,"createdAt":0,"type":0,"id":"e"}', "/type"),
]
# fmt: on

CASES = MISSING + WRONG_TYPE + ID + TYPE + MODE_AND_DATA + UNKNOWN + KEYS + ORDER
