import { EdgeError, errorCode } from "./errors";

/**
 * A library that is not a hard dependency, loaded when first used: the package installs and starts without it.
 * @param load requires it, so that a bundler and a reader see the name
 * @throws EdgeError `library-missing` with the line that mends it
 */
export function loadOptional<T>(name: string, purpose: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    const code = errorCode(error);
    if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new EdgeError("library-missing", `${purpose} needs ${name}, which is not installed`, {
      cause: error,
      remedy: `in the Node-RED user directory run \`npm install ${name}\` and restart Node-RED`,
    });
  }
}
