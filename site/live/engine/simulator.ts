/** The simulator's program, in a thread of its own: it races the models, makes what small ones are trained on, and runs where none does. */
import {sizeOf} from "@lola-ts/core";
import {planFiles, simulateTrajectory, statesOf, systemOf} from "@lola-ts/simulators";
import {fromBase64, fromHalves} from "./encoding";
import type {SystemFacts} from "./facts";
import {simulate, type Painting, type SimulatedState} from "./simulation";
import {SMALL, type SmallData} from "./small";
import {serveThread} from "./thread";

let facts: SystemFacts;
const first = new Map<number, Float32Array>();

const orders = {
  open: (of: SystemFacts) => void (facts = of),
  /** Keep the first state of a trajectory. */
  trajectory(trajectory: number, base64: string) {
    first.set(trajectory, fromHalves(fromBase64(base64).subarray(0, 2 * sizeOf(facts.shape.slice(1)))));
  },
};

/** Simulate the small flow's trajectories; after each their number is told. */
function makeSmall({onProgress}: {onProgress: (reached: {done: number; total: number}) => void}): SmallData {
  const plans = planFiles(SMALL.data);
  const system = systemOf(SMALL.data.system);
  const {trajectories, frames, grid} = SMALL.data;
  const total = trajectories.train + trajectories.test;
  let done = 0;
  const make = (split: string) =>
    plans
      .filter((plan) => plan.split === split)
      .flatMap(({requests}) =>
        requests.map((request) => {
          const states = statesOf(simulateTrajectory(request).fields, system);
          onProgress({done: ++done, total});
          return states;
        }),
      );
  const train = make("train");
  const {transform, fields, rolls: roll, displayed, channels} = system;
  const shape = [frames, grid, grid, channels.length];
  return {train, test: make("test")[0], shape, transform, fields, roll, displayed};
}

const calls = {
  makeSmall,
  simulate: (painting: Painting, {onProgress}: {readonly onProgress: (state: SimulatedState) => void}) =>
    simulate(facts, first.get(painting.trajectory)!, painting, onProgress),
};

serveThread(orders, calls);
