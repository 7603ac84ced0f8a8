/**
 * Are ensembles calibrated where they were made? Decoding can hide it: what the autoencoder does not show, no score of
 * pixels sees.
 */
import {flat} from "../core/array";
import {Rng} from "../core/rng";
import {dense, gather} from "../evaluate/fields";
import {calibrationOf, type Calibration} from "../evaluate/probability/calibration";
import {rankHistogram} from "../evaluate/probability/rank-histogram";
import {sizeOf} from "../core/shape";
import {checkOptions} from "../core/options/check-options";
import {labRule, type Lab} from "./lab";
import {chooseMethods, methodsRule, type MethodChoice} from "./stages/method-choice";
import {trajectoryAt} from "./stages/latents";

/** Calibration of one ensemble over one horizon, and the name of its emulator. */
export interface LatentCalibration extends Calibration {
  readonly method: string;
}

/**
 * Count where encoded true states lie among the members of latent ensembles: calibration in latent space.
 *
 * @param methods emulators that have members.
 * @returns a row per ensemble and horizon.
 * @throws RangeError for an empty list, or a method that works on pixels.
 * @example
 * const rows = await latentCalibration(lab, [{kind: "diffusion", latentChannels: 16}]);
 * await lab.showTable(rows.map(({method, horizon, coverageError}) => ({method, horizon, coverageError})), "In latent space");
 */
export async function latentCalibration(lab: Lab, methods: readonly MethodChoice[]): Promise<LatentCalibration[]> {
  checkOptions("latentCalibration", labRule, lab, "lab");
  checkOptions("latentCalibration", methodsRule, methods, "methods");
  const {config} = lab;
  const {context = 1} = config.rollout;
  const found: LatentCalibration[] = [];
  for (const {spec, changes, label} of chooseMethods(config, methods)) {
    const {latentChannels} = spec;
    if (latentChannels === null) {
      throw new RangeError(`latentCalibration: expected methods that work on latents, found ${label} on pixels.`);
    }
    const {states, trajectories} = await lab.rollout(spec, changes);
    const truths = (await lab.latents(latentChannels, "test", changes.autoencoder)).states;
    const {testWindow} = await lab.dataset();
    const rows = trajectories.flatMap((n, i) => {
      const truth = trajectoryAt(truths, n).lo(testWindow.start).hi(testWindow.length);
      const ranks = ranksOf({data: flat(truth), shape: truth.shape}, trajectoryAt(states, i), n);
      return ranks.map(({state, ...rest}) => ({trajectory: n, state: state - (context - 1), ...rest})); // 0 at lead time 0
    });
    found.push(...calibrationOf(rows, config.horizons, config.stride).map((one) => ({method: label, ...one})));
  }
  return found;
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
