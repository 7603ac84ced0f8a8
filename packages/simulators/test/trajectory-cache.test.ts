import {spawn} from "node:child_process";
import {existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {systemNames, type SimulationConfig} from "../src/registry";
import {keepTrajectories} from "../src/pool";
import {writeSimulated} from "@lola-ts/well";
import {preset} from "@lola-ts/laboratory/stages";
import {projectRoot} from "@lola-ts/core";
import {planFiles, simulateDataset} from "../src/simulate";
import {simulateTrajectory} from "../src/trajectory";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();
const config = preset("euler", "smoke").data as SimulationConfig;
const [request, other] = planFiles(config)[0].requests;

test("what was kept comes back as it was, for its own request only", async () => {
  const trajectory = simulateTrajectory(request);
  const store = keepTrajectories(folder("kept"));
  expect(store.read(3, request)).toBeUndefined();
  await store.write(3, request, trajectory);
  expect(keepTrajectories(folder("kept")).read(3, request)).toEqual(trajectory);
  expect(store.read(3, other)).toBeUndefined();
  expect(store.read(2, request)).toBeUndefined();
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ["a changed byte", (bytes) => (bytes.writeUInt8(bytes[bytes.length - 1] ^ 1, bytes.length - 1), bytes)],
  ["a cut file", (bytes) => bytes.subarray(0, bytes.length - 8)],
  ["a cut header", (bytes) => bytes.subarray(0, 40)],
  ["an empty file", () => Buffer.alloc(0)],
])("%s is not trusted", async (name, spoil) => {
  const store = keepTrajectories(folder(name));
  await store.write(0, request, simulateTrajectory(request));
  const [file] = readdirSync(folder(name)).map((found) => join(folder(name), found));
  writeFileSync(file, spoil(readFileSync(file)));
  expect(store.read(0, request)).toBeUndefined();
});

/** All files below a folder, by path. */
const contents = (root: string) =>
  readdirSync(root, {recursive: true, encoding: "utf8"})
    .filter((name) => name.endsWith(".hdf5"))
    .sort()
    .map((name) => [name, readFileSync(join(root, name)).toString("base64")]);

test.each(systemNames)(
  "%s: a simulation that was killed goes on from the finished trajectories, and ends with the same bytes",
  async (system) => {
    const {data: smoke} = preset(system, "smoke");
    const quick = system === "gravity-cooling" && {endTime: 0.05};
    const data = {...(smoke as SimulationConfig), trajectories: {train: 3, valid: 1, test: 1}, ...quick};
    const [work, kept, fresh] = ["work", "partial", "fresh"].map((name) => folder(`${system}-${name}`));
    const program = `
      const {keepTrajectories} = require("./packages/simulators/src/pool.ts");
      const {simulateDataset} = require("./packages/simulators/src/simulate.ts");
      const store = keepTrajectories(${JSON.stringify(kept)});
      simulateDataset(${JSON.stringify(data)}, () => {}, {workers: 0, store, progress: ({done}) => done === 2 && process.kill(process.pid, "SIGKILL")});
    `;
    const child = spawn(process.execPath, ["-r", "./environment/typescript.cjs", "-e", program], {
      cwd: projectRoot(),
      env: {...process.env, NODE_OPTIONS: ""},
      stdio: ["ignore", "ignore", "inherit"],
    });
    await new Promise((resolve) => child.on("close", resolve));
    const finished = readdirSync(kept).filter((name) => name.endsWith(".trajectory"));
    expect(finished.length).toBeGreaterThanOrEqual(2);
    expect(finished.length).toBeLessThan(5);

    const progress: number[] = [];
    await simulateDataset(data, async (file) => void (await writeSimulated(work, file)), {
      workers: 0,
      store: keepTrajectories(kept),
      progress: ({done}) => progress.push(done),
    });
    expect(progress).toHaveLength(5 - finished.length);
    await simulateDataset(data, async (file) => void (await writeSimulated(fresh, file)), {workers: 0});
    expect(contents(work)).toEqual(contents(fresh));
    expect(contents(work).length).toBeGreaterThanOrEqual(3);
    expect(existsSync(kept)).toBe(true);
  },
);
