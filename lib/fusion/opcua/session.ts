import type { ClientSession, EndpointDescription, OPCUAClient } from "node-opcua-client";
import type { Clock } from "../../clock";
import { asError, EdgeError } from "../../errors";
import { within } from "../../waiting";
import { ownCertificate, type OwnCertificate } from "./certificate";
import { endpointsOf, identityOf, isSecure, trustedCertificate, type OpcuaEndpoint } from "./endpoint";
import { beside, opcuaLibrary, type OpcuaLibrary } from "./library";
import { describeCertificate, sha256Of } from "./trust";

const APPLICATION = "Context Edge";
/** For the TCP connection and the greeting; a server that hangs must not hold the next attempt up. */
const GREETING_MS = 2000;
/** The floor that node-opcua accepts for one request. */
export const REQUEST_MS = 5000;
const ASKING_MS = 8000;
const LETTING_GO_MS = 1500;

export interface SessionLimits {
  /** How long the server shall keep the session without a request. */
  readonly lifetimeMs: number;
  /** For all of it to come about. */
  readonly limitMs: number;
}

export interface OpenSession {
  readonly opcua: OpcuaLibrary;
  readonly client: OPCUAClient;
  readonly session: ClientSession;
}

/**
 * Opens a channel and a session. Certificates are judged here, before a secure channel is asked for: the library gets
 * the very certificate that was found trusted.
 * @throws EdgeError `library-missing`, `opcua-unreachable` where nobody answered, `opcua-connection`, `opcua-security`,
 * `opcua-untrusted`, `opcua-refused`, `opcua-user`, `timeout`
 */
