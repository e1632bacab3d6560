import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownCertificate, type OwnCertificate } from "../../../lib/fusion/opcua/certificate";
import { userCertificate } from "../../../lib/fusion/opcua/endpoint";
import { describeCertificate, TrustedServers } from "../../../lib/fusion/opcua/trust";
import { scratch } from "../../support/cache";

const NOW = Date.UTC(2026, 5, 1);
const YEAR_MS = 365.25 * 86_400_000;

const oneLine = (pem: string): string => pem.replaceAll("\n", " ");
const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");

describe("OPC UA certificates", function () {
  this.timeout(20_000);
  let folder: string;
  let own: OwnCertificate;

  before(async () => {
    folder = scratch("certificates");
    own = await ownCertificate(folder, "Context Edge", NOW);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("of our own carries the application's name, fits its key, and says what OPC UA asks for", () => {
    const certificate = new X509Certificate(own.pem);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(own.key)));
    assert.match(own.applicationUri, /^urn:.+:ContextEdge$/);
    assert.ok(certificate.keyUsage?.includes("1.3.6.1.5.5.7.3.2"), "client authentication");
    assert.match(own.thumbprint, /^[0-9A-F]{40}$/);
    assert.equal(
      statSync(join(folder, "own", "private", "private_key.pem")).mode & 0o077,
      0,
      "nobody else reads the key",
    );
  });

  it("is made once, however many ask", async () => {
    const both = await Promise.all([
      ownCertificate(folder, "Context Edge", NOW),
      ownCertificate(folder, "Context Edge", NOW + YEAR_MS),
    ]);
    for (const { pem } of both) assert.equal(pem, own.pem);
  });

  it("is renewed before its end with the same key and name, and when the clock was wrong", async () => {
    const later = await ownCertificate(folder, "Context Edge", NOW + 9.95 * YEAR_MS);
    assert.notEqual(later.pem, own.pem);
    assert.equal(later.key, own.key);
    assert.equal(later.applicationUri, own.applicationUri);
    const back = await ownCertificate(folder, "Context Edge", NOW);
    assert.ok(new X509Certificate(back.pem).validFromDate.getTime() <= NOW, "valid now");
  });

  it("is made anew, with its name, where a file of it was damaged", async () => {
    const damaged = scratch("damaged");
    const certificate = join(damaged, "own", "certs", "client_certificate.pem");
    const key = join(damaged, "own", "private", "private_key.pem");
    const first = await ownCertificate(damaged, "Context Edge", NOW);
    for (const file of [certificate, key]) {
      writeFileSync(file, "-----BEGIN CERTIFICATE-----\nMIIC");
      const mended = await ownCertificate(damaged, "Context Edge", NOW);
      assert.ok(new X509Certificate(mended.pem).checkPrivateKey(createPrivateKey(mended.key)));
      assert.equal(mended.applicationUri, first.applicationUri);
      assert.deepEqual(await ownCertificate(damaged, "Context Edge", NOW), mended, "it stays");
    }
    rmSync(damaged, { recursive: true, force: true });
  });

  it("of servers are trusted one by one, and struck off again", () => {
    const trusted = new TrustedServers(folder);
    const shown = describeCertificate(own.der);
    assert.equal(trusted.isTrusted(shown.sha256), false);
    trusted.trust(own.der);
    assert.equal(trusted.isTrusted(shown.sha256), true);
    assert.equal(trusted.isChange(shown), false);
    assert.equal(trusted.isChange({ ...shown, sha256: "other" }), true, "the same application, another certificate");
    assert.equal(trusted.distrust(shown.sha256), true);
    assert.equal(trusted.distrust(shown.sha256), false);
    assert.equal(trusted.isTrusted(shown.sha256), false);
  });

  it("are trusted when put into the folder by hand; what is no certificate trusts nobody", () => {
    const trusted = new TrustedServers(folder);
    trusted.trust(own.der);
    writeFileSync(join(folder, "trusted", "certs", "readme.txt"), "no certificate");
    rmSync(join(folder, "trusted", "certs", `${describeCertificate(own.der).sha256}.pem`));
    writeFileSync(join(folder, "trusted", "certs", "plc-7.der"), own.der);
    assert.equal(trusted.isTrusted(describeCertificate(own.der).sha256), true);
    assert.throws(() => describeCertificate(Buffer.from("rubbish")), { code: "opcua-certificate" });
  });

  it("of users are taken as PEM, as one line, and as files in base64", () => {
    const der = createPrivateKey(own.key).export({ type: "pkcs8", format: "der" });
    const certificate = new X509Certificate(own.pem);
    for (const [given, key] of [
      [own.pem, own.key],
      [oneLine(own.pem), oneLine(own.key)],
      [base64(own.pem), base64(own.key)],
      [base64(certificate.raw), base64(der)],
    ] as const) {
      const user = userCertificate(given, key, "");
      assert.ok("certificate" in user);
      assert.equal(new X509Certificate(user.certificate).fingerprint256, certificate.fingerprint256);
    }
  });

  it("of users take a passphrase, and refuse a key that is another's", () => {
    const locked = createPrivateKey(own.key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "p",
    });
    assert.ok("key" in userCertificate(own.pem, locked as string, "p"));
    assert.throws(() => userCertificate(own.pem, locked as string, "wrong"), /private key cannot be read/);
    const other = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    assert.throws(() => userCertificate(own.pem, other as string, ""), /does not belong/);
    assert.throws(() => userCertificate("rubbish", own.key, ""), { code: "opcua-user" });
  });
});
