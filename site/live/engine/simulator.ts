/** The simulator's program, in a thread of its own: it races the models, and runs where they do not. */
import {sizeOf} from "@lola-ts/core";
import {fromBase64, fromHalves} from "./encoding";
import type {SystemFacts} from "./facts";
import {simulate, type Painting, type SimulatedState} from "./simulation";
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

interface Following {
  readonly onProgress: (state: SimulatedState) => void;
}

const calls = {
  simulate: (painting: Painting, {onProgress}: Following) =>
    simulate(facts, first.get(painting.trajectory)!, painting, onProgress),
};

serveThread(orders, calls);
