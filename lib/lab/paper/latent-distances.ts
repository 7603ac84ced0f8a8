/**
 * Table 15: forecasts from one initial state under other parameters, and how far their latents move apart (paper, appendix D).
 */
import ndarray, {type NdArray} from "ndarray";
import {flat} from "../../core/array";
import {sizeOf} from "../../core/shape";
import type {DistanceMatrix} from "../../evaluate/paper/matrix-table";
import {summary} from "../../evaluate/summary";
import {rolloutEnsemble} from "../../emulate/rollout";
import {label} from "../../systems/label";
import type {Lab} from "../lab";
import {track} from "../notebook/progress";
import type {EmulatorSpec} from "../stages/emulators";
import {emulatorOf, ROLLOUT_VERSION} from "../stages/rollouts";
import type {Recipe} from "../store/artifacts";
import {interruptible} from "../workers/interrupt";

/** Trajectories of each value: two, so that the distance of other noise alone is known. */
const MEMBERS = 2;

/** Forecasts of latents under each value of a parameter. */
export interface ParameterForecasts {
  /** [N, V, K, T, ...grid, C]: initial states, values, members, states, that at lead time 0 first. */
  readonly states: NdArray<Float32Array>;
  readonly values: readonly number[];
}

/** What is generated. */
export interface ParameterForecastOptions {
  /** Name of the parameter. */
  readonly parameter: string;
  readonly values: readonly number[];
  /** Number of initial states: of the first drawn test trajectories. */
  readonly initialStates: number;
}

/**
 * Generate (or load) latent trajectories by diffusion at the lowest compression rate, from the same initial states under each
 * value of a parameter; all other parameters are those of the initial state's own trajectory.
 *
 * @throws RangeError if the trajectories have no such parameter; InterruptedError.
 */
export async function parameterForecasts(lab: Lab, options: ParameterForecastOptions): Promise<ParameterForecasts> {
  const {config, artifacts} = lab;
  const {parameter, values, initialStates} = options;
  const spec: EmulatorSpec = {kind: "diffusion", latentChannels: config.latentChannels[0]};
  const dataset = await lab.dataset();
  const {model, key} = await lab.emulator(spec);
  const latents = await lab.latents(spec.latentChannels!, "test");
  const trajectories = dataset.testTrajectories.slice(0, initialStates);
  const {context = 1, trajectories: _, members: __, ...rollout} = config.rollout;
  const {start, length} = dataset.testWindow;
  const [, , ...latent] = latents.states.shape;
  const shape = [trajectories.length, values.length, MEMBERS, length - context + 1, ...latent];
  const recipe: Recipe = {
    stage: "rollout",
    name: `${config.system}-${config.preset}-by-${parameter.toLowerCase()}`,
    version: ROLLOUT_VERSION,
    config: {
      ...rollout,
      context,
      start,
      length,
      window: config.window,
      trajectories,
      parameter,
      values,
      members: MEMBERS,
      seed: config.seed,
    },
    inputs: [key, dataset.labelledKey(latents.key)],
    title: `rollouts by ${parameter}`,
    bytes: 4 * sizeOf(shape),
  };
  const data = await artifacts.obtainFloats(recipe, async () => {
    const size = sizeOf(latent);
    const rows = trajectories.flatMap((n) => values.map((value) => ({n, value})));
    const given = new Float32Array(rows.length * context * size);
    rows.forEach(({n}, row) => {
      const states = flat(latents.states.pick(n).lo(start).hi(context));
      given.set(states, row * context * size);
    });
    const labels = rows.map(({n, value}) => labelWith(lab, dataset.wells.test.trajectories[n], {parameter, value}));
    const emulator = emulatorOf(config, model);
    try {
      const made = await track(`rollouts by ${parameter}`, 100, (progress) =>
        interruptible((signal) =>
          rolloutEnsemble(emulator, ndarray(given, [rows.length, context, ...latent]), {
            ...{steps: length, window: config.window, context, overlap: rollout.overlap, members: MEMBERS, signal},
            contextSource: "input",
            label: ndarray(Float32Array.from(labels.flatMap((one) => [...one])), [rows.length, labels[0].length]),
            onProgress: (fraction) => progress.update(Math.round(100 * fraction)),
          }),
        ),
      );
      return flat(made.lo(0, 0, context - 1)) as Float32Array;
    } finally {
      emulator.dispose();
    }
  });
  return {states: ndarray(data, shape), values};
}

/** Make the label of a trajectory with another value of one parameter. */
function labelWith(
  {config}: Lab,
  {
    scalars,
    boundary,
  }: {readonly scalars: Readonly<Record<string, number>>; readonly boundary: Parameters<typeof label>[1]},
  {parameter, value}: {parameter: string; value: number},
): Float32Array {
  if (!(parameter in scalars)) {
    const known = Object.keys(scalars).join(", ");
    throw new RangeError(`parameterForecasts: expected the parameter ${parameter}, found ${known}.`);
  }
  const {boundary: codes = true, logT0} = config.label ?? {};
  return label({...scalars, [parameter]: value}, codes ? boundary : [], {logT0});
}

/**
 * Compute the Euclidean distances of latents between all pairs of values at one lead time, averaged over initial states and
 * pairs of members; the error is over initial states. On the diagonal two members of the same value differ by noise alone.
 *
 * @param state index of the state, 0 at lead time 0.
 */
export function latentDistances({states, values}: ParameterForecasts, state: number): DistanceMatrix {
  const [initial, , members, frames] = states.shape;
  if (state < 0 || state >= frames) {
    throw new RangeError(`latentDistances: expected a state from 0 to ${frames - 1}, found ${state}.`);
  }
  const at = (n: number, v: number, k: number) => flat(states.pick(n, v, k, state));
  const cells = values.map((_, a) =>
    values.map((_, b) => {
      const samples = Array.from({length: initial}, (_, n) => {
        const found: number[] = [];
        for (let k = 0; k < members; k++) {
          for (let l = a === b ? k + 1 : 0; l < members; l++) found.push(euclidean(at(n, a, k), at(n, b, l)));
        }
        return found.reduce((x, y) => x + y, 0) / found.length;
      });
      return summary(samples);
    }),
  );
  return {
    values,
    distances: cells.map((row) => row.map(({value}) => value)),
    errors: cells.map((row) => row.map(({error}) => error)),
  };
}

function euclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
