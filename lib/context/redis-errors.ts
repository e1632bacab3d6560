/** What Redis or its connection answered, as an error a plant engineer can act on. */
import { EdgeError, asError, errorCode } from "../errors";
import { INVALIDATIONS } from "./redis-options";

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
  if (/channel/.test(message)) return `ACL SETUSER ${name} &${INVALIDATIONS}`;
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

/** Asked, and no answer within the limit that `text` names: nobody knows whether it was done. */
export function unanswered(text: string): EdgeError {
  return new EdgeError("context-unavailable", `${text}; it may have been done or not`);
}

/** A write that a server refused because it is no master. */
export function isReplica(error: unknown): boolean {
  return asError(error).message.startsWith("READONLY");
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
  if (/certificate required|peer did not return a certificate/.test(message))
    return "the server asks for a client certificate: name its file and its key";
  if (/^WRONGPASS|^ERR invalid password/.test(message)) return "user name or password is wrong";
  if (/^Unknown RESP type|^Protocol error/.test(message)) return "what answers there is no Redis server";
  if (message.startsWith("NOAUTH")) return "the server asks for a password";
  const sentinels = /All sentinels are unreachable/.test(message) ? sentinelTrouble(message) : undefined;
  if (sentinels !== undefined) return sentinels;
  if (/failed to connect to sentinel|connected to sentinel/.test(message)) return sentinelTrouble(message);
  if (/CLUSTERDOWN/.test(message))
    return "the Cluster is down (CLUSTERDOWN): a master is missing, or not every slot is assigned";
  if (/^(MOVED|ASK)/.test(message)) return "the server is part of a Redis Cluster: choose Redis Cluster";
  if (/Failed to refresh slots cache|None of startup nodes/.test(message))
    return "none of the Cluster's nodes answers, or none is part of a Cluster";
  if (/Too many Cluster redirections/.test(message)) return "the node that owns the key does not answer";
  if (/cluster support disabled/.test(message)) return "the server is no part of a Redis Cluster: choose Redis";
  if (message.startsWith("READONLY")) return "the server is a read-only replica: contexts are written on its master";
  if (message.startsWith("LOADING")) return "the server is still loading its data";
  if (/isn't writeable|Connection is closed|max retries per request/.test(message)) return "Redis is not connected";
  return message;
}

/** What the client says of its Sentinels, of all or of one. */
function sentinelTrouble(message: string): string {
  if (/NOAUTH/.test(message)) return "the Sentinel asks for a password of its own";
  if (/WRONGPASS|invalid password|AUTH.*called without any password/.test(message))
    return "the Sentinel's user name or password is wrong";
  if (/NOPERM/.test(message))
    return "the Sentinel's user may not ask for the master — ACL SETUSER <user> +sentinel|get-master-addr-by-name";
  if (/unknown command/.test(message)) return "what answers there is no Sentinel";
  if (/invalid reply/.test(message)) return "the Sentinels know no master of that name";
  if (/ECONNREFUSED/.test(message)) return "no Sentinel listens there (connection refused)";
  const last = /Last error: (.*)$/.exec(message)?.[1];
  if (last !== undefined) return `no Sentinel answers: ${last}`;
  // No error at all, and yet no address: each of them answered that it knows none.
  return "no Sentinel knows a master of that name";
}
