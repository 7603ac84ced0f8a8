/** Test sets: other trajectories that trained models are tested on, and nothing is trained. */
import {simulatedSystem, type SimulationConfig} from "@lola-ts/simulators";
import {changedConfig, differences, inWords, type Part} from "./changes";
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

/** Test trajectories that are not the models' own. */
export interface OtherTrajectories {
  /** Options of the simulation that differ, e.g. `{boundaries: ["open"]}`. Default: none. */
  readonly data?: Part<SimulationConfig>;
  /** Number of test trajectories, all of which are rolled out. Default: 1. */
  readonly trajectories?: number;
  /** Members of each ensemble. Default: the laboratory's. */
  readonly members?: number;
}

interface ModelLab<L> {
  readonly config: Config;
  readonly caption: string;
  readonly folder: string;
  readonly testSet?: TestSet;
  derived(config: Config, parts: {readonly testSet: TestSet; readonly folder: string}): L;
}

/** Derive a laboratory that tests a laboratory's models on other trajectories. @throws RangeError that begins with `where`. */
export function onTrajectories<L>(where: string, lab: ModelLab<L>, options: OtherTrajectories): L {
  const {data = {}, trajectories = 1, members = lab.config.rollout.members} = options;
  if ("source" in lab.config.data) {
    throw new RangeError(`${where}: expected a laboratory of simulated data, found The Well's own files.`);
  }
  const {train, valid} = lab.config.data.trajectories;
  const change = {
    data: {...data, trajectories: {train, valid, test: trajectories}} as Part<Config>["data"],
    rollout: {trajectories, members},
  };
  const testSet = new TestSet(lab.testSet?.models ?? lab.config, lab.caption);
  return lab.derived(changedConfig(where, lab.config, change), {testSet, folder: lab.folder});
}
