import { EXIT, EXITS, parse, readTrusted, wrongUse, type Command } from "./command";
import { checkedRelease, describe } from "./release";

export const verify: Command = {
  help: `context-edge verify RELEASE --trust FILE… [--signature FILE]
  Checks a release as a device does: who signed it, that every file is what was signed, manifest, ONNX file, golden samples.
  RELEASE is a folder with model.sig in it (or --signature FILE), or an object of a store: s3://bucket[/prefix]/releases/MODEL/
  VERSION.json, or the same below a folder. Endpoint and keys of S3 come from the environment (AWS_ENDPOINT_URL_S3, …).
  --trust FILE      public release keys, PEM; may be given several times

${EXITS}`,
  async run(args, surroundings) {
    const { values, positionals } = parse(args, {
      trust: { type: "string", multiple: true, default: [] },
      signature: { type: "string" },
    });
    const [where, ...more] = positionals;
    if (where === undefined || more.length > 0) throw wrongUse("verify: one RELEASE");
    const trusted = readTrusted(values.trust, "--trust");
    const found = await checkedRelease(where, values.signature, trusted, surroundings);
    for (const line of describe(found)) surroundings.out(line);
    return EXIT.done;
  },
};
