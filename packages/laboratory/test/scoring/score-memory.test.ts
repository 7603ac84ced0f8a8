/** What scoring holds in memory must not grow with the number of trajectories. */
import {setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";
import ndarray from "ndarray";
import {scoreForecast} from "../../src/scoring/score";
import type {Dataset} from "../../src/stages/dataset";
import {smoke, smokeLabs} from "../smoke";

const {artifacts} = smokeLabs();
const CELLS = 32;
const STATES = 4;
const MEMBERS = 16;
const VALUES = STATES * CELLS * CELLS * 2;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes in use, without garbage; what other work of the process holds for a moment is left out by the least of a few. */
function live(): number {
  collect();
  const {heapUsed, arrayBuffers} = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("from the first to the last of 64 trajectories the memory in use grows by less than a tenth of what passes through", async () => {
  const states = (n: number, size: number) => Float32Array.from({length: size}, (_, i) => Math.sin(i + n));
  const dataset = {
    key: "memory",
    testTrajectories: Array.from({length: 64}, (_, i) => i),
    testWindow: {start: 0, length: STATES, stride: 1, firstState: 0},
    read: (_: string, n: number) => ndarray(states(n, VALUES), [STATES, CELLS, CELLS, 2]),
    wells: {test: {channels: ["density", "energy"]}},
    system: {name: "memory", short: "memory", distribution: {compared: "values", channel: "density", title: ""}},
  } as unknown as Dataset;
  const used: Record<"early" | "late", number[]> = {early: [], late: []};
  const {rows} = await scoreForecast(
    {config: smoke, dataset, artifacts: artifacts()},
    {
      name: "memory",
      labels: {method: "diffusion", space: "latent", compression: 20},
      inputs: [],
      forecast: (n) => {
        if (n >= 3 && n < 6) used.early.push(live());
        if (n >= 59 && n < 62) used.late.push(live());
        return ndarray(states(n, MEMBERS * VALUES), [MEMBERS, STATES, CELLS, CELLS, 2]);
      },
    },
  );
  expect(rows).toHaveLength(64 * STATES * 2);
  const passed = 56 * MEMBERS * VALUES * 4;
  const [early, late] = [Math.min(...used.early), Math.min(...used.late)];
  expect(late - early).toBeLessThan(passed / 10);
  expect(late / early).toBeLessThan(1.1);
});
