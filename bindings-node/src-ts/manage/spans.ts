// OpenTelemetry spans for the attempts of a call, if the program has set up OpenTelemetry.

import type { Answer, Sent } from "./transport.js";

/**
 * Where `@opentelemetry/api` 1.x puts what the program registered, so that all its copies share it. Read from there it needs no dependency, and
 * works in bundles.
 */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** The key of the current span in a context. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

const CLIENT_KIND = 2;
const ERROR_STATUS = 2;

interface Api {
  trace?: { getTracer(name: string): { startSpan(name: string, options: object): Span } };
  context?: { active(): { setValue(key: symbol, value: unknown): unknown }; with<Result>(context: unknown, work: () => Result): Result };
}

interface Span {
  setAttributes(attributes: object): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

/** What a span is called and says. */
export interface Described {
  readonly operation: string;
  readonly route: string;
  readonly attempt: number;
}

/** Sends a request within a span. OpenTelemetry can neither make a call fail nor change its result. */
export async function inSpan(described: Described, sent: Sent, send: () => Promise<Answer>): Promise<Answer> {
  const api = (globalThis as { [REGISTERED]?: Api })[REGISTERED];
  const span = attempted(() => api?.trace?.getTracer("@payvost/webhooks").startSpan(`${sent.method} ${described.route}`, options(described, sent)));
  if (span === undefined) return send();
  let sending: Promise<Answer> | undefined;
  const once = () => (sending ??= send());
  // Within the context of the span, so that the spans of instrumented HTTP clients belong to it.
  void attempted(() => api?.context?.with(api.context.active().setValue(SPAN, span), once));
  const answer = await once();
  attempted(() => {
    const failure = "fault" in answer ? answer.fault : answer.status >= 400 ? String(answer.status) : undefined;
    if (!("fault" in answer)) span.setAttributes({ "http.response.status_code": answer.status });
    if (failure !== undefined) {
      span.setAttributes({ "error.type": failure });
      span.setStatus({ code: ERROR_STATUS });
    }
    span.end();
  });
  return answer;
}

function options({ operation, route, attempt }: Described, { method, url }: Sent): object {
  const { hostname, port, protocol } = new URL(url);
  return {
    kind: CLIENT_KIND,
    attributes: {
      "http.request.method": method,
      "url.full": url,
      "url.template": route,
      "server.address": hostname,
      "server.port": Number(port) || (protocol === "http:" ? 80 : 443),
      ...(attempt > 1 && { "http.request.resend_count": attempt - 1 }),
      "payvost.operation": operation,
    },
  };
}

function attempted<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
