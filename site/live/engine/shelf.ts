/** Models and trajectories that are loaded. */
import {sizeOf} from "@lola-ts/core";
import {KarrasDenoiser} from "lola/diffusion";
import {Autoencoder, Solver} from "lola/models";
import {tf} from "@lola-ts/engine";
import type {ModelFacts, SystemFacts} from "./facts";

/** The models of a compression rate. */
interface Models {
  autoencoder?: Autoencoder;
  diffusion?: KarrasDenoiser;
  solver?: Solver;
}

function modelOf(facts: ModelFacts): Autoencoder | KarrasDenoiser | Solver {
  switch (facts.kind) {
    case "autoencoder":
      return new Autoencoder(facts.config);
    case "diffusion":
      return new KarrasDenoiser(facts.config);
    case "solver":
      return new Solver(facts.config);
  }
}

/** What a lesson works with. */
export class Shelf {
  private readonly models = new Map<number, Models>();
  /** Standardised states [T, X, Y(, Z), C] by number of the trajectory. */
  private readonly states = new Map<number, Float32Array>();

  constructor(readonly facts: SystemFacts) {}

  /**
   * Take a model over.
   *
   * @throws Error naming the file if there are fewer or more weights than the model has.
   */
  setModel(latentChannels: number, facts: ModelFacts, weights: Float32Array): void {
    const model = modelOf(facts);
    if (weights.length !== model.layout.size) {
      throw new Error(`${facts.file}: expected ${model.layout.size} weights, found ${weights.length}.`);
    }
    model.weights = tf.tensor1d(weights);
    const models = this.models.get(latentChannels) ?? {};
    this.models.set(latentChannels, {...models, [facts.kind]: model});
  }

  /** Take the states of a trajectory over. @throws Error naming the file if there are fewer or more values. */
  setTrajectory(trajectory: number, states: Float32Array): void {
    const {shape, trajectories} = this.facts;
    if (states.length !== sizeOf(shape)) {
      throw new Error(`${trajectories[trajectory].file}: expected ${sizeOf(shape)} values, found ${states.length}.`);
    }
    this.states.set(trajectory, states);
  }

  /** Get a model. @throws Error naming it if it is not loaded. */
  model<Kind extends keyof Models>(latentChannels: number, kind: Kind): NonNullable<Models[Kind]> {
    const model = this.models.get(latentChannels)?.[kind];
    if (model) return model;
    throw new Error(`The ${kind} with ${latentChannels} latent channels is not loaded.`);
  }

  /** Get standardised states `from` to `to` (excluded) of a trajectory. @throws Error if it is not loaded. */
  statesOf(trajectory: number, from = 0, to = this.facts.shape[0]): Float32Array {
    const states = this.states.get(trajectory);
    if (!states) throw new Error(`Trajectory ${trajectory} is not loaded.`);
    const size = sizeOf(this.facts.shape.slice(1));
    return states.subarray(from * size, Math.min(to, this.facts.shape[0]) * size);
  }

  /** Make the label of a trajectory for a number of rows; undefined if the system has none. */
  label(trajectory: number, rows: number): tf.Tensor2D | undefined {
    const {label} = this.facts.trajectories[trajectory];
    return label.length > 0 ? tf.tile(tf.tensor2d([...label], [1, label.length]), [rows, 1]) : undefined;
  }

  /** Free all weights. */
  dispose(): void {
    this.models.forEach((models) => Object.values(models).forEach((model: {dispose(): void}) => model.dispose()));
    this.models.clear();
  }
}
