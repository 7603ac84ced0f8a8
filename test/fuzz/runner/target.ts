/** A format to be fuzzed, and the verdicts on its reader. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import type {Rng} from "@lola-ts/core";

/** A format, exported as `target` by a file in test/fuzz. */
export interface FuzzTarget {
  readonly name: string;
  /** Files that the reader accepts, a folder of them, or a function that makes them. */
  readonly seeds: readonly Buffer[] | string | (() => Promise<readonly Buffer[]>);
  /** Extension of the files, e.g. ".pth". Default: none. */
  readonly extension?: string;
  /** Damage a seed with knowledge of its structure; the seed itself stays. */
  mutate(bytes: Buffer, rng: Rng): Buffer;
  /** Read a file as users do. @returns canonical JSON of the quantities that must not differ silently. */
  read(file: string): string | Promise<string>;
  /**
   * Read a damaged file by an independent reader, for formats in which a damaged file may be a right one with another
   * content. By default accepted files must have the quantities of their seed.
   *
   * @returns quantities as `read` has them, or undefined if the file has to be refused.
   */
  expected?(file: string): string | undefined | Promise<string | undefined>;
}

/** Verdicts on a case; all but the first two are failures. */
export const VERDICTS = ["same", "refused", "different", "unclear", "slow", "memory", "hang", "death"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What became of a case. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Sentence of a refusal, or description of a failure. */
  readonly detail: string;
  /** Seconds of the processor. */
  readonly seconds: number;
  /** Growth of the process's memory in bytes, 0 where the system does not tell. */
  readonly memory: number;
}

/** Bounds of one case. */
export const LIMITS = {seconds: 1, memory: 200 * 2 ** 20, hang: 20} as const;

export const isFailure = ({verdict}: Outcome): boolean => verdict !== "same" && verdict !== "refused";

/** Load the seeds of a target. */
export async function seedsOf({seeds}: FuzzTarget): Promise<readonly Buffer[]> {
  if (typeof seeds === "function") return seeds();
  if (typeof seeds !== "string") return seeds;
  return readdirSync(seeds)
    .sort()
    .map((name) => readFileSync(path.join(seeds, name)));
}

/** Check that a message is one sentence that names its file and has nothing that a terminal would obey. */
export function isSentence(message: string, file: string): boolean {
  const rest = message.replaceAll(file, "");
  return rest.length < message.length && rest.length <= 1500 && !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/u.test(rest);
}

/** Path under which the input of a failed case is kept. */
export function keptPath(keep: string, program: string, seed: number, number: number, input: string): string {
  return path.join(keep, `${path.basename(program, ".ts")}-${seed}-${number}${path.extname(input)}`);
}
