/** Print a value for an error, in place of node:util's. */
export function inspect(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return "an object that holds itself";
  }
}
inspect.custom = Symbol.for("nodejs.util.inspect.custom");
