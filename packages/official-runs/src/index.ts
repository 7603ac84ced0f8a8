export {dataOf, type RunData} from "./data-config";
export {scheduleRule} from "./run-rules";
export {exportRun, loadRun, saveRun, type Run} from "./run";