export async function openSession(
  endpoint: OpcuaEndpoint,
  { lifetimeMs, limitMs }: SessionLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenSession> {
  const opcua = opcuaLibrary();
  const own = await ownCertificate(endpoint.pkiDir, APPLICATION, clock.now());
  const opening = new Opening(opcua, clock);
  const abandon = (): void => void opening.letGo();
  signal.addEventListener("abort", abandon, { once: true });
  try {
    const connecting = (async (): Promise<OpenSession> => {
      const server = isSecure(endpoint)
        ? trustedCertificate(await opening.endpoints(endpoint, own), endpoint, opcua)
        : undefined;
      return await opening.session(endpoint, own, server, lifetimeMs);
    })();
    return await within(connecting, limitMs, `connecting to ${endpoint.url}`, clock);
  } catch (error) {
    await opening.letGo();
    throw explain(error, endpoint, own);
  } finally {
    signal.removeEventListener("abort", abandon);
    mendEnvironment();
  }
}

/** What a server shows to everybody, and the certificate that we would show to it. */
export async function askEndpoints(
  endpoint: OpcuaEndpoint,
  clock: Clock,
): Promise<{ opcua: OpcuaLibrary; endpoints: EndpointDescription[]; own: OwnCertificate }> {
  const opcua = opcuaLibrary();
  const own = await ownCertificate(endpoint.pkiDir, APPLICATION, clock.now());
  const opening = new Opening(opcua, clock);
  try {
    const endpoints = await within(opening.endpoints(endpoint, own), ASKING_MS, `asking ${endpoint.url}`, clock);
    return { opcua, endpoints, own };
  } catch (error) {
    throw explain(error, endpoint, own);
  } finally {
    await opening.letGo();
    mendEnvironment();
  }
}

/** What is held while a connection comes about: one client at a time. */
class Opening {
  private client: OPCUAClient | undefined;
  private opened: ClientSession | undefined;
  private gone = false;

  constructor(
    private readonly opcua: OpcuaLibrary,
    private readonly clock: Clock,
  ) {}

  async endpoints(endpoint: OpcuaEndpoint, own: OwnCertificate): Promise<EndpointDescription[]> {
    const client = this.create(own, { url: endpoint.url, user: undefined, pkiDir: endpoint.pkiDir }, undefined, 10_000);
    const found = await endpointsOf(client, endpoint.url);
    await release(client, undefined, this.clock);
    this.client = undefined;
    return found;
  }

  async session(
    endpoint: OpcuaEndpoint,
    own: OwnCertificate,
    server: Buffer | undefined,
    lifetimeMs: number,
  ): Promise<OpenSession> {
    const client = this.create(own, endpoint, server, lifetimeMs);
    await client.connect(endpoint.url);
    const session = await client.createSession(identityOf(endpoint.user, this.opcua));
    if (this.gone) await release(client, session, this.clock);
    this.opened = session;
    return { opcua: this.opcua, client, session };
  }

  async letGo(): Promise<void> {
    this.gone = true;
    const { client, opened } = this;
    this.client = this.opened = undefined;
    if (client) await release(client, opened, this.clock);
  }

  private create(
    own: OwnCertificate,
    endpoint: OpcuaEndpoint,
    server: Buffer | undefined,
    lifetimeMs: number,
  ): OPCUAClient {
    if (this.gone) throw new EdgeError("opcua-connection", "the connection was closed");
    const { opcua } = this;
    const { crypto, common } = beside();
    const secure = server !== undefined && isSecure(endpoint) ? endpoint.security : undefined;
    const client = opcua.OPCUAClient.create({
      applicationName: APPLICATION,
      applicationUri: own.applicationUri,
      clientName: APPLICATION,
      certificateKeyPairProvider: new common.InMemoryCertificateKeyPairProvider(
        [own.der],
        crypto.makePrivateKeyFromPem(own.key),
      ),
      clientCertificateManager: verdicts(opcua, server),
      // No retries of its own: see Link.
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
      securityMode: opcua.MessageSecurityMode[secure?.mode ?? "None"],
      securityPolicy: opcua.SecurityPolicy[secure?.policy ?? "None"],
      ...(server === undefined ? {} : { serverCertificate: server }),
      endpointMustExist: false,
      keepSessionAlive: false,
      requestedSessionTimeout: lifetimeMs,
      transportTimeout: GREETING_MS,
      defaultTransactionTimeout: REQUEST_MS,
    });
    this.client = client;
    return client;
  }
}

type Verdicts = NonNullable<Parameters<OpcuaLibrary["OPCUAClient"]["create"]>[0]["clientCertificateManager"]>;

const nothing = (): Promise<void> => Promise.resolve();

/**
 * What the library is told of certificates: a server is known by the one that was found trusted; without message
 * security there is nothing to judge. Our own it asks for too.
 */
function verdicts({ StatusCodes }: OpcuaLibrary, server: Buffer | undefined): Verdicts {
  const pinned = server === undefined ? undefined : describeCertificate(server).sha256;
  const judge = (shown: Buffer | Buffer[]): boolean =>
    pinned === undefined || sha256Of(Array.isArray(shown) ? (shown[0] as Buffer) : shown) === pinned;
  const verdict = (shown: Buffer | Buffer[]) =>
    Promise.resolve(judge(shown) ? StatusCodes.Good : StatusCodes.BadCertificateUntrusted);
  return {
    referenceCounter: 0,
    initialize: nothing,
    dispose: nothing,
    checkCertificate: verdict,
    getTrustStatus: verdict,
    verifyCertificate: () => Promise.resolve("Good"),
    trustCertificate: nothing,
    rejectCertificate: nothing,
    addIssuer: nothing,
    addRevocationList: nothing,
  };
}

const ignore = (): undefined => undefined;

/** Lets go, politely at first, but never longer than a moment: the peer may be dead. */
export async function release(client: OPCUAClient, session: ClientSession | undefined, clock: Clock): Promise<void> {
  if (session) await within(session.close(true), LETTING_GO_MS, "closing the session", clock).catch(ignore);
  await within(client.disconnect(), LETTING_GO_MS, "disconnecting", clock).catch(ignore);
}

/** The library restores an unset OPENSSL_CONF as the text "undefined", and every program started later fails on it. */
function mendEnvironment(): void {
  if (process.env["OPENSSL_CONF"] === "undefined") delete process.env["OPENSSL_CONF"];
}

const USER_REFUSALS = [
  "BadIdentityTokenRejected",
  "BadUserAccessDenied",
  "BadIdentityTokenInvalid",
  "user token policy",
];
const CLIENT_REFUSALS = ["BadCertificate", "BadSecurityChecksFailed"];

/** What the library says, and what it means to somebody beside the machine. */
const WORDINGS: readonly (readonly [wording: string, meaning: string])[] = [
  ["cannot be established with server", "no OPC UA server answers there"],
  ["may have been rejected by server", "the server does not answer the greeting, or refuses it"],
];

function explain(error: unknown, endpoint: OpcuaEndpoint, own: OwnCertificate): EdgeError {
  if (error instanceof EdgeError) return error;
  const { message } = asError(error);
  if (USER_REFUSALS.some((refusal) => message.includes(refusal))) {
    return new EdgeError("opcua-user", `${endpoint.url} refuses ${who(endpoint)}`, {
      cause: error,
      remedy: "check the user in the OPC UA connection",
    });
  }
  if (isSecure(endpoint) && CLIENT_REFUSALS.some((refusal) => message.includes(refusal))) {
    return new EdgeError("opcua-refused", `${endpoint.url} does not trust our certificate ${own.thumbprint}`, {
      cause: error,
      remedy: "trust it on the server, or download it in the OPC UA connection and put it there",
    });
  }
  const silent = WORDINGS.find(([wording]) => message.includes(wording))?.[1];
  const plain = silent ?? message.split("\n")[0] ?? message;
  return new EdgeError(silent === undefined ? "opcua-connection" : "opcua-unreachable", `${endpoint.url}: ${plain}`, {
    cause: error,
  });
}

function who({ user }: OpcuaEndpoint): string {
  if (!user) return "anonymous users";
  return "name" in user ? `the user ${user.name}` : "the user's certificate";
}
