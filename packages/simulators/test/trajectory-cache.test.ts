import {spawn} from "node:child_process";
import {existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {SimulatedFile} from "../src/plan";
import {keepTrajectories} from "../src/pool";
import {systemNames, type SimulationConfig} from "../src/registry";
import {projectRoot} from "@lola-ts/core";
import {planFiles, simulateDataset} from "../src/simulate";
import {simulateTrajectory} from "../src/trajectory";
import {temporaryFolder} from "../../../test/folder";
import {smallData} from "./small";

const folder = temporaryFolder();
const [request, other] = planFiles(smallData.euler)[0].requests;

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

/** Simulate all files. @returns bytes of each trajectory, by file. */
async function simulate(data: SimulationConfig, options: Parameters<typeof simulateDataset>[2]) {
  const files: Record<string, string[]> = {};
  const keep = ({dataset, split, name, fields, diagnostics}: SimulatedFile) => {
    const bytes = diagnostics.map((_, trajectory) =>
      Object.values(fields(trajectory)).map(({data: {buffer, byteOffset, byteLength}}) =>
        Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
      ),
    );
    files[`${dataset}/${split}/${name}`] = bytes.flat();
  };
  await simulateDataset(data, keep, options);
  return files;
}

test.each(systemNames)(
  "%s: a simulation that was killed goes on from the finished trajectories, and ends with the same bytes",
  async (system) => {
    const quick = system === "gravity-cooling" && {endTime: 0.05};
    const data = {...smallData[system], trajectories: {train: 3, valid: 1, test: 1}, ...quick};
    const kept = folder(system);
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
    const resumed = await simulate(data, {
      workers: 0,
      store: keepTrajectories(kept),
      progress: ({done}) => progress.push(done),
    });
    expect(progress).toHaveLength(5 - finished.length);
    expect(resumed).toEqual(await simulate(data, {workers: 0}));
    expect(Object.keys(resumed).length).toBeGreaterThanOrEqual(3);
    expect(existsSync(kept)).toBe(true);
  },
);

test("a diagnostic that is not a number stays so in the store", async () => {
  const trajectory = simulateTrajectory(request);
  const diagnostics = {...trajectory.diagnostics, drift: NaN};
  const store = keepTrajectories(folder("nan"));
  await store.write(0, request, {...trajectory, diagnostics});
  expect(store.read(0, request)!.diagnostics).toEqual(diagnostics);
});
