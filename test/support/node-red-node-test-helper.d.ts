/** The part of the test helper that the tests use; the package has no types. */
declare module "node-red-node-test-helper" {
  import type { NodeAPI } from "node-red";
  interface TestNode {
    on(event: "input", listener: (message: Record<string, unknown>) => void): void;
    receive(message: object): void;
    send(message: object): void;
    [member: string]: unknown;
  }
  interface Helper {
    init(runtime: string, settings?: object): void;
    startServer(done: () => void): void;
    stopServer(done: () => void): void;
    load(
      nodes: ((RED: NodeAPI) => void) | ((RED: NodeAPI) => void)[],
      flow: object[],
      credentials?: object,
    ): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): TestNode;
    /** Entries of the log, one call each: `args` is [entry][]. */
    log(): { args: [{ level: number; type?: string; id?: string; msg: unknown }][] };
    request(): unknown;
    settings(settings: object): void;
  }
  const helper: Helper;
  export default helper;
}

declare module "@node-red/editor-api/lib/auth" {
  import type { NodeAPI } from "node-red";
  interface Auth extends Pick<NodeAPI["auth"], "needsPermission"> {
    /** `settings` as in settings.js; `storage` keeps the sessions. */
    init(settings: object, storage: object): void;
  }
  const auth: Auth;
  export = auth;
}
