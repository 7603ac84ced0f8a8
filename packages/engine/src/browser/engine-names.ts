/** Names of the engines of a browser, without the engines. */
export const engineNames = ["wasm", "webgl", "cpu"] as const;
export type EngineName = (typeof engineNames)[number];
