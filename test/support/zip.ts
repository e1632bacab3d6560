import { execFileSync } from "node:child_process";

const WRITE = `
import base64, io, json, sys, zipfile
files = json.load(sys.stdin)
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if sys.argv[1] == "stored" else zipfile.ZIP_DEFLATED) as archive:
    for name, body in files.items():
        archive.writestr(name, base64.b64decode(body))
sys.stdout.buffer.write(out.getvalue())
`;

/** An archive as Python's zipfile writes it. */
export function zipOf(
  files: Readonly<Record<string, string | Buffer>>,
  how: "stored" | "deflated" = "deflated",
): Buffer {
  const encoded = Object.fromEntries(
    Object.entries(files).map(([name, body]) => [name, Buffer.from(body).toString("base64")]),
  );
  return execFileSync("python3", ["-c", WRITE, how], { input: JSON.stringify(encoded), maxBuffer: 256 << 20 });
}
