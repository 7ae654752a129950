"""``docs/events.md``."""

import json

from catalogue import STRING_TYPES

NOTICE = "<!-- Made by `make generate` from core/contract/events.toml: edit that file, not this one. -->\n"

INTRODUCTION = """# Events

The types that the provider's guide documents, and the fields of their `data`. The list of types is open, and so is the
list of fields: what is not here is kept and never an error, and a handler needs a branch for it. Nothing in `data` is
checked at run time; the types below are for editors, type checkers and readers.

Every value is text unless the table says otherwise. **Money is text**, a decimal number such as `"99.99"` or
`"+50.00"`: read it with a decimal type, never as a floating-point number. A code, such as a `status`, is from a list
that may grow.

| language | types | an event of a type that is not here |
| --- | --- | --- |
| Rust | `event.typed()` gives a `TypedEvent` to `match` | `TypedEvent::Unknown` |
| TypeScript | `WebhookEvent`, a union told apart by `type` | `UnknownWebhookEvent` |
| Python | `payvost_webhooks.events`: a `TypedDict` each, `WebhookEvent` is their union | `UnknownEvent` |
| PHP | `Payvost\\Webhooks\\EventType`: constants, and array shapes for PHPStan and Psalm | `UnknownEvent` |
| C | `PAYVOST_EVENT_…` texts; `payvost_event_known_type()` for a `switch` | `PAYVOST_TYPE_UNKNOWN` |

`previousData` is what `data` was before, as far as the event says: any of the same fields, `null`, or not there at all.

## What checkers can and cannot see

TypeScript, mypy and pyright tell the members of a union apart by literals only: if an event of unknown type had a plain
string as its `type`, comparing with `"payment.succeeded"` would rule nothing out. So an unknown event's `type` is
declared as the one text `<any other type>`, which stands for any that is not listed. Two things follow:

- To compare the type of an unknown event with a text, make it a plain string first: `const type: string = event.type`
  in TypeScript, `str(event["type"])` in Python.
- In Python compare `event["type"]` itself. After `event_type = event["type"]` a comparison of `event_type` tells the
  checkers nothing about `event`.

A misspelt type in a comparison is an error in TypeScript, in mypy with `--strict` and in pyright's strict mode.
Python's types are only for checkers: nothing of the package imports `payvost_webhooks.events`, so that whoever does not
use it does not pay for it.
"""


def page(catalogue):
    rows = "\n".join(
        f"| [`{event.type}`](#{anchor(event)}) | {event.description} |"
        for event in catalogue.events
    )
    sections = "\n".join(map(section, catalogue.events))
    objects = "\n".join(
        f"### {entry.name}\n\n{entry.description}\n\n{table(entry.fields)}"
        for entry in catalogue.objects
    )
    return f"""{NOTICE}
{INTRODUCTION}
## Types

| type | when |
| --- | --- |
{rows}

## Fields

{sections}
## Objects

{objects}"""


def section(event):
    sample = json.dumps(json.loads(event.sample)["data"], indent=2)
    return f"""### {event.type}

{event.description}

{table(event.fields)}
```json
{sample}
```
"""


def table(fields):
    rows = "\n".join(
        f"| `{field.name}` | {type_of(field)} | {'optional' if field.optional else 'always'} | {field.summary} |"
        for field in fields
    )
    return f"| field | type | | meaning |\n| --- | --- | --- | --- |\n{rows}\n"


def type_of(field):
    special = {"texts": "list of texts", "metadata": "object of texts"}
    if field.type in STRING_TYPES:
        return field.type
    return special.get(field.type) or f"object: [{field.type}](#{field.type})"


def anchor(event):
    """As it is made of a heading: without its dots."""
    return event.type.replace(".", "")
