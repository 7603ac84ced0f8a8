import {LabError} from "@lola-ts/core";
import {systemOf} from "@lola-ts/simulators";
import {checkSimulators, requestOf, simulatorName} from "../../src/stages/simulators";
import {smoke, smokeLabs, three} from "../smoke";

const {open} = smokeLabs();

test("simulators are named by where they start and by their share of the points", () => {
  expect(simulatorName({latentChannels: 4})).toBe("simulator from the latent");
  expect(simulatorName({latentChannels: 4, share: 0.5, alone: true})).toBe(
    "simulator from the latent alone, 0.5 of the points",
  );
  expect(simulatorName({latentChannels: null, share: 0.5})).toBe("simulator from the state, 0.5 of the points");
});

test("each test trajectory has the request that simulated it, in whatever order files are read", async () => {
  const lab = open((config) => {
    const more = three(config);
    return {...more, data: {...more.data, gammas: [1.4, 1.13]} as typeof more.data};
  });
  const dataset = await lab.dataset();
  const found = dataset.testTrajectories.map((n) => requestOf(lab.config, dataset, n).request);
  const gammas = dataset.wells.test.trajectories.map(({scalars: {gamma}}) => gamma);
  expect(found.map((request) => "gamma" in request && request.gamma)).toEqual(
    gammas.map((g) => expect.closeTo(g, 6) as number),
  );
  expect(new Set(found.map(({seed}) => seed.join()))).toHaveProperty("size", 3);
});

test("from the stored state it makes the trajectory again, from a latent one with the error of compression", async () => {
  const lab = open();
  const simulators = [{latentChannels: null}, {latentChannels: 16}, {latentChannels: null, share: 0.5}];
  const {scores} = await lab.evaluation({methods: [{kind: "solver", latentChannels: 16}], trivial: false, simulators});
  const own = scores.filter(({labels: {method}}) => method.startsWith("simulator"));
  expect(own.map(({labels: {method, space, compression}}) => [method, space, compression])).toEqual([
    ["simulator from the state", "pixel", 1],
    ["simulator from the latent", "latent", 20],
    ["simulator from the state, 0.5 of the points", "pixel", 1],
  ]);
  const errors = own.map(({rows}) => rows.map(({vrmse}) => vrmse));
  expect(Math.max(...errors[0])).toBeLessThan(1e-4);
  expect(Math.min(...errors[2])).toBeGreaterThan(0.01);
  const at = (rows: (typeof scores)[number]["rows"]) => rows.filter(({state}) => state === 0).map(({vrmse}) => vrmse);
  const reconstructed = at(scores.find(({labels: {method}}) => method === "autoencoder")!.rows);
  const [, decoded] = own.map(({rows}) => at(rows));
  decoded.forEach((error, i) => expect(error).toBeLessThan(3 * reconstructed[i]));
  expect(Math.max(...decoded)).toBeGreaterThan(0.05);
});

test("a simulator that is alone passes this on, and is scored apart from the simulator with true surroundings", async () => {
  const lab = open();
  const restart = jest.spyOn(systemOf("euler"), "restart");
  const simulators = [{latentChannels: 16}, {latentChannels: 16, alone: true}];
  await lab.evaluation({methods: [{kind: "solver", latentChannels: 16}], trivial: false, simulators});
  expect(new Set(restart.mock.calls.map(([, {alone}]) => alone))).toContain(true);
  restart.mockRestore();
});

test("a grid too coarse for the solver scores no number; any other error ends the work and leaves no scores", async () => {
  const lab = open();
  const restart = jest.spyOn(systemOf("euler"), "restart");
  const scoresAt = async (share: number) => {
    const simulators = [{latentChannels: null, share}];
    const {scores} = await lab.evaluation({...options, simulators});
    return scores.at(-1)!.rows.map(({vrmse}) => vrmse);
  };
  const options = {methods: [{kind: "solver", latentChannels: 16}], trivial: false} as const;
  restart.mockImplementation(() => {
    throw new LabError("unresolved", "expected a finite state");
  });
  expect((await scoresAt(0.125)).every(Number.isNaN)).toBe(true);
  restart.mockImplementation(() => {
    throw new TypeError("cannot read properties of undefined");
  });
  await expect(scoresAt(0.25)).rejects.toThrow("cannot read properties");
  restart.mockRestore();
  expect((await scoresAt(0.25)).some(Number.isFinite)).toBe(true);
  const uneven = {...options, simulators: [{latentChannels: null, share: 0.75}]};
  await expect(lab.evaluation(uneven)).rejects.toThrow("one divides the other, found 16 and 12");
});

test("refuses simulators that cannot be, before anything is made", () => {
  expect(() => checkSimulators(smoke, [{latentChannels: 4, share: 0}])).toThrow("simulators[0]");
  const well = {...smoke, data: {source: "well"}} as typeof smoke;
  expect(() => checkSimulators(well, [{latentChannels: null}])).toThrow("expected data that are simulated here");
});
