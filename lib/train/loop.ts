/**
 * The training loop.
 *
 * It runs recorded steps, yields to the event loop (so that Ctrl-C, a notebook's interrupt and its displays work), reads
 * losses in batches, saves checkpoints, and can be stopped and resumed exactly: batches, randomness and learning rates are
 * functions of the step, and everything else is in the checkpoint.
 */
import {
  requireInteger,
  hasCode,
  LabError,
  callable,
  having,
  checkOptions,
  checkParts,
  count,
  either,
  infinite,
  number,
  optional,
  where,
} from "@lola-ts/core";
import {tf, Random, type Ranks} from "@lola-ts/engine";
import type {Checkpoint} from "./checkpoint";
import type {LearningRate} from "./learning-rate";
import {averageOverRanks, firstState, requireSameBeginning} from "./ranks";
import {beginState, disposeState, restoreState, type Trainable, type TrainState} from "./state";
import {TrainingStep, type TrainingStepOptions} from "./training-step";
import type {NamedArray} from "../nn/module";

export interface TrainProgress {
  /** Number of finished steps. */
  readonly step: number;
  /** Number of all steps. */
  readonly steps: number;
  /** Mean loss over the steps since the last call. */
  readonly loss: number;
  readonly learningRate: number;
  /** Number of steps that were skipped because their loss or gradient was not finite. */
  readonly skipped: number;
  /** The latest validation error. */
  readonly validation?: number;
}

export interface TrainOptions extends Pick<TrainingStepOptions, "loss" | "optimiser" | "ema" | "microBatches"> {
  /**
   * Make the batch of a step. It must depend on the step only, or a resumed training differs. The tensors belong to the
   * loop, which disposes of them; their shapes should not change.
   */
  nextBatch: (step: number) => tf.Tensor[] | Promise<tf.Tensor[]>;
  /** Number of steps, including those before a resumption. */
  steps: number;
  learningRate: LearningRate;
  /** Maximum norm of the gradient; Infinity for no limit. Default: 1. */
  clip?: number;
  /** Seed of the loss's randomness. Default: 0. */
  seed?: number;
  /** Plain data that identifies model and training; stored in checkpoints. */
  config?: unknown;
  /** Store a checkpoint; called every `saveEvery` steps, at the end, and when the training is stopped. */
  save?: (checkpoint: Checkpoint) => void | Promise<void>;
  /** Number of steps between two checkpoints. Default: only the end. */
  saveEvery?: number;
  resume?: Checkpoint;
  /** Called every few steps. */
  onProgress?: (progress: TrainProgress) => void | Promise<void>;
  /** Compute the validation error every given number of steps, with the averaged weights if there are any. */
  validate?: {every: number; error: () => number | Promise<number>};
  /** Signal that stops the training after the current step. */
  signal?: AbortSignal;
  /** Number of skipped steps in a row after which the training fails. Default: 20. */
  patience?: number;
  /** Record steps; false runs them operation by operation. Default: true. */
  compiled?: boolean;
  /**
   * The ranks that train together. Each makes its rows of every batch (`rankRows`); all have the same options except
   * `nextBatch`, and `save`, which only the first has. Default: this process trains alone.
   */
  ranks?: Ranks;
}

/** Thrown when a training is stopped by its signal. */
export class AbortedError extends LabError {
  override readonly name = "AbortedError";

  /** @param checkpoint state to resume from. */
  constructor(
    message: string,
    readonly checkpoint: Checkpoint,
  ) {
    super("aborted", message);
  }
}

/** Thrown when too many steps in a row, or the last ones, had no finite gradient. */
export class DivergedError extends LabError {
  override readonly name = "DivergedError";

  /** @param checkpoint last finite state. */
  constructor(
    message: string,
    readonly checkpoint: Checkpoint,
  ) {
    super("diverged", message);
  }
}

/**
 * Train a model. Its weights are the trained ones afterwards, also when the training was stopped or failed.
 *
 * @returns the last checkpoint.
 * @throws AbortedError when stopped by the signal, after saving; LabError `rank-lost` when another rank has ended, after saving;
 * DivergedError when `patience` steps in a row or the last one were skipped, after saving; Error when the checkpoint to resume from does not fit the model, the optimiser or the number of steps.
 */
export async function train(model: Trainable, options: TrainOptions): Promise<Checkpoint> {
  checkOptions("train", having("a model", "layout", "weights"), model, "model");
  const training = new Training(model, options);
  try {
    return await training.run();
  } finally {
    training.end();
  }
}

const rules = {
  loss: callable,
  nextBatch: callable,
  learningRate: callable,
  optimiser: having("an optimiser, e.g. adamW()", "name", "initial", "update"),
  clip: optional(either(number({above: 0}), infinite)),
  microBatches: optional(count),
  seed: optional(number()),
  ema: optional(where(number({min: 0}), "a number from 0 to 1 (excluded)", (decay: number) => decay < 1)),
  saveEvery: optional(either(count, infinite)),
  validate: optional(having("{every, error}", "every", "error")),
  patience: optional(either(count, infinite)),
};

