import {existsSync} from "node:fs";
import {mkdtemp, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {availableParallelism, tmpdir} from "node:os";
import {createServer, type AddressInfo} from "node:net";
import path from "node:path";
import {relativeError} from "../../../../test/reference/reference";
import {holderOf, LabError} from "@lola-ts/core";
import {freeHosts} from "@lola-ts/engine";
import {Artifacts} from "@lola-ts/cache";
import {Lab} from "../../src/lab";
import type {Config} from "../../src/config";
import {preset} from "../../src/presets/presets";
import {Trainer} from "../../src/workers/trainer";

/** Program of training processes in place of the library's. */
let mockProgram: string | undefined;
jest.mock("@lola-ts/core", () => {
  const actual = jest.requireActual<{programFile: (folder: string, name: string) => string}>("@lola-ts/core");
  return {
    ...actual,
    programFile: (folder: string, name: string) => mockProgram ?? actual.programFile(folder, name),
  };
});

/** Addresses of the next ranks in place of free ones. */
let mockHosts: string[] | undefined;
jest.mock("@lola-ts/engine", () => {
  const actual = jest.requireActual<{freeHosts: typeof freeHosts}>("@lola-ts/engine");
  return {
    ...actual,
    freeHosts: (count: number) => {
      const hosts = mockHosts;
      mockHosts = undefined;
      return hosts ? Promise.resolve(hosts) : actual.freeHosts(count);
    },
  };
});

let artifacts: Artifacts;
beforeAll(
  async () => void (artifacts = new Artifacts(await mkdtemp(path.join(tmpdir(), "trainer-")), () => undefined)),
);
afterAll(() => rm(artifacts.root, {recursive: true}));

const smoke = preset("euler", "smoke");
const open = (change: Partial<Config> = {}, threads = 1) =>
  new Lab({...smoke, ...change}, artifacts, new Trainer(threads));

test("trainings in processes of their own give models that learned, side by side", async () => {
  const [first, second] = await open().autoencoders();
  expect([first, second].map(({model}) => model.compression)).toEqual([20, 80]);
  for (const {history} of [first, second]) expect(history.loss).toHaveLength(6);
});

test("the same training gives the same weights, whatever runs beside it", async () => {
  const [, beside] = await open().autoencoders(); // of the test before
  const lab = new Lab(smoke, new Artifacts(`${artifacts.root}/other`, () => undefined), new Trainer(1));
  const alone = await lab.autoencoder(4);
  expect(Array.from(await beside.model.weights.data())).toEqual(Array.from(await alone.model.weights.data()));
});

/** How many autoencoders are at their first step, or further. */
async function started(): Promise<number> {
  const files = await readdir(path.join(artifacts.root, "autoencoder")).catch(() => []);
  const locks = files.filter((name) => name.endsWith(".lock"));
  return locks.filter((name) => holderOf(path.join(artifacts.root, "autoencoder", name))?.note).length;
}

test.each([
  ["of one thread, two side by side where there are two cores", 1, Math.min(2, availableParallelism())],
  ["of all threads, one after the other", 0, 1],
])(
  "an interrupt stops trainings %s: those that run save, and one that waits does not begin",
  async (_, threads, count) => {
    const autoencoder = {...smoke.autoencoder, steps: {16: 3000, 4: 3000}};
    const stopped = open({autoencoder}, threads);
    await stopped.dataset();
    const trainings = [4, 16].map((channels) => stopped.autoencoder(channels, {seed: 9 + threads}));
    const settled = Promise.allSettled(trainings);
    while ((await started()) < count) await new Promise((resolve) => setTimeout(resolve, 50));
    process.emit("SIGINT");
    const results = await settled;
    const stops = results.map((result) => (result.status === "rejected" ? (result.reason as Error).message : "ended"));
    expect(stops.filter((text) => /stopped after step \d+/.test(text))).toHaveLength(count);
    expect(stops.filter((text) => /^Interrupted/.test(text))).toHaveLength(2 - count);
  },
);

test("ranks whose port another program took meanwhile start again on other ports", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  mockHosts = [...(await freeHosts(1)), `127.0.0.1:${(server.address() as AddressInfo).port}`];
  try {
    const {history} = await open().autoencoder(4, {seed: 21, parallel: 2});
    expect(history.loss).toHaveLength(6);
    expect(mockHosts).toBeUndefined();
  } finally {
    server.close();
  }
});

