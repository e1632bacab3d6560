import { Compile } from "typebox/compile";
import { EdgeError } from "../errors";
import { Ldo } from "../messages";

const schema = Compile(Ldo);

/** How many faults an error names. */
const SHOWN = 3;

/** @throws EdgeError `ldo-invalid` naming the path of what is wrong: "/sensor_data/temperature must be number" */
export function checkLdo(ldo: Ldo): void {
  if (schema.Check(ldo)) return;
  const leaves = schema.Errors(ldo).filter(({ keyword }) => keyword !== "anyOf");
  // Where null is one of the choices, that it is not null says nothing.
  const telling = leaves.filter(({ message }) => message !== "must be null");
  const said = (telling.length > 0 ? telling : leaves).map(
    ({ instancePath, message }) => `${instancePath || "/"} ${message}`,
  );
  const more = said.length > SHOWN ? `, and ${said.length - SHOWN} more` : "";
  const what = said.slice(0, SHOWN).join(", ") || "does not match ldo/1";
  throw new EdgeError("ldo-invalid", `${String((ldo as { ldo_id?: unknown }).ldo_id)}: ${what}${more}`);
}
