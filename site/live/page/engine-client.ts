/** The page's end of the engine: questions to its thread, and answers. */
import type {Acceleration, EngineChoice, EngineName, StartedEngine} from "@lola-ts/engine/browser";
import type {LessonCall, Orders} from "../engine/worker";
import type {SystemFacts} from "../engine/facts";
import {loadFile, once} from "./files";
import {ThreadClient, type Following} from "./thread-client";

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
  private readonly loaded = new Map<string, Promise<void>>();
  private tell?: (state: Acceleration) => void;

  private constructor(
    private readonly thread: ThreadClient,
    private readonly facts: SystemFacts,
    private readonly wanted: EngineChoice,
    private readonly started: StartedEngine,
  ) {}

  /**
   * Start an engine in a thread of its own.
   *
   * @throws Error if the browser has no threads, or nothing that computes.
   */
  static async start(
    facts: SystemFacts,
    wanted: EngineChoice,
  ): Promise<{client: EngineClient; started: StartedEngine}> {
    const wasm = wasmFile();
    const [thread, binary] = await Promise.all([
      ThreadClient.start("engine"),
      wasm === undefined ? undefined : loadFile(wasm),
    ]);
    const chosen = wanted === "auto" || wanted === "webgpu" ? "wasm" : wanted;
    const names = [...new Set<EngineName>([chosen, "wasm", "webgl", "cpu"])];
    const started = (await thread.ask("start", [names, binary])) as StartedEngine;
    const client = new EngineClient(thread, facts, wanted, started);
    await client.order("open", facts);
    return {client, started};
  }

  /**
   * Use WebGPU beside WebAssembly if that was wished and a window of the models proves it.
   *
   * @param tell called with what is known of it now, and with whatever changes later.
   */
  async accelerate(trajectory: number, latentChannels: number, tell: (state: Acceleration) => void): Promise<void> {
    if (this.started.name !== "wasm" || (this.wanted !== "auto" && this.wanted !== "webgpu")) return;
    tell((await this.order("accelerate", trajectory, latentChannels, this.wanted === "auto")) as Acceleration);
    this.tell = tell;
  }

  /** Load the models of a rate and a trajectory, unless they are there. */
  async prepare(trajectory: number, latentChannels: number): Promise<void> {
    const {rates, trajectories} = this.facts;
    const {models} = rates.find((rate) => rate.latentChannels === latentChannels)!;
    const tasks = models.map((facts) =>
      once(this.loaded, facts.file, async () => {
        await this.order("model", latentChannels, facts, await loadFile(facts.file));
      }),
    );
    const {file} = trajectories[trajectory];
    const states = once(this.loaded, file, async () => {
      await this.order("trajectory", trajectory, await loadFile(file));
    });
    await Promise.all([...tasks, states]);
  }

  /** Compute; `signal` cancels a rollout between two windows. */
  async compute({call, trajectory, rate, parameters}: Question, following: Following = {}): Promise<unknown> {
    await this.prepare(trajectory, rate);
    following.signal?.throwIfAborted();
    const answer = await this.thread.ask(call, parameters, following);
    if (this.tell) this.tell((await this.order("acceleration")) as Acceleration);
    return answer;
  }

  private order<Name extends keyof Orders>(name: Name, ...parameters: Parameters<Orders[Name]>): Promise<unknown> {
    return this.thread.ask(name, parameters);
  }
}