test("two processes train an autoencoder and an emulator as one does", async () => {
  const adamw = {optimiser: "adamw", steps: 10} as const;
  const change: Partial<Config> = {
    autoencoder: {...smoke.autoencoder, training: {...smoke.autoencoder.training, ...adamw}, steps: {4: 10}},
    pixel: {...smoke.pixel!, training: {...smoke.pixel!.training, ...adamw}},
  };
  const solver = {kind: "solver", latentChannels: null} as const;
  const here = new Lab({...smoke, ...change}, artifacts);
  const alone = [await here.autoencoder(4), await here.emulator(solver)];
  for (const stage of ["autoencoder", "emulator"]) await rm(path.join(artifacts.root, stage), {recursive: true});
  const two = open(change);
  const together = [await two.autoencoder(4, {parallel: 2}), await two.emulator(solver, {parallel: 2})];
  for (const [i, {key, history, model}] of together.entries()) {
    expect(key).toBe(alone[i].key);
    expect(relativeError(history.loss, alone[i].history.loss)).toBeLessThan(1e-5);
    expect(relativeError(model.weights.dataSync(), alone[i].model.weights.dataSync())).toBeLessThan(1e-4);
  }
  await expect(two.autoencoder(16, {parallel: 3})).rejects.toThrow("expected a batch that divides by 3 ranks, found 4");
  const wrong = "autoencoder: expected parallel to be an integer from 1 to 256, found 0.";
  await expect(two.autoencoder(16, {parallel: 0})).rejects.toThrow(wrong);
  await expect(here.autoencoder(16, {parallel: 2})).rejects.toThrow(
    "expected parallel to be 1 where trainings run in this process",
  );
});

test("a process that dies says what it wrote last, without the engine's notices", async () => {
  mockProgram = path.join(artifacts.root, "dying.cjs");
  const words = "I0000 00:00:1 port.cc:153] a notice\\nF0000 00:00:2 tensor.cc:7] Check failed: the last word\\n";
  await writeFile(
    mockProgram,
    `process.stderr.write("x".repeat(5000) + "\\n${words}", () => process.kill(process.pid, "SIGKILL"));`,
  );
  const job = {stage: "autoencoder", latentChannels: 4, changes: {}} as const;
  const run = new Trainer(1).run({config: smoke, root: artifacts.root, job}).catch((error: Error) => error.message);
  const message = (await run) as string;
  mockProgram = undefined;
  expect(message).toMatch(
    /^The training's process ended early \(SIGKILL\); it wrote: x{1000,2000}\nF0000 .*the last word\.$/,
  );
});

test("an error of a process keeps its code", async () => {
  mockProgram = path.join(artifacts.root, "failing.cjs");
  await writeFile(
    mockProgram,
    `process.send({error: {code: "no-space", message: "full"}}, () => process.disconnect());`,
  );
  const job = {stage: "autoencoder", latentChannels: 4, changes: {}} as const;
  const run = new Trainer(1).run({config: smoke, root: artifacts.root, job});
  await expect(run).rejects.toEqual(new LabError("no-space", "full"));
  await expect(run).rejects.toMatchObject({code: "no-space"});
  mockProgram = undefined;
});

test("a process makes one artefact after another, until it is gone", async () => {
  mockProgram = path.join(artifacts.root, "waiting.cjs");
  const file = path.join(artifacts.root, "processes");
  const note = `require("fs").appendFileSync(${JSON.stringify(file)}, process.pid + "\\n")`;
  await writeFile(
    mockProgram,
    `process.on("message", () => { ${note}; process.send({finished: true, waits: true}); }).on("disconnect", process.exit);`,
  );
  const job = {stage: "autoencoder", latentChannels: 4, changes: {}} as const;
  const processes = async () => (await readFile(file, "utf8")).trim().split("\n").map(Number);
  const train = () => new Trainer(1).run({config: smoke, root: artifacts.root, job});
  await train();
  await train();
  const [first, second] = await processes();
  expect(second).toBe(first);
  process.kill(first, "SIGKILL");
  while (existsSync(`/proc/${first}`)) await new Promise((resolve) => setTimeout(resolve, 10));
  await train();
  expect((await processes())[2]).not.toBe(first);
  mockProgram = undefined;
});

test("a failing training says why", async () => {
  const trainer = new Trainer(1);
  const config = {...smoke, system: "nothing"} as unknown as Config;
  const job = {stage: "autoencoder", latentChannels: 4, changes: {}} as const;
  await expect(trainer.run({config, root: artifacts.root, job})).rejects.toThrow("nothing");
});
