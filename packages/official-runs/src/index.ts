/**
 * Runs of the official Python code of Lost in Latent Space, opened as models of lola and written back.
 *
 * @module @lola-ts/official-runs
 */
export {dataOf, type RunData} from "./data-config";
export {scheduleRule} from "./official-config";
export {exportRun, loadRun, saveRun, type Run} from "./run";
