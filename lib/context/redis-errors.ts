/** What Redis or its connection answered, as an error a plant engineer can act on. */
import { EdgeError, asError, errorCode } from "../errors";

const NOPERM = /^NOPERM/;
const NOPERM_COMMAND = /'([^']+)' command/;

/**
 * The ACL rule that mends a NOPERM, or undefined for any other error.
 * @param user as the connection logged in, @param prefixes of the keys that are read
 */
export function aclRemedy(message: string, user: string, prefixes: readonly string[]): string | undefined {
  if (!NOPERM.test(message)) return undefined;
  const name = user === "" ? "default" : user;
  const command = NOPERM_COMMAND.exec(message)?.[1];
  if (command !== undefined) return `ACL SETUSER ${name} +${command}`;
  if (/channel/.test(message)) return `ACL SETUSER ${name} &__redis__:invalidate`;
  const keys = prefixes.length === 0 ? "~*" : prefixes.map((prefix) => `~${prefix}*`).join(" ");
  return `ACL SETUSER ${name} ${keys}`;
}

/** @param what was being done: "reading context:A" */
export function redisError(error: unknown, what: string, user: string, prefixes: readonly string[]): EdgeError {
  if (error instanceof EdgeError) return error;
  const { message } = asError(error);
  if (message.startsWith("WRONGTYPE")) {
    return new EdgeError("context-invalid", `${what}: the key holds another type than a string`, {
      cause: error,
      remedy: "store the context as JSON text (SET)",
    });
  }
  const remedy = aclRemedy(message, user, prefixes);
  return new EdgeError(
    "context-unavailable",
    `${what}: ${plainly(error)}`,
    remedy === undefined ? { cause: error } : { cause: error, remedy },
  );
}

/** A connection's failure in words. */
export function plainly(error: unknown): string {
  const { message } = asError(error);
  switch (errorCode(error, "")) {
    case "ECONNREFUSED":
      return "nothing listens there (connection refused)";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the host name is not known";
    case "ETIMEDOUT":
      return "no answer: the host cannot be reached, or the port speaks no TLS (rediss://)";
    case "ECONNRESET":
      return "the server cut the connection; a port with TLS needs rediss://";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "the host cannot be reached";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return "the server's certificate is signed by an authority that is not known here: name its CA file";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "the server's certificate is for another name: set the server name";
    case "CERT_HAS_EXPIRED":
      return "the server's certificate has expired";
    default:
      break;
  }
  if (/^WRONGPASS|^ERR invalid password/.test(message)) return "user name or password is wrong";
  if (/^Unknown RESP type|^Protocol error/.test(message)) return "what answers there is no Redis server";
  if (message.startsWith("NOAUTH")) return "the server asks for a password";
  if (/^(MOVED|ASK|CLUSTERDOWN)/.test(message))
    return "the server is part of a Redis Cluster, which this store does not support";
  if (message.startsWith("READONLY")) return "the server is a read-only replica: contexts are written on its master";
  if (message.startsWith("LOADING")) return "the server is still loading its data";
  if (/isn't writeable|Connection is closed|max retries per request/.test(message)) return "Redis is not connected";
  return message;
}
