/** The engine's program, in a thread of its own: the page stays alive while it computes. */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import {startEngine, type StartedEngine, type EngineName} from "@lola-ts/engine/browser";
import {fromBase64, fromHalves} from "./encoding";
import type {ModelFacts, SystemFacts} from "./facts";
import {guide, rollOut, type Watch} from "./forecasts";
import {compress, Lesson, truth} from "./lesson";
import type {Progress} from "./results";
import {draw, noise, sample} from "./windows";

const calls = {truth, compress, noise, sample, draw, rollOut, guide};

export type LessonCall = keyof typeof calls;

export type Request =
  | {readonly kind: "start"; readonly id: number; readonly wanted: readonly EngineName[]; readonly wasm?: string}
  | {readonly kind: "open"; readonly id: number; readonly facts: SystemFacts}
  | {
      readonly kind: "model";
      readonly id: number;
      readonly latentChannels: number;
      readonly facts: ModelFacts;
      readonly base64: string;
    }
  | {readonly kind: "trajectory"; readonly id: number; readonly trajectory: number; readonly base64: string}
  | {readonly kind: "call"; readonly id: number; readonly name: LessonCall; readonly parameters: readonly unknown[]}
  | {readonly kind: "cancel"; readonly id: number};

export type Reply =
  | {readonly id: number; readonly value: unknown}
  | {readonly id: number; readonly error: string}
  | {readonly id: number; readonly progress: Progress};

const WASM_FILES = [
  "tfjs-backend-wasm.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
] as const;

const running = new Map<number, AbortController>();
let lesson: Lesson | undefined;

function start({wanted, wasm}: Extract<Request, {kind: "start"}>): Promise<StartedEngine> {
  const files = Object.fromEntries(WASM_FILES.map((name) => [name, `data:application/wasm;base64,${wasm ?? ""}`]));
  return startEngine(
    wanted.filter((name) => name !== "wasm" || wasm !== undefined),
    files as Record<(typeof WASM_FILES)[number], string>,
  );
}

function opened(): Lesson {
  if (lesson) return lesson;
  throw new Error("No system is opened.");
}

const isLong = (name: LessonCall) => name === "rollOut" || name === "guide";

async function call({id, name, parameters}: Extract<Request, {kind: "call"}>): Promise<unknown> {
  const controller = new AbortController();
  running.set(id, controller);
  await new Promise((resolve) => setTimeout(resolve)); // lets a cancellation in that is already waiting
  try {
    controller.signal.throwIfAborted();
    const watch: Watch = {onProgress: (progress) => reply({id, progress}), signal: controller.signal};
    const compute = calls[name] as (...all: readonly unknown[]) => unknown;
    return await compute(opened(), ...parameters, ...(isLong(name) ? [watch] : []));
  } finally {
    running.delete(id);
  }
}

async function answer(request: Request): Promise<unknown> {
  switch (request.kind) {
    case "start":
      return start(request);
    case "open":
      lesson?.dispose();
      lesson = new Lesson(request.facts);
      return undefined;
    case "model":
      return opened().setModel(request.latentChannels, request.facts, fromHalves(fromBase64(request.base64)));
    case "trajectory":
      return opened().setTrajectory(request.trajectory, fromHalves(fromBase64(request.base64)));
    case "call":
      return call(request);
    case "cancel":
      return running.get(request.id)?.abort(new Error("It was cancelled."));
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
