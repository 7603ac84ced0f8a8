/** The engine's program, in a thread of its own: the page stays alive while it computes. */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import {startEngine, type EngineName} from "@lola-ts/engine/browser";
import {fromBase64, fromHalves} from "./encoding";
import type {ModelFacts, SystemFacts} from "./facts";
import {guide, rollOut, type Progress, type Watch} from "./forecasts";
import {compress, Lesson, truth} from "./lesson";
import {draw, noise, sample} from "./windows";

const WASM_FILES = [
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
] as const;

const running = new Map<number, AbortController>();
let lesson: Lesson | undefined;

function opened(): Lesson {
  if (lesson) return lesson;
  throw new Error("No system is opened.");
}

const calls = {truth, compress, noise, sample, draw, rollOut, guide};

export type LessonCall = keyof typeof calls;

const orders = {
  start(wanted: readonly EngineName[], wasm: string | undefined) {
    const files = Object.fromEntries(WASM_FILES.map((name) => [name, `data:application/wasm;base64,${wasm ?? ""}`]));
    return startEngine(
      wanted.filter((name) => name !== "wasm" || wasm !== undefined),
      files as Record<(typeof WASM_FILES)[number], string>,
    );
  },
  open(facts: SystemFacts) {
    lesson?.dispose();
    lesson = new Lesson(facts);
  },
  model: (latentChannels: number, facts: ModelFacts, base64: string) =>
    opened().setModel(latentChannels, facts, fromHalves(fromBase64(base64))),
  trajectory: (trajectory: number, base64: string) =>
    opened().setTrajectory(trajectory, fromHalves(fromBase64(base64))),
  cancel: (id: number) => running.get(id)?.abort(new Error("It was cancelled.")),
};

export type Orders = typeof orders;

/** What the page asks. */
export interface Request {
  readonly id: number;
  readonly name: LessonCall | keyof Orders;
  readonly parameters: readonly unknown[];
}

export type Reply =
  | {readonly id: number; readonly value: unknown}
  | {readonly id: number; readonly error: string}
  | {readonly id: number; readonly progress: Progress};

const isOrder = (name: Request["name"]): name is keyof Orders => name in orders;

async function answer({id, name, parameters}: Request): Promise<unknown> {
  if (isOrder(name)) return (orders[name] as (...all: readonly unknown[]) => unknown)(...parameters);
  const controller = new AbortController();
  running.set(id, controller);
  await new Promise((resolve) => setTimeout(resolve)); // lets a cancellation in that is already waiting
  try {
    controller.signal.throwIfAborted();
    const watch: Watch = {onProgress: (progress) => reply({id, progress}), signal: controller.signal};
    const compute = calls[name] as (...all: readonly unknown[]) => unknown;
    return await compute(opened(), ...parameters, ...(name === "rollOut" || name === "guide" ? [watch] : []));
  } finally {
    running.delete(id);
  }
}

const scope = globalThis as unknown as {
  postMessage(message: Reply): void;
  onmessage: (event: {data: Request}) => void;
};
const reply = (message: Reply) => scope.postMessage(message);

scope.onmessage = ({data}) => {
  answer(data).then(
    (value) => reply({id: data.id, value}),
    (error: Error) => reply({id: data.id, error: error.message}),
  );
};
