/**
 * Checks of options, errors in sentences, files written whole, seeded random numbers, worker threads and Fourier
 * transforms.
 *
 * @module @lola-ts/core
 */
export {flat, stack, type NamedArrays, type StridedArray} from "./array";
export {isPlainObject, requireFinite, requireInteger, requirePositive} from "./check";
export {CompiledModule} from "./compiled-module";
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
export {tablesOf} from "./fourier/compiled-fourier";
export {fastLength, fft, fftn, fourierPlan, type FourierTransform} from "./fourier/fft";
export type {FourierPlan} from "./fourier/radices";
export {escapeHtml, unescapeHtml} from "./html";
export {parseJson} from "./json";
export {errorFrom, errorMessage, hasCode, LabError, type ErrorMessage} from "./lab-error";
export {Lazy} from "./lazy";
export {machineMemory} from "./machine-memory";
export {openFile} from "./open-file";
export {arrayOf, callable, gridRule, having, isRow, records, row, rowOf, trajectories} from "./options/array-rules";
export {checkOptions, checkParts} from "./options/check-options";
export {isFusedWanted} from "./options/fused-wish";
export {
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
export {nearest} from "./options/spelling";
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
export {programFile} from "./program";
export {replaced} from "./replaced";
export {Rng} from "./rng";
export {openSafetensors, writeSafetensors, type SafetensorsFile, type StoredTensor} from "./safetensors";
export {sizeOf, stridesOf} from "./shape";
export {valueCell, type Cell, type TableRow} from "./table";
export {engineThreads, machineName, processorName} from "./text/machine-name";
export {printAs, shapeInWords} from "./text/one-line";
export {printable} from "./text/printable";
export {valueInWords} from "./text/value-in-words";
export {serve, Thread, withThreads} from "./workers";
export {readYaml} from "./yaml";
