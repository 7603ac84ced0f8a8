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

/** Relative change that another processor's rounding may cause. */
export const TOLERANCE = 2e-3;

/** How to record anew. */
export const COMMAND = "LOLA_RECORD=1 NODE_OPTIONS=--experimental-vm-modules npx jest test/lab/drift.test.ts";

const isClose = (a: number, b: number) => Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), 1e-3);

/** List numbers that moved: "loss: expected 0.5, found 0.6". */
export function movedNumbers(before: StageRecord["numbers"], after: StageRecord["numbers"]): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => !(name in before && name in after && isClose(before[name], after[name])))
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
