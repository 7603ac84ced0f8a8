/** The four trainings of an ablation of the autoencoder: how it starts, and how it steps. */
import {checkOptions, defaultRun, type TableRow} from "@lola-ts/core";
import {runSweep, type Overrides} from "@lola-ts/sweeps";
import {type Lab, validationCurve} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {studyName} from "./studies/pixel-diffusion";
import type {TableContent} from "./tables/paper-table";
import {readCsv} from "lola/evaluate";

/** Optimisers of the ablation, Adam as in the paper and a preconditioned one in place of its PSGD, and their learning rates. */
const OPTIMISERS = {
  AdamW: {"autoencoder.training.optimiser": "adamw", "autoencoder.training.learningRate": 1e-3},
  SOAP: {"autoencoder.training.optimiser": "soap", "autoencoder.training.learningRate": 3e-3},
} as const;

export interface AblationRun {
  readonly optimiser: keyof typeof OPTIMISERS;
  /** Whether it started from an identity initialisation. */
  readonly identity: boolean;
  /** Steps at which it was validated, the last one at the end. */
  readonly steps: readonly number[];
  /** Mean absolute error on the validation split at each of them. */
  readonly error: readonly number[];
  /** Time until each of them. */
  readonly seconds: readonly number[];
}

export interface AblationStudy {
  readonly runs: readonly AblationRun[];
  readonly caption: string;
}

/**
 * Train four autoencoders at the middle rate, with and without identity initialisation, by AdamW and by SOAP; the trainings of
 * models that come with the project are read, without the training data.
 *
 * @throws RangeError if it is no laboratory; Error with the sentence of a training that failed; LabError `interrupted`.
 * @example
 * const {runs, caption} = await ablationStudy(lab);
 * await lab.show(ablation(runs, {caption}), {name: "ablation"});
 */
export async function ablationStudy(lab: Lab): Promise<AblationStudy> {
  checkOptions("ablationStudy", labRule, lab, "lab");
  const {middleRate: rate, config} = lab;
  const steps = {[`autoencoder.steps.${rate}`]: config.ablationSteps};
  const variants = Object.values(OPTIMISERS).flatMap((optimiser) =>
    [false, true].map((identity): Overrides => ({...optimiser, "autoencoder.model.identityInit": identity, ...steps})),
  );
  // A name finds trainings that come with the project; a sweep without one is another as soon as the preset is.
  const name = config.preset === defaultRun().trained ? studyName(lab, "ablation") : {};
  const sweep = await runSweep(lab, variants, {...name, methods: `autoencoder-${rate}`, measure: "mae"});
  const runs = sweep.trials.map(({overrides, measured, error}): AblationRun => {
    if (!measured) throw new Error(`ablationStudy: a training failed: ${error}`);
    const curve = validationCurve(measured);
    return {
      optimiser: overrides["autoencoder.training.optimiser"] === "adamw" ? "AdamW" : "SOAP",
      identity: overrides["autoencoder.model.identityInit"] === true,
      steps: curve.steps,
      error: curve.loss,
      seconds: curve.steps.map((step) => (measured.seconds * step) / measured.steps),
    };
  });
  const trained = `${rate} latent channels, ${config.ablationSteps} steps, one seed; ${sweep.trainings}`;
  return {runs, caption: `${trained}. ${lab.caption}`};
}

/** Optimisers of the paper's table that ours stand beside. */
const PRINTED = {AdamW: "Adam", SOAP: "PSGD"} as const;

/** Shares of the training after which errors are shown, and the paper's epochs. */
const SHARES = {"10 % of steps": 0.1, half: 0.5, all: 1} as const;
const EPOCHS = ["10", "100", "1000"];

/**
 * Lay out the runs of an ablation beside the paper's Table 4.
 *
 * @param path the file table-04.csv.
 * @throws Error naming the file if it cannot be read.
 */
export function ablationTable(runs: readonly AblationRun[], path: string): TableContent {
  const printed = readCsv(path);
  const value = (optimizer: string, identity: boolean, epoch: string) => {
    const init = identity ? "w/" : "w/o";
    const row = printed.find((one) => one.optimizer === optimizer && one.identity_init === init && one.epoch === epoch);
    return row ? Number(row.value) : null;
  };
  const beside = EPOCHS.map((epoch) => `paper, epoch ${epoch}`);
  const rows = runs.map(({optimiser, identity, error, seconds}): TableRow => {
    const at = (share: number) => error[Math.max(0, Math.round(share * error.length) - 1)];
    const own = Object.entries(SHARES).map(([words, share]) => [`MAE, ${words}`, at(share)]);
    const paper = EPOCHS.map((epoch, i) => [beside[i], value(PRINTED[optimiser], identity, epoch)]);
    const first = {optimiser, "identity init": identity ? "yes" : "no"};
    return {
      ...first,
      ...(Object.fromEntries(own) as TableRow),
      seconds: seconds.at(-1)!,
      ...(Object.fromEntries(paper) as TableRow),
    };
  });
  return {rows, decimals: {seconds: 0, ...Object.fromEntries(beside.map((column) => [column, 3]))}};
}
