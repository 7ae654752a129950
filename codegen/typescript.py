"""``bindings-node/src-ts/events.ts``."""

from catalogue import STRING_TYPES, pascal

NOTICE = (
    "// Made by `make generate` from core/contract/events.toml: edit that file, not this one.\n"
)

# Other pages of the provider name these types, and describe none of their events.
NAMED_TYPES = [
    "wallet.transaction_created",
    "transfer.refunded",
    "user.suspicious_activity",
    "refund.created",
    "dispute.created",
]
# Or only the families.
NAMED_FAMILIES = ["rate", "report", "currency"]
NAMED = "\n".join(
    [f'  | "{name}"' for name in NAMED_TYPES]
    + [f"  | `{family}.${{string}}`" for family in NAMED_FAMILIES]
)


def declarations(catalogue):
    entries = "\n".join(
        f'  /** {event.description} */\n  "{event.type}": {event.name}Event;'
        for event in catalogue.events
    )
    return f"""{NOTICE}
/** The fields of every event. */
export interface EventEnvelope<Type extends string, Data, PreviousData = Partial<Data>> {{
  /** The event's id, the same in every delivery: remember it to act once. */
  id: string;
  /** The type of the event. */
  type: Type;
  /** When it happened, as an RFC 3339 date-time. Retries keep it. */
  createdAt: string;
  /** Whether real money is meant. */
  liveMode: boolean;
  /**
   * The object that the event is about. The provider defines its content, which is not checked at run time.
   * Amounts are decimal strings.
   */
  data: Data;
  /** The earlier `data`, as far as the event includes it, if the event is about a change. */
  previousData?: PreviousData | null;
}}

/** The documented events by their type. */
export interface WebhookEventMap {{
{entries}
}}

/** A documented type. */
export type KnownEventType = keyof WebhookEventMap;

/** An event of a documented type. */
export type KnownWebhookEvent = WebhookEventMap[KnownEventType];

/**
 * A verified event: exactly what `JSON.parse` makes of the payload. Comparing its `type`, with `===` or in a `switch`,
 * narrows its `data`; the type that remains after the documented ones is {{@link UnknownWebhookEvent}}.
 *
 * @example
 * ```ts
 * switch (event.type) {{
 *   case "payment.succeeded":
 *     console.log(event.data.amount); // a PaymentSucceededData
 *     break;
 *   default:
 *     console.log("unhandled", event.type, event.id);
 * }}
 * ```
 */
export type WebhookEvent = KnownWebhookEvent | UnknownWebhookEvent;

/**
 * Stands for every other type. TypeScript distinguishes the members of a union only by literal types, and a plain
 * `string` in one of them would prevent that for all. To the compiler, this is a text that differs from all others.
 */
declare enum UndocumentedType {{
  name = "<any other type>",
}}

/**
 * The types that Payvost names without describing their events, some only by their family. Compare with them as
 * usual: `case "refund.created":`, `case "rate.updated":`.
 */
export type NamedEventType =
{NAMED};

/**
 * An event of a type that is not documented here: the list is open.
 *
 * To compare its `type` with a type that Payvost does not name either, assign it to a string first
 * (`const type: string = event.type`), or declare the event, or its whole family:
 *
 * ```ts
 * import type {{ EventEnvelope }} from "@payvost/webhooks";
 *
 * declare module "@payvost/webhooks" {{
 *   interface WebhookEventMap {{
 *     "comet.sighted": EventEnvelope<"comet.sighted", {{ name: string }}>;
 *     "planet.*": EventEnvelope<`planet.${{string}}`, {{ [field: string]: unknown }}>;
 *   }}
 * }}
 * ```
 */
export interface UnknownWebhookEvent extends EventEnvelope<
  UndocumentedType | NamedEventType,
  {{ [field: string]: unknown }},
  {{ [field: string]: unknown }}
> {{}}

/** A code from an open list: editors suggest the documented values, and any other text is possible. */
export type OpenCode<Known extends string> = Known | (string & {{}});
{"".join(map(event_types, catalogue.events))}{"".join(map(object_type, catalogue.objects))}
// Without this, everything above would be exported, exported or not.
export {{}};
"""


def event_types(event):
    return f"""
/** `{event.type}`: {event.description} */
export interface {event.name}Event extends EventEnvelope<"{event.type}", {event.name}Data> {{}}

/** The data of a `{event.type}` event. */
export interface {event.name}Data {{
{members(event.fields)}
}}
"""


def object_type(entry):
    return f"""
/** {entry.description} */
export interface {pascal(entry.name)} {{
{members(entry.fields)}
}}
"""


def members(fields):
    return "\n".join(map(member, fields))


def member(field):
    optional = "?" if field.optional else ""
    return f"  /** {field.summary} */\n  {field.name}{optional}: {type_of(field)};"


def type_of(field):
    if field.values:
        return "OpenCode<" + " | ".join(f'"{value}"' for value in field.values) + ">"
    if field.type in STRING_TYPES:
        return "string"
    special = {"texts": "string[]", "metadata": "{ [key: string]: string }"}
    return special.get(field.type) or pascal(field.type)
