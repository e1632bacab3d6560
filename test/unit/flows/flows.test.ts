import { strict as assert } from "node:assert";
import { outputs } from "../../../flows/src";
import { page } from "../../../flows/src/files";
import { Sheet, type FlowNode } from "../../../flows/src/sheet";

function isOnSheet(node: FlowNode): boolean {
  return typeof node["z"] === "string" && node.type !== "group";
}

describe("the shipped flows", () => {
  for (const { path, nodes } of outputs()) {
    describe(path, () => {
      const ids = new Set(nodes.map((node) => node.id));

      it("has ids of 16 hexadecimal digits, each once", () => {
        assert.equal(ids.size, nodes.length);
        for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
      });

      it("wires, links, scopes and groups lead to nodes that are there", () => {
        for (const node of nodes) {
          const led = [node["wires"], node["links"], node["scope"], node["nodes"], node["g"], node["z"]].flat(2);
          for (const id of led) if (typeof id === "string") assert.ok(ids.has(id), `${node.type} leads to ${id}`);
        }
      });

      it("has a device for every connection whose certificates lie in a device's data folder", () => {
        for (const node of nodes.filter(({ type }) => type === "context-edge-opcua"))
          assert.ok(ids.has(String(node["device"])), `${String(node["name"])} has no device`);
      });

      it("gives every node on the sheet a place: without one Node-RED takes it for a config node", () => {
        for (const node of nodes.filter(isOnSheet)) {
          assert.ok(typeof node["x"] === "number" && typeof node["y"] === "number", node.type);
        }
      });

      it("puts no two nodes on top of each other", () => {
        const placed = nodes.filter(isOnSheet);
        for (const a of placed) {
          for (const b of placed) {
            if (a.id >= b.id) continue;
            const near =
              Math.abs((a["x"] as number) - (b["x"] as number)) < 30 &&
              Math.abs((a["y"] as number) - (b["y"] as number)) < 30;
            assert.ok(!near, `${String(a["name"])} and ${String(b["name"])} overlap`);
          }
        }
      });

      it("puts no group over another", () => {
        const boxes = nodes
          .filter((node) => node.type === "group")
          .map((node) => node as FlowNode & { name: string; x: number; y: number; w: number; h: number });
        for (const a of boxes) {
          for (const b of boxes) {
            const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
            assert.ok(a === b || apart, `"${a.name}" lies over "${b.name}"`);
          }
        }
      });

      it("names the packages it needs as the editor's own export does", () => {
        const config = nodes.filter((node) => node.type === "global-config");
        assert.equal(config.length, 1);
        const modules = config[0]?.["modules"] as Record<string, string>;
        for (const version of Object.values(modules)) assert.match(version, /^\d+\.\d+\.\d+$/);
        assert.ok(modules["@context-edge/node-red"]);
        const onDashboard = nodes.some(({ type }) => type.startsWith("ui-"));
        if (onDashboard) assert.ok(modules["@flowfuse/node-red-dashboard"]);
      });
    });
  }

  it("can be loaded together: what they share is the same node", () => {
    const seen = new Map<string, FlowNode>();
    for (const { path, nodes } of outputs().filter((output) => output.path.startsWith("flows/"))) {
      for (const node of nodes) {
        const other = seen.get(node.id);
        if (other) assert.deepEqual(node, other, `${path} has its own version of ${node.type}`);
        seen.set(node.id, node);
      }
    }
  });

  it("are the same when built again", () => {
    assert.equal(JSON.stringify(outputs()), JSON.stringify(outputs()));
  });
});

describe("a sheet", () => {
  it("refuses a property that the node does not have", () => {
    const sheet = new Sheet("test", "Test", "");
    assert.throws(
      () => sheet.node("sensor-fuse", "fuse", { col: 0, row: 0 }, { triger: "scan" }),
      /sensor-fuse has no triger/,
    );
  });

  it("fills in what a freshly dropped node has", () => {
    const { node } = new Sheet("test", "Test", "").node("sensor-fuse", "fuse", { col: 0, row: 0 });
    assert.equal(node["trigger"], "scan");
  });

  it("refuses two nodes of one name", () => {
    const sheet = new Sheet("test", "Test", "");
    sheet.comment("a", { col: 0, row: 0 }, "one");
    assert.throws(() => sheet.comment("a", { col: 0, row: 1 }, "two"), /two nodes are called a/);
  });
});

describe("a page", () => {
  for (const name of ["line", "alerts", "training"]) {
    const text = page(name);

    it(`${name} names nothing outside`, () => {
      assert.doesNotMatch(text, /https?:\/\/|@import|url\(/);
    });

    it(`${name} closes every tag: the dashboard parses it as HTML, where <x /> stays open`, () => {
      const template = text.slice(0, text.indexOf("<script>"));
      assert.doesNotMatch(template, /<(?!br|input)[a-z-]+[^<>]*[^=<>]\/>/);
    });

    it(`${name} takes no colour but the theme's and the three of the states`, () => {
      const styles = text.slice(text.indexOf("<style>"));
      const fixed = styles.match(/#[0-9a-f]{3,8}\b/gi) ?? [];
      assert.deepEqual([...new Set(fixed)].sort(), ["#1a8f4a", "#c97a00", "#d3222f"]);
    });
  }
});
