/**
 * GitHub's REST API, as far as a training run needs it: https://docs.github.com/rest/actions. The token goes to the API's own
 * host alone: a redirect to another one is followed without it, and only for a download.
 */
import type { Clock } from "../clock";
import { asError, EdgeError } from "../errors";
import { isRecord } from "../path";
import { messageOf, refusal, RIGHTS, type Answer } from "./github-answers";
import { Later } from "./later";

export interface GithubOptions {
  /** `https://api.github.com`, or `https://host/api/v3` of an Enterprise server. */
  readonly api: string;
  /** owner/name */
  readonly repository: string;
  /** File name of the workflow. */
  readonly workflow: string;
  /** Branch or tag whose workflow runs. */
  readonly ref: string;
  readonly token: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

export interface WorkflowRun {
  readonly id: string;
  readonly url: string | undefined;
  readonly status: string;
  readonly conclusion: string | undefined;
}

export interface Artifact {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly expired: boolean;
  /** "sha256:…" of the archive, where the server says. */
  readonly digest: string | undefined;
}

const VERSION = "2022-11-28";
const TIMEOUT_MS = 30_000;
const LARGEST_ANSWER = 8 << 20;
const MOST_REDIRECTS = 3;
const PAGES = 3;
const PER_PAGE = 100;

export class GithubClient {
  /** Answers by path, for conditional requests: an unchanged one does not count against the limit. */
  private readonly known = new Map<string, { readonly etag: string; readonly body: unknown }>();
  private readonly api: string;

  constructor(private readonly options: GithubOptions) {
    this.api = options.api.replace(/\/+$/, "");
  }

  /** Which workflow of which repository, at which API. */
  get site(): string {
    return `${this.options.repository} at ${this.api}, ${this.options.workflow}`;
  }

  /**
   * Starts the workflow.
   * @returns its run, or undefined from a server that does not say (it answers 204)
   */
  async dispatch(
    inputs: Readonly<Record<string, string>>,
  ): Promise<{ id: string; url: string | undefined } | undefined> {
    const { ref, workflow } = this.options;
    const what = `start the workflow ${workflow} on ${ref}`;
    const ask = (more: object): Promise<Answer> =>
      this.request("POST", `${this.workflowPath}/dispatches`, { body: { ref, inputs, ...more } });
    let answer = await ask({ return_run_details: true });
    // A server that does not know the parameter refuses the request as a whole: nothing was started.
    if (answer.status === 422 && /return_run_details/.test(messageOf(answer))) answer = await ask({});
    if (answer.status === 204) return undefined;
    if (answer.status === 404) throw await this.missing(what);
    if (answer.status !== 200) throw refusal(answer, what, this.now(answer));
    const { workflow_run_id: id, html_url: url } = isRecord(answer.body) ? answer.body : {};
    return typeof id === "number" ? { id: String(id), url: text(url) } : undefined;
  }

  /** The run of the workflow whose name holds a mark. @param since ISO 8601, of the earliest that may be it */
  async findRun(mark: string, since: string): Promise<{ id: string; url: string | undefined } | undefined> {
    const created = encodeURIComponent(`>=${since}`);
    for (let page = 1; page <= PAGES; page++) {
      const path = `${this.workflowPath}/runs?event=workflow_dispatch&created=${created}&per_page=${PER_PAGE}&page=${page}`;
      const runs = listOf(await this.get(path, "list the workflow's runs"), "workflow_runs");
      const found = runs.find((run) =>
        [run["display_title"], run["name"]].some((title) => text(title)?.includes(mark)),
      );
      if (found && typeof found["id"] === "number") return { id: String(found["id"]), url: text(found["html_url"]) };
      if (runs.length < PER_PAGE) return undefined;
    }
    return undefined;
  }

  async run(id: string): Promise<WorkflowRun> {
    const run = await this.get(`${this.repositoryPath}/actions/runs/${id}`, `look at run ${id}`, `run ${id} is gone`);
    const { status, conclusion, html_url: url } = isRecord(run) ? run : {};
    return { id, url: text(url), status: text(status) ?? "unknown", conclusion: text(conclusion) };
  }

