import {unstandardize} from "lola/data";
import {decodeStates, trajectoryAt} from "@lola-ts/laboratory";
import {parameterSweep} from "../../src/studies/parameter-sweep";
import {autoencoder, constants, lab, T} from "./untrained";

test("trajectories start alike and differ by their parameter only: one value is one trajectory", async () => {
  const sweep = await parameterSweep(lab, {parameter: "gamma", values: [1.2, 1.6, 1.2]});
  expect(sweep.states.shape.slice(0, 2)).toEqual([3, T]);
  const last = sweep.distances(T - 1);
  expect(last[0][2]).toBe(0);
  expect(last[0][1]).toBeGreaterThan(0);
  expect(last[1][0]).toBeCloseTo(last[0][1], 9);
  const [a, b] = [0, 1].map((i) => Array.from(trajectoryAt(sweep.latents, i).data).slice(-8));
  expect(last[0][1]).toBeCloseTo(Math.hypot(...a.map((value, i) => value - b[i])), 5);
  const decoded = unstandardize(decodeStates(autoencoder, sweep.latents), constants);
  expect(sweep.states.data).toEqual(decoded.data);
});

test("the figure has a row per value, named by the parameter", async () => {
  const sweep = await parameterSweep(lab);
  expect(sweep.labels[0]).toBe("γ = 1.300");
  expect(sweep.labels).toHaveLength(5);
  const {data, layout} = sweep.figure({field: "energy"});
  expect((data as {name: string}[]).map(({name}) => name)).toEqual(sweep.labels);
  expect(JSON.stringify(layout.annotations)).toContain("energy; diffusion ÷");
});

test("refuses parameters, trajectories and states that are not there", async () => {
  await expect(parameterSweep(lab, {parameter: "mass"})).rejects.toThrow("expected a parameter gamma, found mass");
  await expect(parameterSweep(lab, {trajectory: 2})).rejects.toThrow("from 0 to 1, found 2");
  const sweep = await parameterSweep(lab, {values: [1.4]});
  expect(() => sweep.distances(T)).toThrow("state");
});
