/**
 * Are ensembles calibrated where they were made? Decoding can hide it: what the autoencoder does not show, no score of pixels sees.
 */
import type {NdArray} from "ndarray";
import {flat, Rng, sizeOf, checkParts} from "@lola-ts/core";
import {dense, gather, calibrationOf, type Calibration, rankHistogram} from "lola/evaluate";
import {labRule, type Lab} from "./lab";
import {type EmulatorChanges, type EmulatorSpec} from "./model-changes";
import {emulatorName} from "./stages/emulators";
import {chooseMethods, methodsRule, type MethodChoice} from "./stages/methods";
import {openContext, type OpenContext} from "./stages/context";
import type {Dataset} from "./stages/dataset";
import {rolloutSource} from "./stages/ensembles";
import {trajectoryAt} from "./stages/latents";
import type {RolloutSource} from "./stages/rollouts";
import type {Recipe} from "@lola-ts/cache";

/** Raise it when ranks in latent space, or what is made of them, change. */
const LATENT_RANKS_VERSION = 1;

/** Calibration of one ensemble over one horizon, and the name of its emulator. */
export interface LatentCalibration extends Calibration {
  readonly method: string;
}

/**
 * Count where encoded true states lie among the members of latent ensembles (or load the counts): calibration in latent
 * space.
 *
 * @param methods emulators that have members.
 * @returns a row per ensemble and horizon.
 * @throws RangeError for an empty list, or a method that works on pixels.
 * @example
 * const rows = await latentCalibration(lab, [{kind: "diffusion", latentChannels: 16}]);
 * await lab.showTable(rows.map(({method, horizon, coverageError}) => ({method, horizon, coverageError})), "In latent space");
 */
export async function latentCalibration(lab: Lab, methods: readonly MethodChoice[]): Promise<LatentCalibration[]> {
  checkParts("latentCalibration", {lab: labRule, methods: methodsRule}, {lab, methods});
  const found: LatentCalibration[] = [];
  for (const {spec, changes, label} of chooseMethods(lab.config, methods)) {
    if (spec.latentChannels === null) {
      throw new RangeError(`latentCalibration: expected methods that work on latents, found ${label} on pixels.`);
    }
    found.push(...(await calibrated(lab, spec, changes)).map((one) => ({method: label, ...one})));
  }
  return found;
}

async function calibrated(lab: Lab, spec: EmulatorSpec, changes: EmulatorChanges): Promise<Calibration[]> {
  if ({...lab.config.rollout, ...changes.rollout}.symmetries) {
    throw new RangeError(
      "latentCalibration: expected members that see a trajectory as it is, found rollout.symmetries: their latents are of different views.",
    );
  }
  const context = await openContext(lab);
  return latentRanks(context, emulatorName(spec), {
    source: rolloutSource(context, spec, changes),
    truths: async () => (await lab.latents(spec.latentChannels!, "test", changes.autoencoder)).states,
  });
}

/** Count (or load) the ranks of encoded true states, [N, T, h, w, C], among the members of one emulator's rollouts. */
export function latentRanks(
  {
    config,
    artifacts,
    dataset,
  }: Pick<OpenContext, "config" | "artifacts"> & {readonly dataset: Pick<Dataset, "testWindow">},
  name: string,
  {source, truths}: {source: Pick<RolloutSource, "key" | "open">; truths: () => Promise<NdArray<Float32Array>>},
): Promise<Calibration[]> {
  const {system, preset, horizons, stride, rollout} = config;
  const recipe: Recipe = {
    stage: "evaluation",
    name: `${system}-${preset}-latent-ranks-${name}`,
    version: LATENT_RANKS_VERSION,
    config: {horizons, stride},
    inputs: [source.key],
  };
  return artifacts.obtainJson(recipe, async () => {
    const {states, trajectories} = await source.open();
    const all = await truths();
    const {testWindow} = dataset;
    const first = (rollout.context ?? 1) - 1; // the state at lead time 0
    const rows = trajectories.flatMap((n, i) => {
      const truth = trajectoryAt(all, n).lo(testWindow.start).hi(testWindow.length);
      const ranks = ranksOf({data: flat(truth), shape: truth.shape}, trajectoryAt(states, i), n);
      return ranks.map(({state, ...rest}) => ({trajectory: n, state: state - first, ...rest}));
    });
    return calibrationOf(rows, horizons, stride);
  });
}

type Array4 = Parameters<typeof dense>[0];

/** Ranks of each channel of each latent, [T, h, w, C], among the members, [K, T, h, w, C]. */
function ranksOf(truth: Array4, ensemble: Array4, trajectory: number): {state: number; ranks: number[]}[] {
  const u = dense(truth, "latentCalibration: truth");
  const v = dense(ensemble, "latentCalibration: ensemble");
  const [frames, ...space] = u.shape;
  const channels = space.pop()!;
  const field = () => new Float64Array(sizeOf(space));
  const members = Array.from({length: v.shape[0]}, field);
  const own = field();
  return Array.from({length: frames * channels}, (_, at) => {
    const [state, channel] = [Math.floor(at / channels), at % channels];
    members.forEach((member, k) => gather(v, k * frames + state, channel, member));
    const random = Rng.from("latent ranks", trajectory, state, channel);
    return {state, ranks: rankHistogram(gather(u, state, channel, own), members, random)};
  });
}
