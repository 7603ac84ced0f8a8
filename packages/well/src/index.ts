export {downloadWell, formatBytes, planDownload, WELL_URL} from "./download/well-download";
export {writeSimulated} from "./export-simulated";
export {findWell, openWell, WellDataset, WellError, writeWell, type WellOptions} from "./well-dataset";
export {WellSource} from "./well-source";
export {summariseWell} from "./well-statistics";
