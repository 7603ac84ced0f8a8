/** Trained models on test trajectories of other data: other boundaries or parameters than they have seen, or only a few. */
import {checkOptions, anything, count, optional, section} from "@lola-ts/core";
import {labRule, onTrajectories, type EmulatorSpec, type OtherTrajectories} from "@lola-ts/laboratory/stages";
import type {Lab} from "@lola-ts/laboratory";

export type {OtherTrajectories};

const rule = section<OtherTrajectories>({
  data: optional(anything),
  trajectories: optional(count),
  members: optional(count),
});

/**
 * Keep the trained models of a laboratory, and test them on other trajectories, which are simulated: under conditions that the
 * models have never seen, or a few of their own test trajectories without the rest of their data. Nothing is trained: states
 * are standardised, and labels made, as for the models' own data. Its `with` changes how forecasts are made and scored.
 *
 * @returns a laboratory whose `dataset`, `rollouts` and `evaluation` are of the trajectories; it has a test split only.
 * @throws RangeError for an option that is unknown or has a wrong value, or if the laboratory's data are not simulated; Error, when
 *   a model is asked for, if it is not trained.
 * @example
 * const away = onOtherTrajectories(openTrained(openLab()), {data: {boundaries: ["open"]}, trajectories: 10, members: 4});
 * const view = await viewRollouts(away);
 */
export function onOtherTrajectories(lab: Lab, options: OtherTrajectories = {}): Lab {
  checkOptions("onOtherTrajectories", labRule, lab, "lab");
  checkOptions("onOtherTrajectories", rule, options);
  return onTrajectories("onOtherTrajectories", lab, options);
}

/** Boundaries of the paper's Euler data. */
const BOUNDARIES = ["open", "periodic"] as const;

/** Emulators that know both kinds of boundaries, on test trajectories of each kind. */
export type BothBoundaries = Readonly<Record<(typeof BOUNDARIES)[number], Lab>> & {
  /** Laboratory that trains them. */
  readonly models: Lab;
  /** Diffusion and the neural solver at the middle compression rate. */
  readonly methods: readonly EmulatorSpec[];
};

/**
 * Train on both kinds of boundaries, as the paper does for its Figure 10: half of the trajectories are open, and the one
 * autoencoder pads with zeros instead of wrapping around, so that latents are not rolled. The number of trajectories and all
 * other settings stay.
 *
 * @returns undefined where the laboratory's data are not simulated with a choice of boundaries.
 * @example const both = bothBoundaries(openLab()); // of the gas
 */
export function bothBoundaries(lab: Lab): BothBoundaries | undefined {
  checkOptions("bothBoundaries", labRule, lab, "lab");
  const {data} = lab.config;
  const latentChannels = lab.middleRate;
  if (!("boundaries" in data) || latentChannels === null) return undefined;
  const models = lab.with({
    data: {boundaries: BOUNDARIES},
    latentChannels: [latentChannels],
    autoencoder: {model: {periodic: false}},
    latentRolls: false,
  });
  const trajectories = Math.ceil(data.trajectories.test / BOUNDARIES.length);
  const [open, periodic] = BOUNDARIES.map((kind) =>
    onOtherTrajectories(models, {data: {boundaries: [kind]}, trajectories}),
  );
  const methods = (["diffusion", "solver"] as const).map((kind) => ({kind, latentChannels}));
  return {models, open, periodic, methods};
}
