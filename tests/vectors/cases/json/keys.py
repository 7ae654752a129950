"""Keys: none twice in an object, whatever way it is written."""

from ..common import bad_json, envelope, valid, with_value

FLAGS = {
    "Duplicate": "A key twice in one object (RFC 8259 §4 only advises against it): parsers differ "
    "in which value they keep, so it is refused, at the opening quote of the second one.",
    "DuplicateEscaped": "Keys are compared after their escapes are read (RFC 8259 §8.3).",
    "DuplicateMany": "In objects of many keys, where another way of looking them up may be used.",
    "Distinct": "Keys that look alike and are not the same.",
}


LONG = "k" * 999


def good(comment, flags, piece):
    return valid(comment, flags, with_value(piece))


def members(keys):
    return "{" + ",".join(f'"{key}":{index}' for index, key in enumerate(keys)) + "}"


def many(count):
    return [f"key{number}" for number in range(count)]


# fmt: off
DISTINCT = [good(*row) for row in [
    ("keys that differ in case", "Distinct", '{"a":1,"A":2}'),
    ("a key that begins another", "Distinct", '{"a":1,"aa":2,"aaa":3}'),
    ("an empty key and others", "Distinct", r'{"":1," ":2,"\u0000":3}'),
    ("keys that differ in a NUL at the end", "Distinct", r'{"a":1,"a\u0000":2,"a\u0000\u0000":3}'),
    ("keys that differ after a NUL", "Distinct", r'{"a\u0000b":1,"a\u0000c":2}'),
    ("a composed and a decomposed letter", "Distinct", '{"\u00e9":1,"e\u0301":2}'),
    ("keys that are numbers alike", "Distinct", '{"1":1,"01":2,"1.0":3,"+1":4," 1":5}'),
    ("a backslash-u that is not an escape", "Distinct", r'{"a":1,"\\u0061":2}'),
    ("long keys that differ in the last byte", "Distinct", members([LONG + "a", LONG + "b"])),
    ("long keys that differ in the first byte", "Distinct", members(["a" + LONG, "b" + LONG])),
    ("the same key in an object and in the one inside", "Distinct", '{"a":{"a":{"a":1}}}'),
    ("the same key in neighbours", "Distinct", '[{"a":1},{"a":1},{"a":2}]'),
    ("the same key after an inner object has ended", "Distinct", '{"a":{"b":1},"b":2}'),
    ("a value that is like a key", "Distinct", '{"a":"b","b":"a"}'),
    ("the envelope's own keys in data", "Distinct", '{"id":1,"type":2,"data":{"id":3},"v":4}'),
    *((f"{count} keys", "Distinct DuplicateMany", members(many(count)))
      for count in (7, 8, 9, 13, 16, 17, 20, 32, 33, 40, 64, 65, 300)),
    ("16 keys in an object inside one of 16", "Distinct DuplicateMany",
     members(many(16))[:-1] + ',"inner":' + members(many(16)) + "}"),
]]

