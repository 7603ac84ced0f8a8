/** The page's program: the tests of golden vectors on the browser's engine. */
import {tf} from "@lola-ts/engine";
import {startAcceleration, startEngine, type EngineName} from "@lola-ts/engine/browser";
import {ran, untilThere} from "./accelerator";
import {runOperations} from "./operations";
import {declareJest, runSuite, type Result} from "./runner";

type Topics = Readonly<Record<string, () => Promise<unknown>>>;

/** Results of the tests, by topic. */
export interface GoldenResults {
  readonly engine: string;
  readonly error: number;
  /** Numbers of operations of the steps that ran on the graphics processor. */
  readonly ran: readonly number[];
  readonly results: readonly Result[];
}

const topics: Topics = {
  "autoencoder-2d": () => import("../../reference/autoencoder-2d.test.js"),
  vit: () => import("../../reference/vit.test.js"),
  denoiser: () => import("../../reference/denoiser.test.js"),
  sampler: () => import("../../reference/sampler.test.js"),
  solver: () => import("../../reference/solver.test.js"),
  mmps: () => import("../../reference/mmps.test.js"),
  rollout: () => import("../../reference/rollout.test.js"),
  metrics: () => import("../../reference/metrics.test.js"),
};

async function runGolden(
  engine: EngineName | "webgpu",
  wasm: Parameters<typeof startEngine>[1],
  names: readonly string[],
) {
  const started = await startEngine([engine === "webgpu" ? "wasm" : engine], wasm);
  if (engine === "webgpu") await startAcceleration();
  const results: Result[] = [];
  for (const name of names) {
    const suite = declareJest();
    await topics[name]();
    const found = await runSuite(suite, untilThere);
    results.push(...found.map((one) => ({...one, name: `${name}: ${one.name}`})));
    tf.engine().disposeVariables();
  }
  return {engine: started.name, error: started.error, ran, results} satisfies GoldenResults;
}

async function runEach(wasm: Parameters<typeof startEngine>[1]) {
  await startEngine(["wasm"], wasm);
  await startAcceleration();
  return runOperations();
}

Object.assign(globalThis, {runGolden, runEach, topicNames: Object.keys(topics)});
