/** One ensemble of several emulators, such as those of a few seeds: the members of all. */
import ndarray from "ndarray";
import {flat} from "../../core/array";
import {sizeOf} from "../../core/shape";
import {trajectoryAt} from "../stages/latents";
import type {Restore, Rollout, RolloutSource} from "../stages/rollouts";
import {artifactKey} from "../store/artifacts";

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
