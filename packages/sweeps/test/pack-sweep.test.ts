import {runSweep} from "../src/run-sweep";
import {Artifacts} from "@lola-ts/cache";
import {packSweep, SweepFolder} from "../src/sweep-folder";
import {storedRuns} from "@lola-ts/laboratory/stages";
import {smokeLabs} from "../../laboratory/test/smoke";

const {open, artifacts, folder} = smokeLabs();
const space = {"autoencoder.training.optimiser": ["adamw", "soap"]};
const options = {measure: "mae", methods: "autoencoder-4", name: "optimisers"} as const;
const said: string[] = [];
const TIME = /[\d.]+ core-\w+/; // seconds are packed to six digits

/** A laboratory with nothing of its own, on another machine as it were. */
const elsewhere = (name: string, sweeps?: string) =>
  open(undefined, new Artifacts(folder(name), (text) => said.push(text), undefined, sweeps));

const trainings = (name: string) => storedRuns(folder(name), ["autoencoder"]).length;

beforeAll(async () => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  await runSweep(open(), space, {...options, train: true});
});
beforeEach(() => void (said.length = 0));
afterAll(() => jest.restoreAllMocks());

test("a sweep is packed as far as it is measured, and one without a result is not", async () => {
  const half = new SweepFolder(artifacts(), {
    ...SweepFolder.open(artifacts(), "optimisers").plan,
    name: "half",
    seeds: 2,
  });
  await half.begin();
  await expect(packSweep(artifacts(), "half", folder("packed"))).rejects.toThrow(
    "sweep: expected a result of the sweep half to pack, found 4 trials without a result.",
  );
  const [first] = (await runSweep(open(), space, options)).trials;
  await half.write(first);
  expect(await packSweep(artifacts(), "half", folder("packed"))).toMatch(/: 1 of 4 trials\.$/);
  await expect(packSweep(artifacts(), "none", folder("packed"))).rejects.toThrow("expected a sweep of the name none");
});

test("a packed sweep is found elsewhere without training, and its caption says so", async () => {
  const own = await runSweep(open(), space, options);
  expect(await packSweep(artifacts(), "optimisers", folder("packed"))).toMatch(
    /optimisers\.json\.br: 2 of 2 trials\.$/,
  );
  const found = await runSweep(elsewhere("found", folder("packed")), space, options);
  expect(trainings("found")).toBe(0);
  const numbers = (rows: typeof own.trials) => rows.map(({measured}) => Number(measured!.values.mae.toPrecision(6)));
  expect(numbers(found.trials)).toEqual(numbers(own.trials));
  expect(found.trials[0].measured!.machine).toMatch(/logical cores, Node \d/);
  expect(found.caption.replace(TIME, "")).toBe(
    `${own.caption.replace(TIME, "")}; 2 of them came with the project, trained elsewhere`,
  );
  expect(said).toEqual([]);
});

test("a training that failed is packed with its error, and alone it is no result", async () => {
  const name = "failing";
  const plan = {...SweepFolder.open(artifacts(), "optimisers").plan, name};
  const own = new SweepFolder(artifacts(), plan);
  await own.begin();
  const [first, second] = (await runSweep(open(), space, options)).trials;
  await own.write({...second, measured: undefined, error: "train: the loss was not finite."});
  await expect(packSweep(artifacts(), name, folder("packed"))).rejects.toThrow(
    "expected a result of the sweep failing",
  );
  await own.write(first);
  expect(await packSweep(artifacts(), name, folder("packed"))).toMatch(/: 2 of 2 trials\.$/);
  const found = await runSweep(elsewhere("failed", folder("packed")), space, {...options, name, train: false});
  expect(trainings("failed")).toBe(0);
  expect(found.trials.map(({measured, error}) => [measured !== undefined, error])).toEqual([
    [true, undefined],
    [false, "train: the loss was not finite."],
  ]);
  expect(found.caption).toMatch(/; 2 trainings, 1 failed, .*; 2 of them came with the project, trained elsewhere$/);
});

test("what was added to it is trained, and it can be packed as a whole again", async () => {
  const grown = await runSweep(elsewhere("grown", folder("packed")), space, {...options, seeds: 2});
  expect(trainings("grown")).toBe(2);
  expect(grown.caption).toMatch(/; 4 trainings, [\d.]+ core-\w+; 2 of them came with the project, trained elsewhere$/);
  const store = {root: folder("grown"), shippedSweeps: folder("packed")};
  expect(await packSweep(store, "optimisers", folder("again"))).toMatch(/4 of 4 trials\.$/);
});

test("a sweep of the same name that is another one is trained, and says so", async () => {
  const sweep = await runSweep(elsewhere("other", folder("packed")), space, {...options, measure: "mse"});
  expect(sweep.trials.every(({shipped}) => shipped === undefined)).toBe(true);
  expect(said[0]).toMatch(/optimisers\.json\.br: its trials are of another configuration, so they are trained here\.$/);
});

test("a store without shipped sweeps trains", async () => {
  await runSweep(elsewhere("own"), space, options);
  expect(trainings("own")).toBe(2);
});
