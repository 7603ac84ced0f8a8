/** The long run: trials of drawn kinds, one after the other, counted by kind. */
import {Rng} from "@lola-ts/core";
import {damages} from "../kinds/damages";
import {disks} from "../kinds/disks";
import type {Kind} from "../kinds/kind";
import {kills} from "../kinds/kills";
import {others} from "../kinds/others";
import {mayMount, Place} from "./place";
import {processesOn, untilGone} from "./processes";
import {makeReference, Trial, type Reference} from "./trial";

/** What became of the trials of a kind. */
export interface Tally {
  /** Troubles in all, and those in whose trial nothing was lost. */
  tried: number;
  held: number;
  /** Troubles in whose trial something was lost. */
  lost: number;
  /** Processes that refused to go on, in a sentence. */
  refused: number;
  seconds: number;
  /** What was lost, with the number of its trial. */
  readonly faults: string[];
}

/** List all kinds of trouble. */
export const allKinds = (mounted: boolean): readonly Kind[] => [...kills, ...damages, ...disks(mounted), ...others];

export interface SoakOptions {
  readonly seed: number;
  /** Number of the first trial. Default: 0. */
  readonly from?: number;
  /** Trials at most. Default: any number. */
  readonly trials?: number;
  /** Moment (of `Date.now`) after which no further trial begins. Default: none. */
  readonly until?: number;
  /** Words of which the name of a kind has to have one. Default: any kind. */
  readonly kinds?: readonly string[];
  /** Called after each trial. */
  readonly progress?: (trial: number, kind: string, faults: readonly string[]) => void;
}

/** Run one trial. @returns what was lost, and the numbers of troubles and refusals. */
async function runTrial(kind: Kind, rng: Rng, reference: Reference, mounted: boolean): Promise<Trial> {
  const trial = new Trial(rng, new Place(mounted && kind.disk === true), reference);
  try {
    await kind.run(trial);
  } catch (error) {
    trial.fail(`the trial itself failed: ${(error as Error).stack}`);
    for (const pid of processesOn(trial.place.data)) process.kill(pid, "SIGKILL");
    await untilGone(trial.place.data, 10);
  } finally {
    trial.place.remove();
  }
  return trial;
}

/**
 * Run trials until the time is up. The kinds take turns, in an order that each round draws anew.
 *
 * @returns tallies by kind.
 * @throws Error if the undisturbed run fails.
 */
export async function soak(options: SoakOptions): Promise<Map<string, Tally>> {
  const {seed, from = 0, trials = Infinity, until = Infinity, progress} = options;
  const mounted = mayMount();
  const words = options.kinds ?? [""];
  const kinds = allKinds(mounted).filter(({name}) => words.some((word) => name.includes(word)));
  const tallies = new Map(
    kinds.map(({name}) => [name, {tried: 0, held: 0, lost: 0, refused: 0, seconds: 0, faults: []} as Tally]),
  );
  const reference = await makeReference();
  try {
    for (let number = from; number < from + trials && Date.now() < until; number++) {
      const order = Rng.from("soak", seed, "round", Math.floor(number / kinds.length)).shuffle([...kinds]);
      const kind = order[number % kinds.length];
      const begin = performance.now();
      const {tried, refused, faults} = await runTrial(kind, Rng.from("soak", seed, number), reference, mounted);
      const tally = tallies.get(kind.name)!;
      tally.tried += tried;
      tally[faults.length > 0 ? "lost" : "held"] += tried;
      tally.refused += refused;
      tally.seconds += (performance.now() - begin) / 1000;
      tally.faults.push(...faults.map((fault) => `trial ${number}: ${fault}`));
      progress?.(number, kind.name, faults);
    }
  } finally {
    reference.place.remove();
  }
  return tallies;
}
