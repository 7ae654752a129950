/**
 * Receives webhooks with AWS Lambda: from API Gateway (REST and HTTP APIs), an Application Load Balancer, or a function URL.
 *
 * @module @payvost/webhooks/lambda
 */
import { type ReceiverFor } from "./receiver.js";
/** A request in any of the forms that Lambda passes on. */
export interface LambdaRequest {
    /** With the method in the format 2.0. */
    readonly requestContext?: any;
    /** The method in the format 1.0, and from a load balancer. */
    readonly httpMethod?: string | undefined;
    /** The headers, in the letter case of the sender. */
    readonly headers?: {
        readonly [name: string]: string | undefined;
    } | null | undefined;
    /** All values of each header: in the format 1.0, and from a load balancer if it is set so. */
    readonly multiValueHeaders?: {
        readonly [name: string]: readonly string[] | undefined;
    } | null | undefined;
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
    headers?: {
        [name: string]: string;
    };
    /** The headers, for a load balancer that is set so. */
    multiValueHeaders?: {
        [name: string]: string[];
    };
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
export declare function lambdaHandler<Request extends LambdaRequest = LambdaRequest>(receiver: ReceiverFor<Request>): (request: Request) => Promise<LambdaResponse>;
