/** Names of the engines of a browser, without the engines. */
export const engineNames = ["wasm", "webgl", "cpu"] as const;
export type EngineName = (typeof engineNames)[number];

/** Engines, and WebGPU beside WebAssembly: where it is right and faster ("auto"), or wherever it is right ("webgpu"). */
export const engineChoices = ["auto", "webgpu", ...engineNames] as const;
export type EngineChoice = (typeof engineChoices)[number];
