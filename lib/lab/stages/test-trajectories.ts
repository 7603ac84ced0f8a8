/**
 * Which test trajectories are rolled out and scored, and which of their states: the same for all methods.
 */
import {evaluationWindow, type EvaluationWindow} from "../../data/batches";
import {Rng} from "../../core/rng";
import type {Config} from "../config";

/**
 * Draw test trajectories at random from the seed, without replacement (paper, section 4).
 *
 * @param available trajectories of the test split, over all its files.
 * @returns indices in the test split, ascending; all of them if the configuration asks for as many or more.
 */
export function drawTestTrajectories({rollout, seed}: Pick<Config, "rollout" | "seed">, available: number): number[] {
  const all = Array.from({length: available}, (_, i) => i);
  const drawn = Rng.from("test trajectories", seed).shuffle(all).slice(0, rollout.trajectories);
  return drawn.sort((a, b) => a - b);
}

/**
 * Choose the states of a test trajectory that are rolled out: the context, whose last state is at lead time 0, and all that
 * follow.
 *
 * @param frames states of a trajectory at the configuration's stride.
 * @throws RangeError if `start` is no multiple of `stride`, or nothing is left to predict.
 */
export function testWindow({rollout, stride}: Pick<Config, "rollout" | "stride">, frames: number): EvaluationWindow {
  const {start = 0, context = 1} = rollout;
  if (start % stride !== 0) {
    throw new RangeError(`rollout: expected a start that is a multiple of the stride ${stride}, found ${start}`);
  }
  return evaluationWindow(frames, {start: start / stride, context});
}
