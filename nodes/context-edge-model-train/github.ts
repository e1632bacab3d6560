/** What the dialog says of GitHub, and the token, which goes to no other host than the one it was stored for. */
import { isIP } from "node:net";
import { systemClock } from "../../lib/clock";
import { EdgeError } from "../../lib/errors";
import { GithubClient } from "../../lib/training/github-client";
import type { ConfigReader } from "../common/config";

export interface TrainSecrets {
  token?: string;
  /** Scheme, host and port that the token is for: bound by the server, for what a flow or a dialog sends may be changed. */
  origin?: string | undefined;
}

const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/;
const WORKFLOW = /^[A-Za-z0-9._-]{1,100}\.ya?ml$/;

/** @throws EdgeError `config-…`, `secret-elsewhere` */
export function readGithub(config: ConfigReader, secrets: TrainSecrets): GithubClient {
  const api = apiOf(config);
  const repository = matching(config, "repository", REPOSITORY, "owner/name");
  const workflow = matching(config, "workflow", WORKFLOW, "a file name as mlops.yml", "mlops.yml");
  const ref = config.text("ref", "main");
  const token = secrets.token ?? "";
  if (token === "") {
    throw new EdgeError("config-missing", "model-train: the token for GitHub is not set", {
      remedy: "open the node and enter one",
    });
  }
  if (secrets.origin !== api.origin) {
    const owner = secrets.origin ?? "no API yet";
    throw new EdgeError("secret-elsewhere", `the stored token belongs to ${owner}, not to ${api.origin}`, {
      remedy: "enter a token that was made for this API",
    });
  }
  return new GithubClient({
    api: api.href,
    repository,
    workflow,
    ref,
    token,
    clock: systemClock,
  });
}

/** Where the API is. In the clear a token goes to this machine alone. @throws EdgeError `config-choice`, `config-env` */
export function apiOf(config: ConfigReader): URL {
  const text = config.text("api", "https://api.github.com");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (bare && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)))) return url;
  const shown = text.replace(/\/\/[^@/]*@/, "//…@");
  throw new EdgeError(
    "config-choice",
    `model-train: api is "${shown}", must read https://api.github.com or https://HOST/api/v3`,
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));
}

function matching(config: ConfigReader, name: string, pattern: RegExp, form: string, fallback?: string): string {
  const text = config.text(name, fallback).trim();
  if (pattern.test(text) && !text.includes("..")) return text;
  throw new EdgeError("config-choice", `model-train: ${name} is "${text}", must be ${form}`);
}
