/** Properties of core's http request that posts what a function node prepares, address included. */
export function post(name: string): Record<string, unknown> {
  return {
    name,
    method: "POST",
    ret: "txt",
    paytoqs: "ignore",
    url: "",
    tls: "",
    persist: true,
    proxy: "",
    insecureHTTPParser: false,
    authType: "",
    senderr: false,
    headers: [],
  };
}
