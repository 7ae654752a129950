"""``bindings-php/stubs/events.stub.php``."""

import textwrap

from catalogue import STRING_TYPES, pascal


def stub(catalogue):
    shapes = [
        *(shape(pascal(entry.name), entry.fields) for entry in catalogue.objects),
        *(
            part
            for event in catalogue.events
            for part in (
                shape(f"{event.name}Data", event.fields),
                shape(f"{event.name}DataBefore", event.fields, partial=True),
                envelope(
                    f"{event.name}Event",
                    f"'{event.type}'",
                    f"{event.name}Data",
                    f"{event.name}DataBefore",
                ),
            )
        ),
        envelope("UnknownEvent", "'<any other type>'", OPEN, OPEN),
        union(
            "WebhookEvent", [f"{event.name}Event" for event in catalogue.events] + ["UnknownEvent"]
        ),
    ]
    constants = "\n\n".join(constant(event) for event in catalogue.events)
    return f"""<?php

/*
 * Made by `make generate` from core/contract/events.toml: edit that file, not this one.
 */

namespace Payvost\\Webhooks {{

    /**
     * The documented types of events. The list that the provider delivers is open.
     *
     * ```php
     * match ($event['type']) {{
     *     EventType::PAYMENT_SUCCEEDED => markAsPaid($event['data']['id'], $event['data']['amount']),
     *     default => null,
     * }};
     * ```
     *
     * The array shapes below are for static analysers: `@phpstan-import-type WebhookEvent from EventType`, and the
     * same with
     * `@psalm-import-type`. What is in `data` is the provider's and is not checked at run time. Amounts are decimal
     * strings. The
     * type of an `UnknownEvent` is any text: the literal in its shape lets analysers distinguish the others.
     *
{comment("".join(shapes))}
     */
    final class EventType
    {{
{constants}
    }}
}}
"""


OPEN = "array<array-key, mixed>"


def shape(name, fields, partial=False):
    return alias(
        name, [f"{field.name}{mark(field, partial)}: {type_of(field)}" for field in fields]
    )


def envelope(name, event_type, data, previous):
    members = [
        "id: non-empty-string",
        f"type: {event_type}",
        "createdAt: non-empty-string",
        "liveMode: bool",
        f"data: {data}",
        f"previousData?: {previous}|null",
    ]
    return alias(name, members)


def alias(name, members):
    body = "".join(f"    {member},\n" for member in members)
    return f"@phpstan-type {name} array{{\n{body}}}\n"


def union(name, members):
    return f"@phpstan-type {name} {'|'.join(members)}\n"


def comment(text):
    return textwrap.indent(text.rstrip("\n"), "     * ")


def constant(event):
    return (
        f"        /** {event.description} */\n"
        f"        public const {event.constant} = '{event.type}';"
    )


def mark(field, partial):
    return "?" if partial or field.optional else ""


def type_of(field):
    special = {"texts": "list<string>", "metadata": "array<array-key, string>"}
    return "string" if field.type in STRING_TYPES else special.get(field.type) or pascal(field.type)
