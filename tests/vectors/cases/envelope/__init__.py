"""The rules for the envelope of an event. A module a subject."""

from . import dates, fields

ABOUT = (
    "The envelope: id, type, createdAt, liveMode, data, previousData. Fields are checked in that "
    "order, and the first bad one is named by a JSON Pointer (RFC 6901)."
)

MODULES = [fields, dates]

FLAGS = {name: text for module in MODULES for name, text in module.FLAGS.items()}

CASES = [case for module in MODULES for case in module.CASES]