  /** The step that a run is at; undefined before the first. */
  async step(id: string): Promise<string | undefined> {
    const jobs = listOf(
      await this.get(
        `${this.repositoryPath}/actions/runs/${id}/jobs?filter=latest&per_page=${PER_PAGE}`,
        `look at the jobs of run ${id}`,
      ),
      "jobs",
    );
    const steps = jobs.flatMap((job) => (Array.isArray(job["steps"]) ? job["steps"] : []));
    const going = steps.filter(isRecord).find(({ status }) => status === "in_progress");
    return going && text(going["name"]);
  }

  async artifacts(id: string): Promise<Artifact[]> {
    const path = `${this.repositoryPath}/actions/runs/${id}/artifacts?per_page=${PER_PAGE}`;
    return listOf(await this.get(path, `list the artefacts of run ${id}`), "artifacts").flatMap((each) => {
      const { id: number, name, size_in_bytes: bytes, expired, digest } = each;
      if (typeof number !== "number" || typeof name !== "string") return [];
      const size = typeof bytes === "number" ? bytes : 0;
      return [{ id: String(number), name, bytes: size, expired: expired === true, digest: text(digest) }];
    });
  }

  /** Asks a run to end; one that has ended has done so. */
  async cancel(id: string): Promise<void> {
    const what = `cancel run ${id}`;
    const answer = await this.request("POST", `${this.repositoryPath}/actions/runs/${id}/cancel`, {});
    if (answer.status === 202 || answer.status === 409) return;
    if (answer.status === 404) throw await this.missing(what);
    throw refusal(answer, what, this.now(answer));
  }

