"""What is JSON and what is not, in the spirit of JSONTestSuite. A module a subject."""

from . import depth, keys, numbers, strings, structure, utf8

ABOUT = (
    "Strict JSON (RFC 8259), with what every language here asks beyond it: UTF-8 without a BOM, no lone "
    "surrogate, numbers finite as a double, no key twice in an object, at most 128 levels."
)

MODULES = [structure, numbers, strings, utf8, keys, depth]

FLAGS = {name: text for module in MODULES for name, text in module.FLAGS.items()}

CASES = [case for module in MODULES for case in module.CASES]
