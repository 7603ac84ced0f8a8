/** Table 4: does it matter how an autoencoder's training starts, and how it steps? */
import type {TableRow} from "../../core/table";
import type {TableContent} from "../../evaluate/paper/paper-table";
import {readCsv} from "../../evaluate/tables/csv";
import type {Lab} from "../lab";
import {middleRate} from "../middle-rate";
import type {AutoencoderChanges} from "../stages/autoencoders";
import {validationCurve} from "../stages/validation-curve";

/** Optimisers of the ablation: Adam as in the paper, and a preconditioned one in place of its PSGD. */
const OPTIMISERS = [
  {optimiser: "adamw", name: "AdamW", learningRate: 1e-3, printed: "Adam"},
  {optimiser: "soap", name: "SOAP", learningRate: 3e-3, printed: "PSGD"},
] as const;

/** Shares of the training after which errors are shown, and the paper's epochs. */
const SHARES = {"10 % of steps": 0.1, half: 0.5, all: 1} as const;
const EPOCHS = ["10", "100", "1000"];

/** A finished training of the ablation. */
export interface AblationRun {
  readonly name: string;
  /** Name of its counterpart in the paper. */
  readonly printed: string;
  readonly identity: boolean;
  /** Validation error at equal steps, the last one at the end. */
  readonly error: readonly number[];
  readonly seconds: number;
}

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
  const rows = runs.map(({name, printed: theirs, identity, error, seconds}): TableRow => {
    const at = (share: number) => error[Math.max(0, Math.round(share * error.length) - 1)];
    const own = Object.entries(SHARES).map(([words, share]) => [`MAE, ${words}`, at(share)]);
    const paper = EPOCHS.map((epoch, i) => [beside[i], value(theirs, identity, epoch)]);
    const first = {optimiser: name, "identity init": identity ? "yes" : "no"};
    return {...first, ...(Object.fromEntries(own) as TableRow), seconds, ...(Object.fromEntries(paper) as TableRow)};
  });
  return {rows, decimals: {seconds: 0, ...Object.fromEntries(beside.map((column) => [column, 3]))}};
}

/** Train (or load) the four runs of a laboratory's ablation, at its middle rate. */
export async function ablationRuns(lab: Lab): Promise<AblationRun[]> {
  const {ablationSteps: steps} = lab.config;
  await lab.dataset();
  const variants = OPTIMISERS.flatMap((one) => [false, true].map((identity) => ({...one, identity})));
  return Promise.all(
    variants.map(async ({optimiser, name, learningRate, printed, identity}) => {
      const changes: AutoencoderChanges = {
        model: {identityInit: identity},
        training: {optimiser, learningRate},
        validation: "mae",
        steps,
      };
      const {history, seconds} = await lab.autoencoder(middleRate(lab.config), changes);
      return {name, printed, identity, error: validationCurve(history).loss, seconds};
    }),
  );
}
