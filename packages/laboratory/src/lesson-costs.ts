/** Costs of cells in lessons if they ran now: pages show them before a cell runs. */
import {checkOptions, count, list, oneOf, optional, section} from "@lola-ts/core";
import {Lab} from "./lab";
import {StepTime, request, MissingArtifactError} from "@lola-ts/cache";
import {openLab, openTrained} from "./open-lab";
import {costInWords, partsOf} from "./parts";

const STAGES = ["dataset", "autoencoders", "emulators", "rollouts"] as const;

/** Needs of a cell, from its metadata. */
export interface Need {
  /** The last stage that it asks for. */
  readonly makes: (typeof STAGES)[number];
  /** Test trajectories, where it asks the models that come with the project. Default: it asks the reader's own laboratory. */
  readonly trained?: number;
}

const needsRule = list(section<Need>({makes: oneOf(STAGES), trained: optional(count)}), {empty: true});

/**
 * Say what cells would make, and about how long it takes by earlier work on this machine; nothing is made to find out.
 *
 * @returns a sentence for each cell; it is empty where everything is there.
 * @example const [sentence] = await lessonCosts([{makes: "emulators"}]);
 */
export async function lessonCosts(needs: readonly Need[]): Promise<string[]> {
  checkOptions("lessonCosts", needsRule, needs, "needs");
  const own = openLab();
  const labOf = ({trained}: Need) => (trained === undefined ? own : openTrained(own, {trajectories: trained}));
  return request(
    "costs",
    () => undefined,
    () => Promise.all(needs.map((need) => costOf(labOf(need), need.makes))),
  );
}

/** Say what a laboratory lacks up to a stage. */
export async function costOf({config, artifacts, testSet}: Lab, makes: Need["makes"]): Promise<string> {
  try {
    const finished = new Lab(config, artifacts.finished(), undefined, {testSet});
    const parts = await partsOf(finished, finished.methods);
    const models = parts.flatMap((part) => part.models);
    const wanted = {
      dataset: [],
      autoencoders: models.filter(({name}) => name.startsWith("autoencoder")),
      emulators: models,
      rollouts: [...models, ...parts.map(({forecast}) => forecast)],
    };
    return costInWords("To make", wanted[makes]);
  } catch (error) {
    if (!(error instanceof MissingArtifactError) || "source" in config.data) throw error;
    const {train, valid, test} = config.data.trajectories;
    const {seconds} = new StepTime(artifacts.root, `${config.system}-${config.preset} trajectory`);
    const data = {key: "", name: "dataset", isNew: true, seconds: (train + valid + test) * seconds};
    const sentence = costInWords("To make", [data]);
    return makes === "dataset" ? sentence : `${sentence} All models are trained after it.`;
  }
}
