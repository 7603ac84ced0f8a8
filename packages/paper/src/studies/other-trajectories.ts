/** Trained models on test trajectories of other data: other boundaries or parameters than they have seen, or only a few. */
import {checkOptions, anything, count, oneOf, optional, section} from "@lola-ts/core";
import {boundaryNames, labRule, onTrajectories, type OtherTrajectories} from "@lola-ts/laboratory/stages";
import type {Lab} from "@lola-ts/laboratory";

export type {OtherTrajectories};

const rule = section<OtherTrajectories>({
  data: optional(anything),
  trajectories: optional(count),
  members: optional(count),
  labelled: optional(oneOf(boundaryNames)),
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

/** Few are enough: the errors are several times those of known data. */
const SIZE = {trajectories: 5, members: 2};

/** Laboratories of trained models on trajectories of a kind that they have never seen. */
export interface UnseenData {
  readonly own: Lab;
  /** The same trajectories, labelled as those of the models' own data. */
  readonly relabelled: Lab;
}

/**
 * Test trained models on a few trajectories with boundaries that they have never seen (Figure 10).
 *
 * @returns undefined where the system has no such data, or the laboratory's own are not simulated.
 * @example const unseen = unseenData(openTrained(openLab()));
 */
export function unseenData(lab: Lab): UnseenData | undefined {
  checkOptions("unseenData", labRule, lab, "lab");
  const {
    system: {unseen: data},
    config: {data: models},
  } = lab;
  if (!data || !("boundaries" in models)) return undefined;
  const options = {data: data as OtherTrajectories["data"], ...SIZE};
  return {
    own: onOtherTrajectories(lab, options),
    relabelled: onOtherTrajectories(lab, {...options, labelled: models.boundaries[0]}),
  };
}
