import { breach } from "../contract/contract";
import { EdgeError } from "../errors";
import type { Ldo } from "../messages";

/** @throws EdgeError `ldo-invalid` naming the path of what is wrong: "/sensor_data/temperature must be number" */
export function checkLdo(ldo: Ldo): void {
  const wrong = breach("ldo/1", ldo);
  if (wrong === undefined) return;
  throw new EdgeError("ldo-invalid", `${String((ldo as { ldo_id?: unknown }).ldo_id)}: ${wrong}`);
}
