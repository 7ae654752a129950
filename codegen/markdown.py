"""``docs/events.md``."""

import json

from catalogue import STRING_TYPES

NOTICE = "<!-- Made by `make generate` from core/contract/events.toml: edit that file, not this one. -->\n"

INTRODUCTION = """# Events

These are the types that the provider's guide documents, and the fields of their `data`. Both lists are open:
unknown types and fields are kept and are never errors, so give your handlers a branch for them. Nothing checks
`data` at run time; the types below are for editors, type checkers and readers.

Each value is a string unless the table says otherwise. **Money is a string**, a decimal number such as
`"99.99"` or `"+50.00"`. Read it with a decimal type, never as a floating-point number. A code, such as a
`status`, comes from a list that may grow.

| language | types | an event of an undocumented type |
| --- | --- | --- |
| Rust | `event.typed()` returns a `TypedEvent` to `match` | `TypedEvent::Unknown` |
| TypeScript | `WebhookEvent`, a union discriminated by `type` | `UnknownWebhookEvent` |
| Python | `payvost_webhooks.events`: one `TypedDict` per type; `WebhookEvent` is their union | `UnknownEvent` |
| PHP | `Payvost\\Webhooks\\EventType`: constants, and array shapes for PHPStan and Psalm | `UnknownEvent` |
| C | `PAYVOST_EVENT_…` strings; `payvost_event_known_type()` for a `switch` | `PAYVOST_TYPE_UNKNOWN` |

`previousData` is the earlier `data`, as far as the event includes it: any of the same fields, `null`, or absent.

## What type checkers can and cannot see

TypeScript, mypy and pyright distinguish the members of a union by literals only. If an event of unknown type
had a plain string as its `type`, comparing it with `"payment.succeeded"` would rule nothing out. So an unknown
event's `type` is declared as the one string `<any other type>`, which stands for any type that is not listed.
Two things follow:

- To compare the type of an unknown event with a string, make it a plain string first:
  `const type: string = event.type` in TypeScript, `str(event["type"])` in Python. Or, in TypeScript,
  [declare the event](../bindings-node/README.md#handlers-by-type) once for your whole program.
- In Python, compare `event["type"]` itself. After `event_type = event["type"]`, a comparison of `event_type` tells
  the checkers nothing about `event`.

A misspelled type in a comparison is an error in TypeScript, in mypy with `--strict` and in pyright's strict
mode. Python's types are only for checkers. Nothing in the package imports `payvost_webhooks.events`, so it
costs nothing if you do not use it.
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
    special = {"text": "string", "texts": "list of strings", "metadata": "object of strings"}
    if field.type in STRING_TYPES and field.type not in special:
        return field.type
    return special.get(field.type) or f"object: [{field.type}](#{field.type})"


def anchor(event):
    """The anchor of the heading, which has no dots."""
    return event.type.replace(".", "")