  /**
   * The bytes of an artefact's archive. GitHub answers with a redirect to a store of files, which gets no token.
   * @throws EdgeError `github-artifact` beyond `most` bytes
   */
  async download({ id, name }: Artifact, most: number): Promise<Buffer> {
    const what = `download the artefact ${name}`;
    let url = new URL(`${this.api}${this.repositoryPath}/actions/artifacts/${id}/zip`);
    const own = url.origin;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await this.fetch(url, { headers: hop === 0 ? this.headers() : {} }, what);
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        url = new URL(location, url);
        if (url.protocol !== "https:" && !(url.protocol === "http:" && own.startsWith("http:"))) {
          throw new EdgeError(
            "github-artifact",
            `${what}: redirected to ${url.protocol}//${url.host}, which is not https`,
          );
        }
        continue;
      }
      if (response.status === 200) return readBounded(response, most, what);
      const answer = { status: response.status, headers: response.headers, body: await jsonOf(response, what) };
      if (answer.status === 404 && hop === 0) throw await this.missing(what);
      throw refusal(answer, what, this.now(answer));
    }
    throw new EdgeError("github-artifact", `${what}: redirected more than ${MOST_REDIRECTS} times`);
  }

  /** Whether repository, workflow and token fit together, for a dialog. @returns a sentence */
  async check(): Promise<string> {
    const { repository, workflow } = this.options;
    const found = await this.get(this.workflowPath, `read the workflow ${workflow}`);
    const { state, name } = isRecord(found) ? found : {};
    if (state !== "active") {
      throw new EdgeError(
        "github-input",
        `the workflow ${workflow} of ${repository} is ${text(state) ?? "not active"}`,
        {
          remedy: "enable it on the page Actions of the repository",
        },
      );
    }
    return `${repository} has the workflow ${text(name) ?? workflow}, and the token reads it`;
  }

  private get repositoryPath(): string {
    return `/repos/${this.options.repository}`;
  }

  private get workflowPath(): string {
    return `${this.repositoryPath}/actions/workflows/${encodeURIComponent(this.options.workflow)}`;
  }

  /** GitHub answers 404 for what is not there and for what a token may not see: which of both, and of what. */
  private async missing(what: string, gone?: string): Promise<Error> {
    const { repository, workflow } = this.options;
    const error = (lacking: string, remedy: string): EdgeError =>
      new EdgeError("github-missing", `GitHub cannot ${what}: ${lacking} (404)`, { remedy });
    const repo = await this.request("GET", this.repositoryPath, {});
    if (repo.status === 404) return error(`there is no repository ${repository}, or the token does not see it`, RIGHTS);
    if (repo.status !== 200) return refusal(repo, what, this.now(repo));
    const file = await this.request("GET", this.workflowPath, {});
    if (file.status === 404) {
      return error(
        `${repository} has no workflow ${workflow}`,
        "it must be on the default branch, in .github/workflows/",
      );
    }
    if (gone !== undefined && file.status === 200) return error(gone, "somebody has deleted it: start again");
    return error(`${repository} and ${workflow} are there, the token lacks the right`, RIGHTS);
  }

  /** @param gone what a 404 means where repository, workflow and token are right */
  private async get(path: string, what: string, gone?: string): Promise<unknown> {
    const known = this.known.get(path);
    const answer = await this.request("GET", path, { etag: known?.etag });
    if (answer.status === 304 && known) return known.body;
    if (answer.status === 404) throw await this.missing(what, gone);
    if (answer.status !== 200) throw refusal(answer, what, this.now(answer));
    const etag = answer.headers.get("etag");
    if (etag !== null) {
      if (this.known.size >= 50) this.known.clear();
      this.known.set(path, { etag, body: answer.body });
    }
    return answer.body;
  }

  private async request(
    method: "GET" | "POST",
    path: string,
    { body, etag }: { body?: object; etag?: string | undefined },
  ): Promise<Answer> {
    const what = `${method} ${path.split("?")[0] ?? ""}`;
    const headers = {
      ...this.headers(),
      ...(body && { "content-type": "application/json" }),
      ...(etag && { "if-none-match": etag }),
    };
    let url = new URL(this.api + path);
    const own = url.origin;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await this.fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }, what);
      const location = response.headers.get("location");
      // A repository that was renamed; 303 and 302 would turn a POST into a GET.
      if (![301, 307, 308].includes(response.status) || location === null) {
        return { status: response.status, headers: response.headers, body: await jsonOf(response, what) };
      }
      await response.body?.cancel();
      url = new URL(location, url);
      if (url.origin !== own) {
        throw new EdgeError("github-moved", `${what}: redirected to ${url.host}, which the token does not belong to`, {
          remedy: "correct the API's address, or the repository's name",
        });
      }
    }
    throw new EdgeError("github-moved", `${what}: redirected more than ${MOST_REDIRECTS} times`);
  }

  private headers(): Record<string, string> {
    return {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${this.options.token}`,
      "user-agent": "context-edge-node-red",
      "x-github-api-version": VERSION,
    };
  }

  private async fetch(url: URL, init: RequestInit, what: string): Promise<Response> {
    const { timeoutMs = TIMEOUT_MS } = this.options;
    try {
      return await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      const cause = asError(error).cause;
      const why = cause === undefined ? asError(error).message : asError(cause).message;
      throw new Later(new EdgeError("github-unreachable", `${url.host} (${what}): ${why}`, { cause: error }));
    }
  }

  /** The server's clock: a reset is told by it. */
  private now({ headers }: Answer): number {
    const date = Date.parse(headers.get("date") ?? "");
    return Number.isNaN(date) ? this.options.clock.now() : date;
  }
}

/** An answer that is no JSON (a proxy's page) has no body for us. */
async function jsonOf(response: Response, what: string): Promise<unknown> {
  const bytes = await readBounded(response, LARGEST_ANSWER, what);
  try {
    return bytes.byteLength === 0 ? undefined : (JSON.parse(bytes.toString("utf8")) as unknown);
  } catch {
    return undefined;
  }
}

async function readBounded(response: Response, most: number, what: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      size += part.byteLength;
      if (size > most)
        throw new EdgeError("github-artifact", `${what}: more than ${most.toLocaleString("en-US")} bytes`);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new Later(new EdgeError("github-unreachable", `${what}: cut off after ${size} bytes`, { cause: error }));
  }
  return Buffer.concat(parts);
}

function listOf(body: unknown, name: string): Record<string, unknown>[] {
  const list = isRecord(body) ? body[name] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
