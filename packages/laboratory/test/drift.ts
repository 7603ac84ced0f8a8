/**
 * Drift: numbers of a stage that move although its version stays, so that artefacts of older code would be taken for those
 * of this code.
 */

/** A stage's version and some numbers that it makes at smoke size. */
export interface StageRecord {
  readonly version: number;
  readonly numbers: Readonly<Record<string, number>>;
}

/** A stage of which numbers are recorded. */
export interface RecordedStage {
  readonly name: string;
  readonly version: number;
  /** Name of the constant and the file that holds it. */
  readonly constant: string;
  readonly file: string;
  /** Stages whose code makes its inputs: when their version is raised, its own numbers may move. */
  readonly reads?: readonly string[];
}

/**
 * Relative change that another processor's rounding may cause. Optimisers divide small gradients by their own size, and so
 * make more of it: without oneDNN's kernels and operation by operation the numbers after six steps differ by up to 4e-3, and
 * all others by less than 1e-6.
 */
const TOLERANCE = 1e-4;
const TRAINED = 1e-2;

/** How to record anew. */
export const COMMAND =
  "LOLA_RECORD=1 NODE_OPTIONS=--experimental-vm-modules npx jest packages/laboratory/test/drift.test.ts";

/** Whether numbers agree; those of a trained model have names that begin with "trained". */
function isClose(name: string, a: number, b: number): boolean {
  const tolerance = name.startsWith("trained") ? TRAINED : TOLERANCE;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-3);
}

/** List numbers that moved: "loss: expected 0.5, found 0.6". */
export function movedNumbers(before: StageRecord["numbers"], after: StageRecord["numbers"]): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => !(name in before && name in after && isClose(name, before[name], after[name])))
    .map((name) => `${name}: expected ${before[name] ?? "none"}, found ${after[name] ?? "none"}`);
}

/**
 * Compare a stage's numbers with the recorded ones.
 *
 * @param raised stages whose version differs from the recorded one.
 * @returns a sentence that says which constant to raise, or how to record anew; nothing if all is as recorded.
 */
export function drift(
  {name, version, constant, file, reads = []}: RecordedStage,
  recorded: StageRecord | undefined,
  numbers: StageRecord["numbers"],
  raised: readonly string[],
): {readonly sentence: string; readonly recordable: boolean} | undefined {
  if (!recorded) return {sentence: `${name}: nothing is recorded; record it with ${COMMAND}`, recordable: true};
  if (recorded.version !== version) {
    const sentence = `${name}: recorded for version ${recorded.version}, found ${version}; record anew with ${COMMAND}`;
    return {sentence, recordable: true};
  }
  const moved = movedNumbers(recorded.numbers, numbers);
  if (moved.length === 0) return undefined;
  const cause = reads.find((stage) => raised.includes(stage));
  if (cause) {
    return {
      sentence: `${name}: moved with ${cause} (${moved.join("; ")}); record anew with ${COMMAND}`,
      recordable: true,
    };
  }
  const sentence =
    `${name}: numbers moved (${moved.join("; ")}), but ${constant} in ${file} is still ${version}: kept artefacts would be ` +
    `taken for those of this code. Raise it, then record anew with ${COMMAND}`;
  return {sentence, recordable: false};
}
