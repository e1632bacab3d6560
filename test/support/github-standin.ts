/**
 * A stand-in for GitHub: it answers as its REST documentation says (workflows, workflow runs, artefacts; rate limits;
 * conditional requests), for one repository with one workflow, and fails as it is told to. A second server stands for the
 * store of files that downloads are redirected to.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { freePort } from "./ports";

export const TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";

interface Run {
  readonly id: number;
  readonly inputs: Record<string, string>;
  status: string;
  conclusion: string | null;
  step: string | undefined;
  artifacts: { id: number; name: string; body: Buffer; digest?: string; expired?: boolean; to?: string }[];
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
}

type Fault =
  { readonly status: number; readonly body?: object; readonly headers?: Record<string, string> } | "reset" | "hang";

export class GithubStandin {
  readonly runs: Run[] = [];
  readonly asked: Asked[] = [];
  readonly asksOfFiles: Asked[] = [];
  /** What the next requests are answered with, the first that matches; `after` lets it happen first. */
  faults: { readonly on: RegExp; readonly fault: Fault; readonly after?: boolean }[] = [];
  /** An older Enterprise server: it does not know `return_run_details`, and refuses it or overlooks it. */
  older: "refuses" | "overlooks" | undefined;
  /** Inputs that the workflow declares. */
  inputs = ["model", "cause", "trigger_id", "config", "bucket", "since", "limit"];
  /** Runs are listed only after so many looks. */
  listedAfter = 0;
  scopes = true;

  private constructor(
    private readonly api: Server,
    private readonly files: Server,
    readonly url: string,
    readonly filesUrl: string,
  ) {}

  static async start(prefix = ""): Promise<GithubStandin> {
    const [api, files] = [createServer(), createServer()];
    const [apiPort, filesPort] = [await freePort(), await freePort()];
    const standin = new GithubStandin(
      api,
      files,
      `http://127.0.0.1:${apiPort}${prefix}`,
      `http://127.0.0.1:${filesPort}`,
    );
    api.on("request", (request, response) => void standin.serve(request, response, prefix));
    files.on("request", (request, response) => void standin.serveFile(request, response));
    await Promise.all([
      once(api.listen(apiPort, "127.0.0.1"), "listening"),
      once(files.listen(filesPort, "127.0.0.1"), "listening"),
    ]);
    return standin;
  }

  async stop(): Promise<void> {
    for (const server of [this.api, this.files]) {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }
  }

  get run(): Run {
    const run = this.runs.at(-1);
    if (!run) throw new Error("no run was dispatched");
    return run;
  }

  /** The latest run is at a step. */
  at(step: string): void {
    Object.assign(this.run, { status: "in_progress", step });
  }

  end(conclusion: string, artifacts: Readonly<Record<string, Buffer>> = {}): void {
    const { run } = this;
    run.artifacts = Object.entries(artifacts).map(([name, body], i) => ({ id: run.id * 10 + i, name, body }));
    Object.assign(run, { status: "completed", conclusion, step: undefined });
  }

  private async serve(request: IncomingMessage, response: ServerResponse, prefix: string): Promise<void> {
    const asked = await askedOf(request);
    this.asked.push(asked);
    const line = `${asked.method} ${asked.path}`;
    const at = this.faults.findIndex(({ on }) => on.test(line));
    const [found] = at < 0 ? [] : this.faults.splice(at, 1);
    if (found?.after) this.answer(asked, prefix);
    if (found?.fault === "hang") return;
    if (found?.fault === "reset") return void request.socket.destroy();
    const { status, body, headers } = found ? found.fault : this.answer(asked, prefix);
    const text = body === undefined ? "" : JSON.stringify(body);
    const etag = `W/"${createHash("sha256").update(text).digest("hex").slice(0, 16)}"`;
    const limits = { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999" };
    if (asked.method === "GET" && status === 200 && asked.headers["if-none-match"] === etag) {
      response.writeHead(304, { etag, ...limits }).end();
      return;
    }
    response
      .writeHead(status, { "content-type": "application/json; charset=utf-8", etag, ...limits, ...headers })
      .end(text);
  }

  private answer(
    { method, path, headers, body }: Asked,
    prefix: string,
  ): { status: number; body?: object; headers?: Record<string, string> } {
    const missing = {
      status: 404,
      body: { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
    };
    if (headers.authorization !== `Bearer ${TOKEN}`)
      return { status: 401, body: { message: "Bad credentials", status: "401" } };
    const repository = `${prefix}/repos/plant/models`;
    if (!path.startsWith(repository)) return missing;
    const [rest = "", query = ""] = path.slice(repository.length).split("?");
    if (rest === "") return { status: 200, body: { full_name: "plant/models" } };
    const workflow = "/actions/workflows/mlops.yml";
    if (rest === workflow) return { status: 200, body: { id: 7, name: "Train", state: "active" } };
    if (!this.scopes) return missing;
    if (rest === `${workflow}/dispatches` && method === "POST") return this.dispatch(body);
    if (rest === `${workflow}/runs`) return this.list(new URLSearchParams(query));
    const [, id, what] = /^\/actions\/runs\/(\d+)(?:\/(\w+))?$/.exec(rest) ?? [];
    const run = this.runs.find((each) => String(each.id) === id);
    if (run && what === undefined) return { status: 200, body: shown(run, this.url) };
    if (run && what === "jobs") return { status: 200, body: jobsOf(run) };
    if (run && what === "artifacts") return { status: 200, body: artifactsOf(run) };
    if (run && what === "cancel") return this.cancel(run);
    const [, artifact] = /^\/actions\/artifacts\/(\d+)\/zip$/.exec(rest) ?? [];
    const file = this.runs.flatMap((each) => each.artifacts).find((each) => String(each.id) === artifact);
    if (file) return { status: 302, headers: { location: file.to ?? `${this.filesUrl}/${artifact}?sig=secret` } };
    return missing;
  }

  private dispatch(body: Record<string, unknown>): { status: number; body?: object } {
    const {
      ref,
      inputs = {},
      return_run_details: details,
    } = body as { ref: string; inputs?: Record<string, string>; return_run_details?: boolean };
    if (this.older === "refuses" && details !== undefined)
      return refuse('Invalid request.\n\n"return_run_details" is not a permitted key.');
    if (ref !== "main") return refuse(`No ref found for: ${ref}`);
    const unexpected = Object.keys(inputs).filter((name) => !this.inputs.includes(name));
    if (unexpected.length > 0) return refuse(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
    const id = 1000 + this.runs.length;
    this.runs.push({ id, inputs, status: "queued", conclusion: null, step: undefined, artifacts: [] });
    if (this.older || !details) return { status: 204 };
    return {
      status: 200,
      body: { workflow_run_id: id, run_url: `${this.url}/x`, html_url: `https://github.example/runs/${id}` },
    };
  }

  private list(query: URLSearchParams): { status: number; body: object } {
    const listed = this.listedAfter-- > 0 || !(query.get("created") ?? "").startsWith(">=") ? [] : this.runs;
    return {
      status: 200,
      body: { total_count: listed.length, workflow_runs: listed.map((run) => shown(run, this.url)) },
    };
  }

  private cancel(run: Run): { status: number; body: object } {
    if (run.status === "completed")
      return { status: 409, body: { message: "Cannot cancel a workflow run that is completed." } };
    Object.assign(run, { status: "completed", conclusion: "cancelled" });
    return { status: 202, body: {} };
  }

  private async serveFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await askedOf(request);
    this.asksOfFiles.push(asked);
    const id = asked.path.slice(1).split("?")[0];
    const file = this.runs.flatMap((run) => run.artifacts).find((each) => String(each.id) === id);
    response.writeHead(file ? 200 : 404, { "content-type": "application/zip" }).end(file?.body);
  }
}

function refuse(message: string): { status: number; body: object } {
  return { status: 422, body: { message, status: "422" } };
}

function shown({ id, inputs, status, conclusion }: Run, url: string): object {
  const title = `train ${inputs["model"]} (${inputs["trigger_id"]})`;
  return {
    id,
    name: title,
    display_title: title,
    event: "workflow_dispatch",
    status,
    conclusion,
    html_url: `${url}/html/${id}`,
  };
}

function jobsOf({ status, step }: Run): object {
  const steps =
    step === undefined
      ? []
      : [
          { name: "check out", status: "completed" },
          { name: step, status: "in_progress" },
        ];
  return { total_count: 1, jobs: [{ id: 1, status, steps }] };
}

function artifactsOf({ artifacts }: Run): object {
  const listed = artifacts.map(({ id, name, body, digest, expired = false }) => ({
    id,
    name,
    expired,
    size_in_bytes: body.byteLength,
    digest: digest ?? `sha256:${createHash("sha256").update(body).digest("hex")}`,
  }));
  return { total_count: listed.length, artifacts: listed };
}

async function askedOf(request: IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
}
