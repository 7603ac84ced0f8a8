/**
 * Lists the operations that trainings, rollouts and scores execute, and which of them have a kernel for NVIDIA GPUs in
 * TensorFlow's CUDA wheel. The wheel is downloaded (0.6 GB) and its registry is asked; nothing is installed, and no GPU is
 * needed: node -r ./environment/typescript.cjs test/bench/gpu-kernels.ts
 */
import {execFileSync} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import Module, {createRequire} from "node:module";
import {tmpdir} from "node:os";
import path from "node:path";
import type * as lab from "../../packages/laboratory/src/lab";
import type * as presets from "../../packages/laboratory/src/presets/presets";
import type * as artifacts from "../../packages/cache/src/artifacts";
import type {Binding} from "../../packages/engine/src/backend";

const used = new Set<string>();

/** Read a protocol buffer's number. @returns it and the place behind it. */
function varint(bytes: Uint8Array, at: number): [number, number] {
  for (let value = 0, scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at];
  }
}

/** List the parts of a message that have a length, by number of their field. */
function* parts(message: Uint8Array): Generator<[number, Uint8Array]> {
  for (let at = 0; at < message.length;) {
    const [key, start] = varint(message, at);
    const [value, end] = key % 8 === 5 ? [4, start] : key % 8 === 1 ? [8, start] : varint(message, start);
    at = key % 8 === 0 ? end : end + value;
    if (key % 8 === 2) yield [key >> 3, message.subarray(end, at)];
  }
}

/** Note the operations of a recorded graph: GraphDef.node is field 1, NodeDef.op field 2. */
function noteGraph(graph: Uint8Array): void {
  for (const [, node] of [...parts(graph)].filter(([field]) => field === 1)) {
    for (const [field, text] of parts(node)) if (field === 2) used.add(Buffer.from(text).toString());
  }
}

/** Note what the native binding is asked for, from the moment it is loaded. */
function watchBinding(): void {
  const loader = Module as unknown as {_load: (request: string, ...rest: unknown[]) => unknown};
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => {
    const found = load(request, ...rest);
    if (!/tfjs_binding\.node$/.test(request)) return found;
    const binding = found as Binding;
    const members = Object.getOwnPropertyNames(binding).map((name) => [name, binding[name as keyof Binding]]); // not enumerable
    return {
      ...Object.fromEntries(members),
      executeOp: (...call: Parameters<Binding["executeOp"]>) => (used.add(call[0]), binding.executeOp(...call)),
      defineFunction: (...call: Parameters<Binding["defineFunction"]>) => {
        noteGraph(call[0]);
        binding.defineFunction(...call);
      },
    };
  };
}

/** Train, roll out and score a little of everything in this process. */
async function runSmall(folder: string): Promise<void> {
  const load = createRequire(__filename); // later than the watch begins
  const {Lab} = load("../../packages/laboratory/src/lab") as typeof lab;
  const {Artifacts} = load("../../packages/cache/src/artifacts") as typeof artifacts;
  const {preset} = load("../../packages/laboratory/src/presets/presets") as typeof presets;
  const kinds = ["diffusion", "solver", "crps"] as const;
  for (const [system, optimiser] of [
    ["euler", "soap"],
    ["gravity-cooling", "psgd"],
    ["euler", "adamw"],
  ] as const) {
    const config = {...preset(system, "smoke"), latentRolls: true, objective: {members: 2}};
    const training = {optimiser, ema: 0.9, microBatches: 2};
    const small = new Lab(config, new Artifacts(folder, () => undefined));
    const autoencoder = {training, steps: 20, model: {dropout: 0.1, latentNoise: 0.1}};
    const changes = {autoencoder, training: {...training, steps: 20}};
    await small.evaluation({methods: kinds.map((kind) => ({kind, latentChannels: 16, changes}))});
  }
}

async function main(): Promise<void> {
  watchBinding();
  const folder = mkdtempSync(path.join(tmpdir(), "lola-"));
  await runSmall(folder);
  rmSync(folder, {recursive: true});
  const names = [...used].filter((name) => /^[A-Z]\w*$/.test(name)).sort(); // recorded functions have names of their own
  const script = path.join(__dirname, "gpu-kernels.py");
  const python = path.join(__dirname, "../../environment/.venv/bin/python");
  process.stdout.write(
    execFileSync(python, [script, ...names], {encoding: "utf8", stdio: ["ignore", "pipe", "ignore"]}),
  );
}

void main().then(() => process.exit());
