/**
 * Receives webhooks with AWS Lambda: from API Gateway (REST and HTTP APIs), an Application Load Balancer, or a function URL.
 *
 * @module @payvost/webhooks/lambda
 */

import { receiving, type ReceiverFor } from "./receiver.js";

/** A request in any of the forms that Lambda passes on. */
export interface LambdaRequest {
  /** With the method in the format 2.0. */
  readonly requestContext?: any;
  /** The method in the format 1.0, and from a load balancer. */
  readonly httpMethod?: string | undefined;
  /** The headers, in the letter case of the sender. */
  readonly headers?: { readonly [name: string]: string | undefined } | null | undefined;
  /** All values of each header: in the format 1.0, and from a load balancer if it is set so. */
  readonly multiValueHeaders?: { readonly [name: string]: readonly string[] | undefined } | null | undefined;
  /** The body. */
  readonly body?: string | null | undefined;
  /** Whether the body is in Base64. */
  readonly isBase64Encoded?: boolean | undefined;
}

/** The response for Lambda. */
export interface LambdaResponse {
  /** The HTTP status. */
  statusCode: number;
  /** The headers. */
  headers?: { [name: string]: string };
  /** The headers, for a load balancer that is set so. */
  multiValueHeaders?: { [name: string]: string[] };
  /** JSON. */
  body: string;
  /** Always `false`. */
  isBase64Encoded: false;
}

/**
 * Returns the handler of a function.
 *
 * @example
 * ```ts
 * export const handler = lambdaHandler(new WebhookReceiver(process.env.WEBHOOK_SECRET, router));
 * ```
 */
export function lambdaHandler<Request extends LambdaRequest = LambdaRequest>(receiver: ReceiverFor<Request>): (request: Request) => Promise<LambdaResponse> {
  const receive = receiving(receiver);
  return async (request) => {
    const { body: text, isBase64Encoded, requestContext, httpMethod } = request;
    const payload = Buffer.from(text ?? "", isBase64Encoded ? "base64" : "utf8");
    const answer = await receive(request, {
      method: requestContext?.http?.method ?? httpMethod,
      // Lambda has the whole body.
      contentLength: undefined,
      transferEncoding: undefined,
      signature: headerOf(request, "payvost-signature"),
      read: () => [payload, "reached"],
    });
    const { status: statusCode, headers, body } = answer;
    const isMulti = requestContext?.elb !== undefined && request.multiValueHeaders != null;
    const fields = isMulti ? { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) } : { headers };
    return { statusCode, ...fields, body, isBase64Encoded: false };
  };
}

/** A header, whose name may be in any letter case; all values of it if there are several. */
function headerOf({ headers, multiValueHeaders }: LambdaRequest, name: string): string | string[] | undefined {
  const found = Object.entries(multiValueHeaders ?? headers ?? {}).filter(([key]) => key.toLowerCase() === name);
  const values = found.flatMap(([, value]) => value ?? []) as string[];
  return values.length > 1 ? values : values[0];
}
