/**
 * View 10: small models that are trained in the page, by the library's own training loop. After every few steps they show what
 * they have learned so far, on a trajectory that no model is trained on.
 */
import ndarray from "ndarray";
import {BOUNDARY, flat, Rng, sizeOf} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import {Batches, fitStandardization, MemorySource, standardize, type AugmentOptions} from "lola/data";
import {KarrasDenoiser} from "lola/diffusion";
import {ensembleMean, vrmse} from "lola/evaluate";
import {Autoencoder, drawContexts, Solver} from "lola/models";
import {AbortedError, adamW, learningRate, train, type Checkpoint, type Loss} from "lola/train";
import type {SystemFacts} from "./facts";
import {rollEnsemble, rollSolver} from "./forecasts";
import {eachImage, errorsOf, imagesOf, scoresOf, type Images} from "./images";
import {compress, Lesson, type MODELS} from "./lesson";
import {SMALL, stages, STATES, STEPS, type SmallData, type Stage} from "./small";

/** What a model makes of the trajectory that it does not know: images [T, X, Y], and their VRMSE. */
export interface Attempt {
  readonly step: number;
  readonly images: Images;
  readonly errors: readonly number[];
  /** Mean of the errors over what the model made itself. */
  readonly error: number;
  /** Of an ensemble: one of its members, and the errors of that. */
  readonly member?: {readonly images: Images; readonly errors: readonly number[]};
}

export interface Trained {
  readonly done: number;
  readonly total: number;
  /** Mean loss of the steps since the last report. */
  readonly loss?: number;
  readonly attempt?: Attempt;
}

/** The trajectory that no model is trained on, and the VRMSE of its first state, as if nothing changed. */
export interface Tested {
  readonly images: Images;
  readonly still: readonly number[];
}

export interface TrainingWatch {
  readonly onProgress: (reached: Trained) => void;
  readonly signal: AbortSignal;
}

type Model = InstanceType<(typeof MODELS)[Stage]>;

interface Course {
  readonly model: Model;
  readonly loss: Loss;
  readonly batchOf: (step: number) => tf.Tensor[];
  /** Where it was stopped. */
  checkpoint?: Checkpoint;
}

