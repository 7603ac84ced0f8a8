/** Table 15: forecasts from one initial state under other values of a parameter (paper, appendix D). */
import ndarray from "ndarray";
import {flat} from "../../core/array";
import {sizeOf} from "../../core/shape";
import type {ParameterForecasts} from "../../evaluate/paper/latent-distances";
import {rolloutEnsemble} from "../../emulate/rollout";
import {labelsBy} from "../studies/labels-by";
import type {Lab} from "../lab";
import {track} from "../notebook/progress";
import type {EmulatorSpec} from "../stages/emulators";
import {emulatorOf, ROLLOUT_VERSION} from "../stages/rollouts";
import type {Recipe} from "../store/artifacts";
import {interruptible} from "../workers/interrupt";

/** Trajectories of each value: two, so that the distance of other noise alone is known. */
const MEMBERS = 2;

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
 * @throws RangeError if the trajectories have no such parameter; LabError `interrupted`.
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
    const labels = trajectories.flatMap((n) => labelsBy(config, dataset.wells.test.trajectories[n], parameter, values));
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
