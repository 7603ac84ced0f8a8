/**
 * Ensembles of one forecast: of several emulators, such as those of a few seeds, or of one emulator that sees a trajectory under
 * several symmetries.
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
import type {Autoencoder} from "lola/models";
import {artifactKey} from "../store/artifacts";
import type {Dataset} from "./dataset";
import {encodeStates, trajectoryAt} from "./latents";
import type {MemberViews, Restore, Rollout, RolloutSource} from "./rollouts";

/**
 * Put the members of several rollouts into one ensemble.
 *
 * @throws RangeError unless they have the same trajectories and states.
 */
function joinRollouts(rollouts: readonly Rollout[]): Rollout {
  const [{method, trajectories, autoencoder, states}] = rollouts;
  const [count, , ...rest] = states.shape;
  const same = ({states: {shape}, ...other}: Rollout) =>
    other.trajectories.join() === trajectories.join() && shape.slice(2).join() === rest.join();
  if (!rollouts.every(same))
    throw new RangeError("joinRollouts: expected rollouts of the same trajectories and states.");
  const members = rollouts.reduce((sum, one) => sum + one.states.shape[1], 0);
  const shape = [count, members, ...rest];
  const data = new Float32Array(sizeOf(shape));
  let at = 0;
  for (let n = 0; n < count; n++) {
    for (const one of rollouts) {
      const own = trajectoryAt(one.states, n).data;
      data.set(own, at);
      at += own.length;
    }
  }
  return {
    ...{method, trajectories, autoencoder, key: joinedKey(rollouts), states: ndarray(data, shape)},
    ...(rollouts.some(({restore}) => restore) && {restore: joinedRestore(rollouts)}),
  };
}

/** Undo the symmetries of each rollout's members among those of all. */
function joinedRestore(rollouts: readonly Rollout[]): Restore {
  return (trajectory, states) => {
    const out = Float32Array.from(flat(states));
    const [count] = states.shape;
    const size = out.length / count;
    let at = 0;
    for (const {states: own, restore} of rollouts) {
      const members = Math.min(own.shape[1], count - at);
      if (members <= 0) break;
      if (restore) out.set(flat(restore(trajectory, states.lo(at).hi(members))), at * size);
      at += members;
    }
    return ndarray(out, [...states.shape]);
  };
}

function joinedKey(rollouts: readonly {readonly key: string}[]): string {
  return artifactKey(
    "members",
    rollouts.map(({key}) => key),
  );
}

/**
 * Join rollouts of the same trajectories, which are made, or read, when the joined one is opened.
 *
 * @throws RangeError, when it is opened, unless all have the same trajectories and states.
 */
export function joinedSource(sources: readonly RolloutSource[]): RolloutSource {
  const [{method, autoencoder, seed}] = sources;
  const all = async (openSource: (source: RolloutSource) => Promise<Rollout>) => {
    const rollouts: Rollout[] = [];
    for (const source of sources) rollouts.push(await openSource(source));
    return joinRollouts(rollouts);
  };
  return {
    method,
    autoencoder,
    key: joinedKey(sources),
    seed,
    open: (trajectory) => all(({open}) => open(trajectory)),
    openOne: (trajectory) => all(({open, openOne = open}) => openOne(trajectory)),
  };
}

/** Views of the test trajectories by members that see them under symmetries, drawn by the seed; the first member sees them as they are. */
export class SymmetricViews implements MemberViews {
  constructor(
    private readonly dataset: Pick<Dataset, "source" | "symmetries" | "wells">,
    private readonly options: {readonly seed: number; readonly members: number},
    /** Encodes what is seen. Default: members see standardised states. */
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
      return randomAugmentation(Rng.from("members", seed, trajectory, k), {...symmetries, permute});
    });
  }
}
