/**
 * The Well's datasets: its HDF5 files, read safely from a folder and written, and their download.
 *
 * @module @lola-ts/well
 */
export {downloadWell, formatBytes, planDownload, WELL_URL} from "./download/well-download";
export {writeSimulated} from "./export-simulated";
export {findWell, openWell, WellDataset, WellError, writeWell, type WellOptions} from "./well-dataset";
export {WellSource} from "./well-source";
export {summariseWell} from "./well-statistics";