const REPORT_STEPS = 10; // steps between two reports of losses and progress
const REPORT_TIME = 500; // ms between two reports, if that is sooner
const YIELD_TIME = 100; // ms between two turns of the event loop

class Training {
  private readonly step: TrainingStep;
  private state: TrainState;
  private done: number;
  private pending: tf.Tensor1D[] = []; // [loss, norm] of steps that are still in the engine
  private readonly losses: number[];
  private readonly norms: number[];
  private readonly validation: (readonly [number, number])[];
  private skipped: number;
  private streak = 0;
  /** Whether all ranks know that one of them is to stop. */
  private isStopAgreed = false;
  private lastYield = performance.now();
  private lastReport = performance.now();

  constructor(
    private readonly model: Trainable,
    private readonly options: TrainOptions,
  ) {
    const {clip = 1, compiled = true, ranks, resume, steps} = options;
    checkParts("train", rules, options);
    requireInteger("train", "steps", steps, {min: 0});
    if (options.validate) requireInteger("train", "validate.every", options.validate.every);
    const share = ranks && {rank: ranks.rank, count: ranks.count};
    this.step = new TrainingStep({...options, layout: model.layout, clip, compiled, share});
    this.state = resume ? restoreState(model.layout, options, resume) : beginState(model, options);
    this.done = resume?.step ?? 0;
    this.losses = Array.from(resume?.history.loss ?? []);
    this.norms = Array.from(resume?.history.norm ?? []);
    this.validation = [...(resume?.history.validation ?? [])];
    this.skipped = this.losses.filter((_, i) => !this.isSane(i)).length;
    while (this.streak < this.losses.length && !this.isSane(this.losses.length - 1 - this.streak)) this.streak++;
  }

  async run(): Promise<Checkpoint> {
    const {ranks, save} = this.options;
    if (!ranks) return this.runSteps();
    try {
      await requireSameBeginning(ranks, {step: this.done, config: this.options.config, weights: this.state.weights});
      const last = await this.runSteps();
      await ranks.part();
      return last;
    } catch (error) {
      if (error instanceof AbortedError || error instanceof DivergedError) await ranks.part(); // on all ranks
      if (!hasCode(error, "rank-lost")) throw error;
      const checkpoint = this.checkpoint();
      await save?.(checkpoint);
      throw new LabError(
        "rank-lost",
        `train: ${error.message}; stopped after step ${this.done}${save ? ", which is saved" : ""}.`,
      );
    }
  }

  private async runSteps(): Promise<Checkpoint> {
    const {ranks, steps, save, saveEvery = Infinity, validate, signal} = this.options;
    let saved: Checkpoint | undefined;
    while (this.done < steps) {
      await this.yieldToEvents();
      if (ranks ? this.isStopAgreed : signal?.aborted) throw await this.aborted();
      await this.advance();
      await this.report(this.done === steps);
      if (validate && this.done % validate.every === 0) await this.validate();
      saved = undefined;
      if (this.done % saveEvery !== 0) continue;
      if (ranks) this.state = await firstState(ranks, this.state);
      await save?.((saved = this.checkpoint()));
    }
    if (this.streak > 0) throw await this.diverged();
    if (!saved) await save?.((saved = this.checkpoint()));
    return saved ?? this.checkpoint();
  }

  /** Hand the weights to the model and free everything else. */
  end(): void {
    const {weights, updates, average, optimiser} = this.state;
    this.model.weights = weights;
    tf.dispose([updates, ...average, ...optimiser, ...this.pending]);
    this.step.dispose();
  }

  private async advance(): Promise<void> {
    const {nextBatch, learningRate, seed = 0} = this.options;
    const batch = await nextBatch(this.done);
    const random = Random.of(seed, this.done);
    try {
      const at = {index: this.done, rate: learningRate(this.done), random};
      const {state, metrics} = this.options.ranks
        ? this.step.apply(await this.sharedGradient(this.options.ranks, batch, random), this.state, at)
        : this.step.run(this.state, batch, at);
      this.pending.push(metrics);
      disposeState(this.state);
      this.state = state;
      this.done++;
    } finally {
      tf.dispose([random.key, ...batch]);
    }
  }

  /** Compute loss and gradient of this rank's rows, and average them with the other ranks'. */
  private async sharedGradient(ranks: Ranks, batch: tf.Tensor[], random: Random): Promise<tf.Tensor[]> {
    const local = this.step.lossAndGradient(this.state, batch, random);
    const {gradient, stop} = await averageOverRanks(ranks, local, this.options.signal?.aborted === true);
    this.isStopAgreed = stop;
    return gradient;
  }

  private async yieldToEvents(): Promise<void> {
    if (performance.now() - this.lastYield < YIELD_TIME) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.lastYield = performance.now();
  }

