"""Values and keys that one host or another treats specially."""

from .common import envelope, valid, with_value

ABOUT = "What comes back is what the host's own parser makes of the same bytes."

FLAGS = {
    "ArrayKey": "PHP turns decimal keys that fit an int into ints, and only those; JavaScript "
    "puts keys that are array indexes first.",
    "ObjectKey": "Keys that mean something to JavaScript's or PHP's objects.",
    "OddKey": "Keys that C strings, Python or PHP objects cannot easily hold.",
    "Integer": "Integers around the limits of doubles and of 64 bits.",
    "Rounding": "Decimals that must be rounded correctly, half to even (IEEE 754 §4.3.1).",
    "Text": "Text that hosts store in different ways.",
    "Money": "Amounts are decimal strings and stay so.",
    "Shape": "Containers that a host may confuse.",
    "Deep": "Deep, but within the limit.",
}


def value(comment, flags, piece):
    return valid(comment, flags, with_value(piece))


def key(name):
    return f'{{"{name}":1}}'


# fmt: off
CASES = [value(*row) for row in [
    *((f"the key {name!r}", "ArrayKey", key(name)) for name in [
        "0", "1", "123", "-1", "-5", "+5", "-0", "05", "-05", "00", "1.0", "1e3", " 1", "1 ", "-",
        "0x10", "2147483647", "2147483648", "-2147483648", "4294967294", "4294967295",
        "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775807", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "99999999999999999999999999"]),
    ("the key of an Arabic-Indic digit", "ArrayKey", key("\u0661")),
    ("keys from 0 on, like an array", "ArrayKey Shape", '{"0":"a","1":"b","2":"c"}'),
    ("keys from 0 on, in another order", "ArrayKey Shape", '{"2":"c","0":"a","1":"b"}'),
    ("keys of numbers and words by turns", "ArrayKey", '{"b":1,"2":2,"a":3,"1":4,"":5,"-1":6}'),
    ("a number and the same with a zero first", "ArrayKey", '{"7":1,"07":2,"+7":3,"7.0":4}'),
    *((f"the key {name}", "ObjectKey", key(name)) for name in [
        "__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty",
        "__defineGetter__", "length", "then", "toJSON", "__class__", "__dict__", "__construct",
        "this", "scalar", "_empty_"]),
    ("__proto__ with an object", "ObjectKey", '{"__proto__":{"isAdmin":true},"a":1}'),
    ("__proto__ with null", "ObjectKey", '{"__proto__":null}'),
    ("__proto__ in __proto__", "ObjectKey", '{"__proto__":{"__proto__":{"a":1}}}'),
    ("__proto__ written with escapes", "ObjectKey", r'{"\u005f_proto__":{"a":1}}'),
    ("constructor.prototype", "ObjectKey", '{"constructor":{"prototype":{"a":1}}}'),
    ("an empty key", "OddKey", '{"":1}'),
    ("an empty key in an empty key", "OddKey", '{"":{"":{"":null}}}'),
    ("a key of a NUL", "OddKey", r'{"\u0000":1}'),
    ("a key that begins with a NUL", "OddKey", r'{"\u0000a":1}'),
    ("a key with a NUL inside", "OddKey", r'{"a\u0000b":1,"a":2}'),
    ("a key like PHP's private properties", "OddKey", r'{"\u0000Class\u0000name":1}'),
    ("a key with a slash and one with a tilde", "OddKey", '{"a/b":1,"m~n":2,"~1":3,"~0":4}'),
    ("a key with a dot", "OddKey", '{"a.b":1,"a":{"b":2}}'),
    ("a key of every short escape", "OddKey", r'{"\"\\\/\b\f\n\r\t":1}'),
    ("keys of one, two, three and four bytes a character", "OddKey", '{"a":1,"é":2,"漢":3,"😀":4}'),
    ("keys that sort differently in UTF-16 and UTF-8", "OddKey", '{"\uffff":1,"😀":2}'),
    ("a key of 300 characters", "OddKey", key("k" * 300)),
    *((f"the integer {number}", "Integer", str(number))
      for number in [2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**53 + 1, 2**53 + 2, 2**53 + 3,
                     2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1, 2**64, 2**64 + 1, 10**30]),
    *((f"the integer -{number}", "Integer", f"-{number}")
      for number in [2**31, 2**31 + 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64,
                     10**30]),
    ("an integer of 100 digits", "Integer", "1234567890" * 10),
    ("integers written as decimals", "Integer", "[1.0,10.00,1e2,12e-1,100E-2]"),
    ("zeros", "Integer", "[0,-0,0.0,-0.0,0e0,-0e-0,0e5]"),
    ("one tenth", "Rounding", "0.1"),
    ("the sum of a tenth and two", "Rounding", "0.30000000000000004"),
    ("seventeen digits", "Rounding", "[5.0000000000000002,12345678.123456789,0.10000000000000001]"),
    ("half-way between two doubles: to even, down", "Rounding",
     "1.00000000000000011102230246251565404236316680908203125"),
    ("a trace above half-way: up", "Rounding",
     "1.00000000000000011102230246251565404236316680908203126"),
    ("half-way between two doubles: to even, up", "Rounding",
     "1.00000000000000033306690738754696212708950042724609375"),
    ("half-way and a trace after 800 zeros", "Rounding",
     "1.00000000000000011102230246251565404236316680908203125" + "0" * 800 + "1"),
    ("a decimal that a fast path rounds wrong", "Rounding", "9007199254740993.0"),
    ("the same with a large exponent", "Rounding", "9007199254740993e15"),
    ("decimals that some parsers round one bit off", "Rounding",
     "[6.631236846766476e-316,3.2378839133029012895883524125015321748630e-10]"),
    ("the number that once hung PHP", "Rounding", "2.2250738585072011e-308"),
    ("the smallest normal double", "Rounding", "2.2250738585072014e-308"),
    ("the largest subnormal double", "Rounding", "2.225073858507201e-308"),
    ("powers of ten", "Rounding", "[1e22,1e23,1e-22,1e-23,1e100,1e-100,1e300,1e-300]"),
    ("powers of ten times small integers", "Rounding", "[3e22,9e23,7e-27,123e45,8.41e21]"),
    ("the largest doubles", "Rounding", "[1.7976931348623157e308,-1.7976931348623157e308]"),
    ("the speed of light and other old friends", "Rounding", "[299792458,6.02214076e23,1.6e-19]"),
    ("an emoji", "Text", '"😀"'),
    ("an emoji as a surrogate pair", "Text", r'"\uD83D\uDE00"'),
    ("Latin-1 text", "Text", '"Crème brûlée, ÿ"'),
    ("text that leaves Latin-1 at its end", "Text", '"aaaaaaaaaaaaaaaaaaaaé€"'),
    ("text that needs four bytes at its end", "Text", '"aaaaaaaaaaaaaaaaaaaaé€😀"'),
    ("line and paragraph separators", "Text", '"a\u2028b\u2029c"'),
    ("a NUL in text", "Text", r'"a\u0000b"'),
    ("text that ends in a NUL", "Text", r'"a\u0000"'),
    ("a BOM first in a text", "Text", '"\ufeffa"'),
    ("text that is a number", "Text", '["1","1.0","1e3","0x1","-0","NaN","Infinity","null"]'),
    ("text that is JSON", "Text", r'"{\"a\":[1]}"'),
    ("composed and decomposed letters", "Text", '["\u00e9","e\u0301"]'),
    ("text of every length to 40", "Text", "[" + ",".join(f'"{"x" * n}"' for n in range(41)) + "]"),
    ("amounts", "Money", '{"amount":"99.99","balance":"0.00","change":"+50.00","fee":"-0.30"}'),
    ("amounts with more digits than a double has", "Money",
     '["9007199254740993.01","0.1000000000000000000000001","100000000000000000000.00"]'),
    ("an amount as a number, beside the same as text", "Money", '{"a":99.99,"b":"99.99"}'),
    ("null, false, zero and empty things", "Shape", '[null,false,0,"",[],{}]'),
    ("empty containers in an object", "Shape", '{"a":{},"b":[],"c":[{}],"d":{"e":[]}}'),
    ("an array of arrays", "Shape", "[[1,2],[3,[4]],[]]"),
    ("an array of eleven, where 10 sorts before 2", "Shape", "[0,1,2,3,4,5,6,7,8,9,10]"),
    ("an array of 1000 numbers", "Shape", "[" + ",".join(map(str, range(1000))) + "]"),
    ("an object of 200 members", "Shape",
     "{" + ",".join(f'"member{n}":{n}' for n in range(200)) + "}"),
    ("objects of the same keys", "Shape", "[" + '{"id":"a","amount":"1.00"},' * 49 + "{}]"),
    ("a hundred arrays", "Deep", "[" * 100 + "]" * 100),
    ("a hundred objects", "Deep", '{"a":' * 100 + "true" + "}" * 100),
]] + [
    valid("__proto__ as a field of the envelope", "ObjectKey", envelope(__proto__='{"id":"a"}')),
    valid("an empty key in the envelope", "OddKey", envelope(**{"": '"x"'})),
    valid("number keys in the envelope", "ArrayKey", envelope(**{"0": "1", "-5": "2", "+5": "3"})),
    valid("previousData with odd keys", "OddKey ArrayKey",
          envelope(previousData=r'{"":1,"0":2,"\u0000":3,"__proto__":4}')),
]
# fmt: on
