/** Diffusion in pixel space, which the comparison does without: its network calls make it dear, at the paper's size by far. */
import type {Lab} from "../lab";
import type {Sweep} from "../sweep/sweep-result";
import {asStudied, studyName, studyOptions, type StudyOptions} from "./study-lab";

/**
 * Train diffusion models on patches of pixels, with the network and the steps of the pixel solver, and score them over the
 * first horizon.
 *
 * @throws RangeError if the configuration has no pixel solver, or if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const pixels = await pixelDiffusion(lab);
 * await lab.showTable(pixels.rows(), pixels.caption);
 */
export async function pixelDiffusion(lab: Lab, options: StudyOptions = {}): Promise<Sweep> {
  const {seeds, train} = studyOptions("pixelDiffusion", lab, options);
  const horizon = lab.config.horizons[0].join(":");
  return lab.with(asStudied).sweep([{}], {
    ...studyName(lab, "pixel-diffusion"),
    methods: "diffusion-pixel",
    measure: [`vrmse@${horizon}`, `crps@${horizon}`],
    seeds,
    train,
  });
}