  private async report(now: boolean): Promise<void> {
    const due = this.pending.length >= REPORT_STEPS || performance.now() - this.lastReport > REPORT_TIME;
    // Ranks have clocks of their own, and must find at the same step that they diverge
    if (!due && !now && !this.options.ranks) return;
    const count = this.pending.length;
    this.read();
    this.lastReport = performance.now();
    const {patience = 20, onProgress, learningRate, steps} = this.options;
    if (this.streak >= patience) throw await this.diverged();

    const recent = this.losses.slice(-count).filter(Number.isFinite);
    await onProgress?.({
      step: this.done,
      steps,
      loss: recent.reduce((sum, loss) => sum + loss, 0) / recent.length,
      learningRate: learningRate(this.done - 1),
      skipped: this.skipped,
      validation: this.validation.at(-1)?.[1],
    });
  }

  /** Move the losses of the last steps from the engine to the history. */
  private read(): void {
    if (this.pending.length === 0) return;
    const values = tf.tidy(() => tf.concat(this.pending).dataSync());
    tf.dispose(this.pending);
    this.pending = [];
    for (let i = 0; i < values.length; i += 2) {
      this.losses.push(values[i]);
      this.norms.push(values[i + 1]);
      const sane = this.isSane(this.losses.length - 1);
      this.streak = sane ? 0 : this.streak + 1;
      if (!sane) this.skipped++;
    }
  }

  private isSane(step: number): boolean {
    return Number.isFinite(this.losses[step]) && Number.isFinite(this.norms[step]);
  }

  private async validate(): Promise<void> {
    const [weights = this.state.weights] = this.state.average;
    this.model.weights = weights.clone();
    const error = await this.options.validate!.error();
    this.validation.push([this.done, error]);
  }

  private checkpoint(): Checkpoint {
    this.read();
    const {config = null, optimiser} = this.options;
    const {weights, updates, average, optimiser: state} = this.state;
    const named = (flat: tf.Tensor1D) => this.model.layout.toOfficial(flat.dataSync() as Float32Array);
    return {
      config,
      step: this.done,
      weights: named(weights),
      ...(average.length > 0 ? {average: named(average[0])} : {}),
      optimiser: {
        name: optimiser.name,
        updates: updates.dataSync()[0],
        state: state.map((tensor) => ({shape: tensor.shape, data: tensor.dataSync() as Float32Array})),
      },
      history: {
        loss: Float32Array.from(this.losses),
        norm: Float32Array.from(this.norms),
        validation: [...this.validation],
      },
    };
  }

  private async aborted(): Promise<AbortedError> {
    const {steps, save} = this.options;
    const checkpoint = this.checkpoint();
    await save?.(checkpoint);
    const next = save
      ? "its checkpoint is saved: run the same again to continue"
      : "resume from this error's checkpoint";
    return new AbortedError(`train: stopped after step ${this.done} of ${steps}; ${next}.`, checkpoint);
  }

  private async blownUp({weights}: Checkpoint): Promise<string> {
    const {nextBatch, seed = 0} = this.options;
    const batch = await nextBatch(this.done - 1);
    const random = Random.of(seed, this.done - 1);
    try {
      return blownUp(this.model.layout.toOfficial(this.step.gradientOf(this.state, batch, random)), weights);
    } finally {
      tf.dispose([random.key, ...batch]);
    }
  }

  private async diverged(): Promise<DivergedError> {
    const checkpoint = this.checkpoint();
    await this.options.save?.(checkpoint);
    return new DivergedError(
      `train: loss or gradient were not finite in the last ${this.streak === 1 ? "step" : `${this.streak} steps`} (up to step ${this.done}): ` +
        `${await this.blownUp(checkpoint)}; the weights are of the last good step${this.options.save ? ", and saved" : ""}: lower the learning rate or check the data.`,
      checkpoint,
    );
  }
}

/** Names that a sentence lists at most. */
const LISTED = 3;

/**
 * Say of which tensors the gradient is not finite, and where the largest weight is.
 *
 * @param gradient of each tensor, by its official name.
 * @param weights alike.
 */
export function blownUp(gradient: ReadonlyMap<string, NamedArray>, weights: ReadonlyMap<string, NamedArray>): string {
  const broken = [...gradient].filter(([, {data}]) => !data.every(Number.isFinite)).map(([name]) => name);
  const sizes = [...weights].map(([name, {data}]) => ({
    name,
    size: data.reduce((max, x) => Math.max(max, Math.abs(x)), 0),
  }));
  const largest = sizes.reduce((a, b) => (b.size > a.size ? b : a), {name: "none", size: 0});
  const whose = broken.length === gradient.size ? `all ${broken.length} tensors` : listed(broken);
  const fault =
    broken.length > 0 ? `the gradient of ${whose} is not finite` : "the gradient is finite, and the loss is not";
  return `${fault}, and the largest weight is ${largest.size.toPrecision(2)}, in ${largest.name}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return more > 0
    ? `${names.slice(0, LISTED).join(", ")} and ${more} ${more === 1 ? "other" : "others"}`
    : names.join(", ");
}
