/**
 * Ensembles of one forecast from symmetries: members that see a trajectory under several of them.
 *
 * A mirrored, turned or moved flow is a flow again, but a network that was trained on such copies forecasts each of them a little
 * differently. Members that see one trajectory in different ways disagree where the network errs, and errors that are not common
 * to them cancel in their mean.
 */
import ndarray, {type NdArray} from "ndarray";
import {flat, stack, Rng, sizeOf} from "@lola-ts/core";
import {
  augment,
  augmentation,
  Gather,
  inverseAugmentation,
  randomAugmentation,
  type Augmentation,
  type StateWindow,
} from "lola/data";
import type {NoiseSeed} from "lola/emulate";
import type {Autoencoder} from "lola/models";
import type {Dataset} from "./dataset";
import {encodeStates} from "./latents";

/** Undo the symmetries under which a trajectory was forecast, of all members or the first ones: [K, T, X, Y(, Z), C]. */
export type Restore = (trajectory: number, states: NdArray<Float32Array>) => NdArray<Float32Array>;

/** Test trajectories as the members see them, each member under its own symmetry. */
export interface MemberViews {
  /** Context states as the members see them, as the emulator takes them: [K, length, ...]. */
  contexts(trajectory: number, window: StateWindow): NdArray<Float32Array>;
  readonly restore: Restore;
}

/** Make the generator of a purpose; a seed of parts names the purpose itself. */
export const drawsOf = (purpose: string, seed: NoiseSeed, ...parts: readonly (string | number)[]): Rng =>
  typeof seed === "number" ? Rng.from(purpose, seed, ...parts) : Rng.from(...seed, ...parts);

/** Views of the test trajectories by members that see them under symmetries, drawn by the seed; the first member sees them as they are. */
export class SymmetricViews implements MemberViews {
  constructor(
    private readonly dataset: Pick<Dataset, "source" | "symmetries" | "wells">,
    private readonly options: {readonly seed: NoiseSeed; readonly members: number},
    private readonly autoencoder?: Autoencoder,
  ) {}

  contexts(trajectory: number, window: StateWindow): NdArray<Float32Array> {
    const {autoencoder} = this;
    const states = this.dataset.source("test").read(trajectory, window);
    const {fields} = this.dataset.wells.test;
    const views = stack(this.symmetriesOf(trajectory).map((change) => augment(states, fields, change)));
    return autoencoder ? encodeStates(autoencoder, views) : views;
  }

  restore(trajectory: number, states: NdArray<Float32Array>): NdArray<Float32Array> {
    const [members, length, ...grid] = states.shape;
    const {fields} = this.dataset.wells.test;
    const [from, out] = [flat(states), new Float32Array(states.size)];
    const changes = this.symmetriesOf(trajectory).slice(0, members);
    changes.forEach((change, k) => {
      const gather = new Gather(grid.slice(0, -1), fields, inverseAugmentation(change));
      const at = k * length * sizeOf(grid);
      gather.run(from, at, out, at, length);
    });
    return ndarray(out, [...states.shape]);
  }

  /** Draw the symmetry of each member; axes of different lengths keep their places, so that all members have one shape. */
  private symmetriesOf(trajectory: number): Augmentation[] {
    const {seed, members} = this.options;
    const symmetries = this.dataset.symmetries("test", trajectory);
    const isCube = symmetries.grid.every((cells) => cells === symmetries.grid[0]);
    const permute = symmetries.permute && isCube;
    return Array.from({length: members}, (_, k) => {
      if (k === 0) return augmentation(symmetries.grid.length);
      return randomAugmentation(drawsOf("members", seed, trajectory, k), {...symmetries, permute});
    });
  }
}
