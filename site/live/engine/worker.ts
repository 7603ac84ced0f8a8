/** The engine's program, in a thread of its own: the page stays alive while it computes. */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import {
  acceleration,
  checkEngine,
  proved,
  startAcceleration,
  startEngine,
  type EngineName,
} from "@lola-ts/engine/browser";
import {fromBase64, fromHalves} from "./encoding";
import type {ModelFacts, SystemFacts} from "./facts";
import {rollEnsemble, rollOut} from "./forecasts";
import {compress, Lesson, truth} from "./lesson";
import {serveThread} from "./thread";
import {draw, sample} from "./windows";

const WASM_FILES = [
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
] as const;

let lesson: Lesson | undefined;

function opened(): Lesson {
  if (lesson) return lesson;
  throw new Error("No system is opened.");
}

const calls = {truth, compress, sample, draw, rollOut};

export type LessonCall = keyof typeof calls;

const orders = {
  start(wanted: readonly EngineName[], wasm: string | undefined) {
    const files = Object.fromEntries(WASM_FILES.map((name) => [name, `data:application/wasm;base64,${wasm ?? ""}`]));
    return startEngine(
      wanted.filter((name) => name !== "wasm" || wasm !== undefined),
      files as Record<(typeof WASM_FILES)[number], string>,
    );
  },
  acceleration,
  /** Start WebGPU, and hold it to WebAssembly with a window of the models: encoder, two steps of the sampler, decoder. */
  async accelerate(trajectory: number, latentChannels: number, isHurried: boolean) {
    if (!(await startAcceleration())) return acceleration();
    const {window, defaults} = opened().facts;
    const sampling = {steps: 2, order: defaults.order, seed: 0};
    await rollEnsemble(opened(), {trajectory, latentChannels, rows: 4, states: window}, sampling);
    await proved(isHurried);
    return acceleration();
  },
  open(facts: SystemFacts) {
    lesson?.dispose();
    lesson = new Lesson(facts);
  },
  model: (latentChannels: number, facts: ModelFacts, base64: string) =>
    opened().setModel(latentChannels, facts, fromHalves(fromBase64(base64))),
  trajectory: (trajectory: number, base64: string) =>
    opened().setTrajectory(trajectory, fromHalves(fromBase64(base64))),
};

export type Orders = typeof orders;

const ofLesson =
  (compute: (lesson: Lesson, ...all: never[]) => unknown) =>
  (...all: never[]) =>
    compute(opened(), ...all);

const ofLessons = Object.fromEntries(
  Object.entries(calls).map(([name, compute]) => [name, ofLesson(compute)] as const),
);
serveThread(orders, ofLessons, checkEngine);
