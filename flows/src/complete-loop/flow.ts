import { channels } from "../channels";
import { source } from "../files";
import { addFaults } from "../faults";
import { addLoop } from "../loop";
import { globalConfig } from "../modules";
import { addPages } from "../pages";
import { Sheet, type FlowNode } from "../sheet";

/** The loop with the plant in process: after Import and Deploy it runs with nothing else. */
export function completeLoop(): FlowNode[] {
  const sheet = new Sheet("complete-loop", "Complete loop, simulated", source("complete-loop", "info.md"));
  sheet.comment(
    "start",
    { col: 0, row: 0 },
    "Deploy, then open /dashboard/line. The first alert comes within 30 seconds.",
    source("complete-loop", "info.md"),
  );
  const loop = addLoop(
    sheet,
    {
      channels: channels(),
      device: {
        name: "this device",
        line: "line-1",
        site: "demo",
        assets: [1, 2].map((n) => ({ id: `motor-${n}`, line: "line-1", station: `test-${n}`, readers: `reader-${n}` })),
      },
      store: { name: "contexts" },
      objects: { name: "folder" },
      model: { name: "bundled model" },
      sealAfterS: "10",
    },
    { col: 2.1, row: 4 },
  );
  const plant = sheet.node(
    "context-edge-plant",
    "plant",
    { col: 1.1, row: 4 },
    { name: "plant", device: loop.device, assets: 2, fault_share: 0.03 },
  );
  const faults = addFaults(sheet, { col: 0, row: 2.2 }, "message");
  for (const fault of faults) sheet.wire(fault, 0, plant);
  sheet.wire(plant, 0, loop.scan);
  sheet.wire(plant, 1, loop.fuse, loop.display);
  sheet.group("plant", "The plant: press a button to break something", [...faults, plant]);
  addPages(sheet, loop, { col: 0, row: 10.6 });
  return [...sheet.json(), globalConfig()];
}
