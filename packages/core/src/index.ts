/**
 * Checks of options, errors in sentences, files written whole, seeded random numbers, worker threads and Fourier
 * transforms.
 *
 * @module @lola-ts/core
 */
export {flat, sizeOf, stack, stridesOf, type NamedArrays, type StridedArray} from "./array";
export {isPlainObject, requireFinite, requireInteger, requirePositive} from "./check";
export {
  BOUNDARY,
  boundaryRule,
  channelNames,
  fieldRule,
  SPLITS,
  type BoundaryCodes,
  type DistributionMetric,
  type Field,
  type Split,
  type Transform,
} from "./fields";
export {explainWriteError, syncFolder, writeAll, writeAtomically, writeWhole} from "./files";
export {fromHalf, toHalf} from "./float16";
export {isFusedWanted} from "./fused";
export {fastLength, fft, fftn, fourierPlan, type FourierPlan, type FourierTransform} from "./fft";
export {canonicalText, fromJsonText, parseJson, toJsonText} from "./json";
export {errorFrom, errorMessage, hasCode, LabError, type ErrorMessage} from "./lab-error";
export {Lazy, remembered} from "./lazy";
export {
  holderOf,
  isHeld,
  isRunning,
  Lock,
  removeStale,
  stillRuns,
  thisProcess,
  turnOf,
  waitFor,
  type Holder,
  type ProcessIdentity,
} from "./lock";
export {constant, loops} from "./loops";
export {engineThreads, machineMemory, machineName, processorName} from "./machine";
export {openFile} from "./open-file";
export {checkOptions, checkParts, nearest} from "./options/check-options";
export {
  arrayOf,
  callable,
  gridRule,
  having,
  isRow,
  records,
  row,
  rowOf,
  trajectories,
  accepts,
  anything,
  choose,
  count,
  described,
  either,
  expectedOf,
  flag,
  infinite,
  list,
  notANumber,
  number,
  oneOf,
  optional,
  optionsOf,
  partial,
  passing,
  section,
  text,
  where,
  whole,
  type Rule,
  type Rules,
  type RulesOf,
} from "./options/rules";
export {
  chosenRun,
  committedFigures,
  dataFolder,
  defaultRun,
  figuresFolder,
  projectRoot,
  shown,
  wellFolder,
} from "./paths";
export {Rng} from "./rng";
export {openSafetensors, writeSafetensors, type SafetensorsFile, type StoredTensor} from "./safetensors";
export {
  escapeHtml,
  printable,
  printAs,
  shapeInWords,
  unescapeHtml,
  valueCell,
  valueInWords,
  type Cell,
  type TableRow,
} from "./text";
export {programFile, serve, Thread, withThreads} from "./workers";
export {readYaml} from "./yaml";
