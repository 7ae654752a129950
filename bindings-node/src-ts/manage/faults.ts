// Why a request got no response, read from the errors of `fetch`.

/** The names that the core knows, see core/src/manage/fault.rs. */
export type Fault = "not_sent" | "connect_timed_out" | "timed_out" | "lost" | "tls_failed" | "malformed" | "too_large" | "cancelled";

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: "not_sent",
  EHOSTUNREACH: "not_sent",
  EHOSTDOWN: "not_sent",
  ENETUNREACH: "not_sent",
  ENETDOWN: "not_sent",
  EADDRNOTAVAIL: "not_sent",
  ENOTFOUND: "not_sent",
  EAI_AGAIN: "not_sent",
  ConnectionRefused: "not_sent", // Bun
  UND_ERR_CONNECT_TIMEOUT: "connect_timed_out",
  UND_ERR_HEADERS_TIMEOUT: "timed_out",
  UND_ERR_BODY_TIMEOUT: "timed_out",
  ETIMEDOUT: "timed_out",
  EPROTO: "tls_failed",
  HOSTNAME_MISMATCH: "tls_failed",
  INVALID_CA: "tls_failed",
  INVALID_PURPOSE: "tls_failed",
  PATH_LENGTH_EXCEEDED: "tls_failed",
  UND_ERR_HEADERS_OVERFLOW: "malformed",
  UND_ERR_RESPONSE_EXCEEDED_SIZE: "too_large",
  ERR_BROTLI_DECODER_ERROR: "malformed",
};

/** The beginnings of codes: of OpenSSL and X.509, of Node's HTTP parser, of zlib and Brotli. */
const PREFIXES: readonly (readonly [prefix: string, fault: Fault])[] = [
  ["CERT_", "tls_failed"],
  ["CRL_", "tls_failed"],
  ["UNABLE_TO_", "tls_failed"],
  ["DEPTH_ZERO_", "tls_failed"],
  ["SELF_SIGNED_", "tls_failed"],
  ["ERR_TLS_", "tls_failed"],
  ["ERR_SSL_", "tls_failed"],
  ["EAI_", "not_sent"],
  ["HPE_", "malformed"],
  ["Z_", "malformed"],
  ["ERR__ERROR_FORMAT", "malformed"],
];

const MAX_CAUSES = 4;

/** The fault that an error of `fetch` or of reading the body stands for. What cannot be told apart was possibly sent. */
export function faultOf(error: unknown): Fault {
  try {
    return search(error, 0) ?? "lost";
  } catch {
    return "lost"; // a getter or a proxy threw
  }
}

function search(error: unknown, depth: number): Fault | undefined {
  if (typeof error !== "object" || error === null || depth > MAX_CAUSES) return undefined;
  const { name, code, syscall, cause, errors } = error as Failure;
  if (name === "TimeoutError") return "timed_out"; // a time limit of the given `fetch`
  if (typeof code === "string") {
    // Several addresses were tried, and each failed while connecting.
    const isConnecting = syscall === "connect" || Array.isArray(errors);
    if (isConnecting) return code === "ETIMEDOUT" ? "connect_timed_out" : "not_sent";
    if (syscall === "getaddrinfo") return "not_sent";
    const fault = (Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined) ?? PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1];
    if (fault !== undefined) return fault;
  }
  return search(cause, depth + 1);
}
