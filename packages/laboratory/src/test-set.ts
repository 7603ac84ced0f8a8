/** Test sets: other trajectories that trained models are tested on, and nothing is trained. */
import {simulatedSystem, type SimulationConfig} from "@lola-ts/simulators";
import {differences, inWords} from "./changes";
import {isUntrained, type Config} from "./config";

/** Trained models that are tested on trajectories which are not their own. */
export class TestSet {
  constructor(
    readonly models: Config,
    private readonly caption: string,
  ) {}

  /** Say in words which trajectories a configuration has, then which models are tested. */
  captionOf(config: Config): string {
    const {trajectories, members} = config.rollout;
    const all = differences(this.models, config, "").filter(({option}) => !/trajectories|members/.test(option));
    const data = all.filter(({option}) => !isUntrained(option));
    const scoring = all.filter(({option}) => isUntrained(option));
    const simulated = config.data as SimulationConfig; // there is no other test set
    const what = data.length > 0 ? ` of other data (${simulatedSystem(simulated).describe(simulated)})` : "";
    const many = `${trajectories} test ${trajectories > 1 ? "trajectories" : "trajectory"}${what}`;
    const how = [
      members === 1 ? "1 member" : `ensembles of ${members}`,
      ...(scoring.length > 0 ? [inWords(scoring).join("; ")] : []),
    ];
    return `Here: ${many}, ${how.join(", ")}. Models: ${this.caption}`;
  }

  /** @throws RangeError for a change of the models' data or training. */
  requireSameModels(before: Config, after: Config): void {
    const [other] = inWords(differences(before, after, "").filter(({option}) => !isUntrained(option)));
    if (other === undefined) return;
    throw new RangeError(
      `with: expected a change of rollouts or scores, because trained models stay as they are; found ${other}.`,
    );
  }
}