const ATTEMPTS = 24;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export class School {
  private readonly courses = new Map<string, Course>();
  private readonly truth: Images;

  private constructor(
    private readonly states: MemorySource,
    private readonly augment: AugmentOptions,
    private readonly lesson: Lesson,
  ) {
    this.truth = imagesOf(lesson.statesOf(0), lesson.facts);
  }

  /** Make a school of simulated trajectories. */
  static async of({train, test, shape, transform, fields, roll, displayed}: SmallData): Promise<School> {
    const [frames, ...state] = shape;
    const all = Float32Array.from(train.flatMap((states) => Array.from(states)));
    const stored = ndarray(all, [train.length, frames, ...state]);
    const standardization = await fitStandardization(new MemorySource(stored), {transform, fields, workers: 0});
    const boundary = state.slice(0, -1).map(() => [BOUNDARY.PERIODIC, BOUNDARY.PERIODIC] as const);
    const augment = {fields, boundaries: train.map(() => boundary), flip: false, permute: false, roll};
    const channel = fields.findIndex(({name}) => name === displayed);
    const shown = Math.min(STATES, frames);
    const facts = {
      ...{name: "small", shape: [shown, ...state], standardization, window: SMALL.window, trajectories: [{label: []}]},
      shown: {channel, name: displayed, decades: false, signed: true, image: state.slice(0, 2)},
    } as unknown as SystemFacts;
    const lesson = new Lesson(facts);
    const first = test.slice(0, sizeOf(facts.shape));
    lesson.setTrajectory(0, standardize(ndarray(first, [...facts.shape]), standardization).data);
    return new School(new MemorySource(standardize(stored, standardization)), augment, lesson);
  }

  get test(): Tested {
    const states = eachImage(this.truth, this.lesson.facts);
    return {images: this.truth, still: states.map((state) => vrmse(state, states[0]))};
  }

  /** Forget a model, and those that were trained on its latents. */
  reset(latentChannels: number, stage: Stage): void {
    for (const gone of stage === "autoencoder" ? stages : [stage]) {
      const key = `${latentChannels} ${gone}`;
      this.courses.get(key)?.model.dispose();
      this.courses.delete(key);
    }
  }

  /**
   * Train a model to its end, or until it is stopped; the same call then continues.
   *
   * @throws DivergedError in a sentence when too many steps in a row had no finite gradient.
   */
  async train(latentChannels: number, stage: Stage, {onProgress, signal}: TrainingWatch): Promise<Trained> {
    if (stage === "autoencoder") for (const later of stages.slice(1)) this.reset(latentChannels, later);
    const key = `${latentChannels} ${stage}`;
    const course = this.courses.get(key) ?? this.begin(latentChannels, stage);
    this.courses.set(key, course);
    const total = STEPS;
    const {learningRate: rate, warmup, clip} = (stage === "autoencoder" ? SMALL.autoencoder : SMALL.latent).training;
    let [done, loss, shown] = [course.checkpoint?.step ?? 0, NaN, -1];
    const report = async () => {
      shown = done;
      const attempt = {step: done, ...(await this.attempt(latentChannels, stage))};
      onProgress({done, total, loss, attempt});
      return attempt.error;
    };
    if (done === 0) await report();
    try {
      course.checkpoint = await train(course.model, {
        ...{loss: course.loss, steps: total, clip, signal, seed: SMALL.data.seed, resume: course.checkpoint},
        nextBatch: (step) => {
          done = step + 1;
          return course.batchOf(step);
        },
        optimiser: adamW(),
        learningRate: learningRate({rate, steps: total, warmup}),
        onProgress: (reached) => {
          loss = reached.loss;
          onProgress({done: reached.step, total, loss});
        },
        validate: {every: Math.round(total / ATTEMPTS), error: report},
      });
    } catch (error) {
      if (!(error instanceof AbortedError)) throw error;
      course.checkpoint = error.checkpoint;
    }
    done = course.checkpoint.step;
    if (shown !== done) await report();
    return {done, total};
  }

  private begin(latentChannels: number, stage: Stage): Course {
    const {seed} = SMALL.data;
    const {lesson, states, augment} = this;
    const pixChannels = states.shape.at(-1)!;
    if (stage === "autoencoder") {
      const model = Autoencoder.create({...SMALL.autoencoder.model, pixChannels, latChannels: latentChannels}, seed);
      lesson.adopt(latentChannels, stage, model);
      const batches = new Batches(states, {window: 1, batch: SMALL.autoencoder.training.batch, seed, augment});
      const batchOf = (step: number) => {
        batches.seek(step);
        const {x, shape} = batches.next();
        return [tf.tensor(x, [shape[0], ...shape.slice(2)])];
      };
      return {model, batchOf, loss: (p, batch, random) => model.loss(p, batch, {random})};
    }
    const {batch} = SMALL.latent.training;
    const {training: _, patchSize, ...sizes} = SMALL.latent;
    const network = {
      ...sizes,
      channels: latentChannels,
      labelFeatures: 0,
      spatial: 3,
      patchSize: [1, patchSize, patchSize],
    };
    const fields = Array.from({length: latentChannels}, (_, i) => ({name: `${i}`, order: 0}));
    const windows = new Batches(this.latents(latentChannels), {
      ...{window: SMALL.window, batch, seed},
      augment: {...augment, fields},
    });
    const batchOf = (step: number) => {
      windows.seek(step);
      const {x, shape} = windows.next();
      const masks = drawContexts(SMALL.contexts, [batch, SMALL.window], Rng.from("context", seed, step));
      return [tf.tensor(x, [...shape]), tf.tensor2d(masks.data, [batch, SMALL.window])];
    };
    const model =
      stage === "solver"
        ? Solver.create(network, seed)
        : KarrasDenoiser.create({network, schedule: SMALL.schedule}, seed);
    lesson.adopt(latentChannels, stage, model);
    return {model, batchOf, loss: (p, tensors, random) => model.loss(p, tensors, {random})};
  }

  /** Encode all trajectories. @throws Error in a sentence if the autoencoder has not been trained. */
  private latents(latentChannels: number): MemorySource {
    if (!this.courses.has(`${latentChannels} autoencoder`)) throw new Error("Train the autoencoder first.");
    const autoencoder = this.lesson.model(latentChannels, "autoencoder");
    const [count, frames, ...state] = this.states.shape;
    const parts = Array.from({length: count}, (_, n) =>
      tf.tidy(() => {
        const z = autoencoder.encode(tf.tensor(flat(this.states.read(n)), [frames, ...state]));
        return {values: z.dataSync<"float32">().slice(), shape: z.shape};
      }),
    );
    const all = new Float32Array(count * sizeOf(parts[0].shape));
    parts.forEach(({values}, n) => all.set(values, n * values.length));
    return new MemorySource(ndarray(all, [count, ...parts[0].shape]));
  }

  private async attempt(latentChannels: number, stage: Stage): Promise<Omit<Attempt, "step">> {
    const {lesson, truth} = this;
    const {facts} = lesson;
    if (stage === "autoencoder") {
      const {images, errors} = await compress(lesson, 0, latentChannels);
      return {images, errors, error: mean(errors)};
    }
    const plan = {trajectory: 0, latentChannels, states: facts.shape[0]};
    if (stage === "solver") {
      const {images} = await rollSolver(lesson, {...plan, rows: 1});
      const errors = errorsOf(truth, images, facts);
      return {images, errors, error: mean(errors.slice(1))};
    }
    const {members, ...sampling} = SMALL.rollout;
    const {images} = await rollEnsemble({...sampling, seed: SMALL.data.seed}, lesson, {...plan, rows: members});
    const parts = Array.from({length: members}, (_, k) => images.slice(k * truth.length, (k + 1) * truth.length));
    const [member] = parts;
    const {vrmse} = scoresOf(truth, images, member, facts);
    return {
      images: Float32Array.from(ensembleMean(parts)),
      ...{errors: vrmse.diffusion, error: mean(vrmse.diffusion.slice(1))},
      member: {images: member, errors: vrmse.solver},
    };
  }
}