DUPLICATE = [bad_json(*row) for row in [
    ("twice with the same value", "Duplicate", '{"a":1,^"a":1}'),
    ("twice with other values", "Duplicate", '{"a":1,^"a":2}'),
    ("twice with one between", "Duplicate", '{"a":1,"b":2,^"a":3}'),
    ("three times: the second is reported", "Duplicate", '{"a":1,^"a":2,"a":3}'),
    ("an empty key twice", "Duplicate", '{"":1,^"":2}'),
    ("a key of a NUL twice", "Duplicate", r'{"\u0000":1,^"\u0000":2}'),
    ("a non-ASCII key twice", "Duplicate", '{"é😀":1,^"é😀":2}'),
    ("__proto__ twice", "Duplicate", '{"__proto__":1,^"__proto__":2}'),
    ("a key that is a number twice", "Duplicate", '{"1":1,^"1":2}'),
    ("a key of 1000 bytes twice", "Duplicate", '{"' + "k" * 1000 + '":1,^"' + "k" * 1000 + '":2}'),
    ("before its colon is missed", "Duplicate", '{"a":1,^"a"}'),
    ("before the text ends", "Duplicate", '{"a":1,^"a"'),
    ("not yet: the second key is cut off", "Duplicate", '{"a":1,"a^'),
    ("with whitespace around", "Duplicate", '{ "a" : 1 ,\n^"a" : 2 }'),
    ("in an object inside", "Duplicate", '{"o":{"a":1,^"a":2}}'),
    ("in an object in an array", "Duplicate", '[{"a":1},{"a":1,^"a":2}]'),
    ("after an inner object with other keys", "Duplicate", '{"a":{"b":1},^"a":2}'),
    ("after an inner object with the same key", "Duplicate", '{"a":{"a":1},^"a":2}'),
    ("after an inner array", "Duplicate", '{"a":[{"a":1}],^"a":2}'),
    ("ten levels down", "Duplicate", '{"o":' * 9 + '{"a":1,^"a":2}' + "}" * 9),
    ("in an event's data", "Duplicate", with_value('{"amount":"1.00",^"amount":"9999.00"}')),
    ("an event's own id", "Duplicate", envelope()[:-1] + ',^"id":"evt_2"}'),
    ("an event's own data", "Duplicate", envelope()[:-1] + ',^"data":{}}'),
    ("an unknown field of an event", "Duplicate", '{"x":1,^"x":1,' + envelope()[1:]),
    ("the second is escaped", "DuplicateEscaped", r'{"a":1,^"\u0061":2}'),
    ("the first is escaped", "DuplicateEscaped", r'{"\u0061":1,^"a":2}'),
    ("both are escaped, in other cases", "DuplicateEscaped", r'{"\u006a":1,^"\u006A":2}'),
    ("a solidus, escaped and not", "DuplicateEscaped", r'{"/":1,^"\/":2}'),
    ("a short escape and a long one", "DuplicateEscaped", r'{"\n":1,^"\u000a":2}'),
    ("a surrogate pair and its character", "DuplicateEscaped", r'{"\ud83d\ude00":1,^"😀":2}'),
    ("a letter of two bytes and its escape", "DuplicateEscaped", r'{"é":1,^"\u00e9":2}'),
    ("a letter in the middle is escaped", "DuplicateEscaped", r'{"amount":1,^"am\u006funt":2}'),
    ("an event's id, escaped", "DuplicateEscaped", r'{"\u0069d":"evt_0",^' + envelope()[1:]),
    *((f"the first of {count} keys again at the end", "DuplicateMany",
       members(many(count))[:-1] + ',^"key0":0}')
      for count in (7, 8, 9, 13, 16, 17, 20, 32, 33, 40, 64, 65, 300)),
    *((f"the last of {count} keys again at the end", "DuplicateMany",
       members(many(count))[:-1] + f',^"key{count - 1}":0}}') for count in (13, 20, 40, 300)),
    *((f"the first key again at the start, before {count} others", "DuplicateMany",
       '{"key0":0,^' + members(many(count))[1:]) for count in (13, 20, 40, 300)),
    ("the first of 300 keys again at the end, escaped", "DuplicateMany DuplicateEscaped",
     members(many(300))[:-1] + r',^"\u006bey0":0}'),
    ("the middle one of 300 keys again at the end", "DuplicateMany",
     members(many(300))[:-1] + ',^"key150":0}'),
    ("in the second of two objects of 40 keys", "DuplicateMany",
     "[" + members(many(40)) + "," + members(many(40))[:-1] + ',^"key7":0}]'),
    ("after an inner object of 40 keys", "DuplicateMany", '{"a":' + members(many(40)) + ',^"a":0}'),
    ("of 40 keys after an inner object of 40", "DuplicateMany",
     members(many(40))[:-1] + ',"inner":' + members(many(40)) + ',^"key39":0}'),
    ("before an object inside that has one too", "Duplicate", '{"a":1,^"a":{"b":1,"b":2}}'),
    ("inside, before the object around has one too", "Duplicate", '{"a":{"b":1,^"b":2},"a":3}'),
    ("before an object inside that is cut off", "Duplicate", '{"a":1,^"a":{"b":[{"c"'),
    ("before a fault three levels further down", "Duplicate", '{"a":[{"b":1,^"b":{"c":[{"d":!'),
    ("in the outermost of two objects that are cut off", "Duplicate",
     '{"a":{"b":1},^"a":{"b":1,"b":2,"c"'),
    ("of 40 keys, before the text is cut off in an object inside", "DuplicateMany",
     members(many(40))[:-1] + ',^"key20":{"a":['),
]]
# fmt: on

CASES = DISTINCT + DUPLICATE
