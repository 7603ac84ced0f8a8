/** Trainings of the page: data from the simulator's thread, models in an engine of their own, so that all other views stay alive. */
import type {EngineChoice} from "@lola-ts/engine/browser";
import {stages, type SmallData, type Stage} from "../engine/small";
import type {Attempt, Tested, Trained} from "../engine/training";
import {startEngineThread} from "./engine-client";
import {ThreadClient} from "./thread-client";

export interface Course {
  readonly done: number;
  readonly total: number;
  /** Mean losses of the last steps, and errors on what no model is trained on, by step. */
  readonly losses: readonly (readonly [step: number, loss: number])[];
  readonly attempts: readonly Attempt[];
}

/** What runs now: the simulations, or a training since it was started or continued. */
type Running =
  | {readonly what: "data"; readonly done: number; readonly total: number}
  | {readonly what: Stage; readonly latentChannels: number; readonly from: number; readonly since: number};

export class TrainClient {
  running?: Running;
  /** Why nothing can be trained, or why the last training failed. */
  error?: string;
  /** The trajectory that no model is trained on. */
  test?: Tested;
  private readonly courses = new Map<string, Course>();
  private thread?: ThreadClient;
  private controller?: AbortController;

  /** @param changed is called when something of this has changed. */
  constructor(
    private readonly wanted: EngineChoice,
    private readonly changed: () => void,
  ) {}

  course(latentChannels: number, stage: Stage): Course | undefined {
    return this.courses.get(`${latentChannels} ${stage}`);
  }

  /** Train a model from where it was stopped; one thing runs at a time. */
  async train(latentChannels: number, stage: Stage, total: number): Promise<void> {
    if (this.running) return;
    this.error = undefined;
    this.running = {what: "data", done: 0, total: 1};
    const controller = (this.controller = new AbortController());
    this.changed();
    try {
      const thread = await this.started(controller.signal);
      controller.signal.throwIfAborted();
      if (stage === "autoencoder") for (const later of stages.slice(1)) this.forget(latentChannels, later);
      const from = this.course(latentChannels, stage)?.done ?? 0;
      this.running = {what: stage, latentChannels, from, since: performance.now()};
      this.keep(latentChannels, stage, {done: from, total});
      await thread.ask<Trained>("train", [latentChannels, stage], {
        onProgress: (reached) => this.keep(latentChannels, stage, reached),
        signal: controller.signal,
      });
    } catch (error) {
      if (!controller.signal.aborted) this.error = `This cannot be trained: ${(error as Error).message}`;
    } finally {
      this.running = undefined;
      this.changed();
    }
  }

  stop(): void {
    this.controller?.abort();
  }

  /** Forget a model, and those that were trained on its latents. */
  async reset(latentChannels: number, stage: Stage): Promise<void> {
    if (this.running) return;
    this.error = undefined;
    for (const gone of stage === "autoencoder" ? stages : [stage]) this.forget(latentChannels, gone);
    this.changed();
    await this.thread?.ask("reset", [latentChannels, stage]);
  }

  private forget(latentChannels: number, stage: Stage): void {
    this.courses.delete(`${latentChannels} ${stage}`);
  }

  private keep(latentChannels: number, stage: Stage, {done, total, loss, attempt}: Trained): void {
    const {losses, attempts} = this.course(latentChannels, stage) ?? {losses: [], attempts: []};
    this.courses.set(`${latentChannels} ${stage}`, {
      ...{done, total},
      losses: loss !== undefined && Number.isFinite(loss) && !attempt ? [...losses, [done, loss]] : losses,
      attempts: attempt ? [...attempts, attempt] : attempts,
    });
    this.changed();
  }

  /** Simulate the data and start the engine, once. @throws Error in a sentence if either does not run here. */
  private async started(signal: AbortSignal): Promise<ThreadClient> {
    if (this.thread && !this.thread.hasEnded) return this.thread;
    this.courses.clear();
    const [simulator, {thread}] = await Promise.all([ThreadClient.start("simulator"), startEngineThread(this.wanted)]);
    const stop = () => [simulator, thread].forEach((one) => one.stop());
    signal.addEventListener("abort", stop, {once: true});
    try {
      const data = (await simulator.ask<Trained>("makeSmall", [], {
        onProgress: ({done, total}) => {
          this.running = {what: "data", done, total};
          this.changed();
        },
      })) as SmallData;
      this.test = (await thread.ask("learn", [data])) as Tested;
      return (this.thread = thread);
    } catch (error) {
      thread.stop();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      simulator.stop();
    }
  }
}
