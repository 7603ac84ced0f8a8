/** The rounds of the game "Which one is the truth?", the same for all who play it. */
import {Rng} from "@lola-ts/core";

/** What the pictures of a round show, in another order in each. */
export const candidates = ["simulation", "member", "mean", "solver"] as const;
export type Candidate = (typeof candidates)[number];

/** Rounds of one trajectory, each at another lead time; then the next trajectory follows. */
export const ROUNDS = 8;

export const MAX_ROUNDS = 3 * ROUNDS;

interface Round {
  /** State of the trajectory that is shown. */
  readonly at: number;
  readonly order: readonly Candidate[];
}

/** States of a trajectory that rounds show, equally far apart. */
const placesOf = (states: number) =>
  Array.from({length: ROUNDS}, (_, i) => Math.round(((i + 1) * (states - 1)) / ROUNDS));

/** Make a round of a trajectory with some states; its lead times come in no order. */
export function roundOf(n: number, states: number): Round {
  const places = Rng.from("game, lead times", Math.floor(n / ROUNDS)).shuffle(placesOf(states));
  return {at: places[n % ROUNDS], order: Rng.from("game, pictures", n).shuffle([...candidates])};
}

/** Count the rounds of games by the state that they show, in order of time, and those in which the simulation was chosen. */
export function tally(
  games: readonly (readonly number[])[],
  states: number,
): Map<number, {readonly found: number; readonly asked: number}> {
  const counts = new Map(placesOf(states).map((at) => [at, {found: 0, asked: 0}]));
  for (const guesses of games) {
    guesses.forEach((guess, n) => {
      const {at, order} = roundOf(n, states);
      const {found, asked} = counts.get(at)!;
      counts.set(at, {found: found + Number(order[guess] === "simulation"), asked: asked + 1});
    });
  }
  return counts;
}
