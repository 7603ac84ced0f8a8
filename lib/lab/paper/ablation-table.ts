/** Table 4: does it matter how an autoencoder's training starts, and how it steps? */
import type {TableRow} from "../../core/table";
import type {TableContent} from "../../evaluate/paper/paper-table";
import {readCsv} from "../../evaluate/tables/csv";
import type {AblationRun} from "./ablation-runs";

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
