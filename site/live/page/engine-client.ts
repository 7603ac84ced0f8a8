/** The page's end of the engine: questions to its thread, and answers. */
import type {EngineName, StartedEngine} from "@lola-ts/engine/browser";
import type {LessonCall, Orders, Reply, Request} from "../engine/worker";
import type {SystemFacts} from "../engine/facts";
import type {Progress} from "../engine/forecasts";
import {loadFile, once} from "./files";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?(progress: Progress): void;
}

export interface Question {
  readonly call: LessonCall;
  readonly trajectory: number;
  readonly rate: number;
  readonly parameters: readonly unknown[];
  /** Milliseconds without another question before it is asked. Default: 0. */
  readonly patience?: number;
}

/** Smallest program that uses a SIMD instruction. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Name the file of WebAssembly that this browser can run; undefined if it can run none. */
function wasmFile(): string | undefined {
  if (typeof WebAssembly !== "object") return undefined;
  return WebAssembly.validate(SIMD) ? "wasm-simd" : "wasm-plain";
}

export class EngineClient {
  private readonly waiting = new Map<number, Waiting>();
  private readonly loaded = new Map<string, Promise<void>>();
  private lastId = 0;
  private ended?: Error;
  /** Engine for guidance alone: in its thread other views need not wait, and it can be ended at any time. */
  private guidance?: EngineClient;

  private constructor(
    private readonly thread: Worker,
    private readonly facts: SystemFacts,
    private readonly wanted: EngineName,
  ) {
    thread.onmessage = ({data}: MessageEvent<Reply>) => this.receive(data);
    thread.onerror = ({message}) =>
      this.fail(new Error(`the engine's thread ended: ${message || "no reason is known"}`));
  }

  /**
   * Start an engine for a system.
   *
   * @throws Error in a sentence if the browser has no threads, or nothing that computes.
   */
  static async start(facts: SystemFacts, wanted: EngineName): Promise<{client: EngineClient; started: StartedEngine}> {
    const wasm = wasmFile();
    const [program, binary] = await Promise.all([loadFile("engine"), wasm === undefined ? undefined : loadFile(wasm)]);
    const address = URL.createObjectURL(new Blob([program], {type: "text/javascript"}));
    const client = new EngineClient(new Worker(address), facts, wanted);
    const order = [...new Set<EngineName>([wanted, "wasm", "webgl", "cpu"])];
    try {
      const started = (await client.ask("start", [order, binary])) as StartedEngine;
      await client.ask("open", [facts]);
      return {client, started};
    } catch (error) {
      client.stop();
      throw error;
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** Load the models of a rate and a trajectory, unless they are there. */
  async prepare(trajectory: number, latentChannels: number): Promise<void> {
    const {rates, trajectories} = this.facts;
    const {models} = rates.find((rate) => rate.latentChannels === latentChannels)!;
    const tasks = models.map((facts) =>
      once(this.loaded, facts.file, async () => {
        await this.ask("model", [latentChannels, facts, await loadFile(facts.file)]);
      }),
    );
    const {file} = trajectories[trajectory];
    const states = once(this.loaded, file, async () => {
      await this.ask("trajectory", [trajectory, await loadFile(file)]);
    });
    await Promise.all([...tasks, states]);
  }

  /** Compute; `signal` cancels guidance at once, a rollout between two windows. */
  async compute(
    {call, trajectory, rate, parameters}: Question,
    {onProgress, signal}: {onProgress?: (progress: Progress) => void; signal?: AbortSignal} = {},
  ): Promise<unknown> {
    const engine = call === "guide" ? await this.guidanceEngine() : this;
    await engine.prepare(trajectory, rate);
    signal?.throwIfAborted();
    const id = engine.lastId + 1;
    const cancel = () => (engine === this ? engine.post({id, name: "cancel", parameters: [id]}) : engine.stop());
    signal?.addEventListener("abort", cancel, {once: true});
    return engine.ask(call, parameters, onProgress);
  }

  private async guidanceEngine(): Promise<EngineClient> {
    if (!this.guidance || this.guidance.ended) {
      this.guidance = (await EngineClient.start(this.facts, this.wanted)).client;
    }
    return this.guidance;
  }

  stop(): void {
    this.thread.terminate();
    this.fail(new Error("the engine was stopped"));
  }

  private post(request: Request): void {
    this.thread.postMessage(request);
  }

  private ask<Name extends Request["name"]>(
    name: Name,
    parameters: Name extends keyof Orders ? Parameters<Orders[Name]> : readonly unknown[],
    onProgress?: (progress: Progress) => void,
  ): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.waiting.set(id, {resolve, reject, onProgress});
      this.post({id, name, parameters});
    });
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if ("progress" in reply) return waiting.onProgress?.(reply.progress);
    this.waiting.delete(reply.id);
    if ("error" in reply) waiting.reject(new Error(reply.error));
    else waiting.resolve(reply.value);
  }

  private fail(error: Error): void {
    this.ended = error;
    this.waiting.forEach((waiting) => waiting.reject(error));
    this.waiting.clear();
  }
}
