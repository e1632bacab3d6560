import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock";
import { ModbusDevices, readOnce } from "../../lib/fusion/modbus/devices";
import type { ReadRequest } from "../../lib/fusion/modbus/frame";
import type { RegisterFormat } from "../../lib/fusion/modbus/registers";
import { modbusOptions } from "../support/modbus";
import { RawDevice } from "../support/modbus-device";
import { freePort } from "../support/ports";
import { until } from "../support/process";

const FORMAT: RegisterFormat = { type: "uint16", order: "ABCD" };
const ONE: ReadRequest = { unit: 1, table: "holding", address: 1, words: 1 };

/** One connection node stands for several places: its device, and hosts that single assets have of their own. */
describe("the places of a Modbus connection", () => {
  let device: RawDevice;
  let devices: ModbusDevices;
  let trouble = "";
  let last = NaN;

  beforeEach(async () => {
    device = await RawDevice.start(await freePort());
    const assets = [{ asset: "away", host: `127.0.0.1:${await freePort()}`, unit: 1, offset: 0 }];
    devices = new ModbusDevices(modbusOptions(device.port, { assets }), systemClock, Math.random);
    devices.watch((text) => (trouble = text));
    last = NaN;
  });
  afterEach(async () => {
    await devices.close();
    await device.stop();
  });

  const follow = (match: string): (() => void) => devices.follow(match, FORMAT, ({ value }) => (last = value));

  it("have no say any more once nobody follows them", async () => {
    follow("1");
    const stops = [follow("1@away"), follow("2@away")];
    await until("it is away", () => trouble.includes("nothing listens there"));
    await until("the other reads", () => last === 1001);
    stops[0]();
    assert.match(trouble, /nothing listens there/, "somebody follows it still");
    stops[1]();
    assert.equal(trouble, "");
    const again = follow("1@away");
    await until("it is away again", () => trouble.includes("nothing listens there"));
    again();
    assert.equal(trouble, "");
  });

  it("take one connection at a time, also when followed again at once", async () => {
    let stop = follow("1");
    await until("it reads", () => last === 1001);
    let most = 0;
    for (let i = 0; i < 5; i++) {
      stop();
      last = NaN;
      stop = follow("1");
      await until("it reads again", () => {
        most = Math.max(most, device.openConnections);
        return last === 1001;
      });
    }
    assert.equal(most, 1);
    assert.equal(trouble, "");
  });

  it("are read by a dialog over the connection that is open", async () => {
    follow("1");
    await until("it reads", () => last === 1001);
    assert.deepEqual(await readOnce(ONE, devices.options, [devices], systemClock), [1001]);
    assert.equal(device.connections, 1);
  });

  it("are read by a dialog over one of its own where that is to be another kind of line", async () => {
    follow("1");
    await until("it reads", () => last === 1001);
    const transport = { kind: "rtu_tcp", host: "127.0.0.1", port: device.port } as const;
    const asked = readOnce(ONE, { ...devices.options, transport }, [devices], systemClock);
    await assert.rejects(asked, { code: "timeout" }, "this device speaks no RTU");
    assert.equal(device.connections, 2);
  });
});
