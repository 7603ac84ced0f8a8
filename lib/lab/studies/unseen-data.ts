/** Figure 10: trained models outside of their training data. */
import {checkOptions} from "../../core/options/check-options";
import {labRule, type Lab} from "../lab";
import {onOtherTrajectories, type OtherTrajectories} from "./other-trajectories";

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
