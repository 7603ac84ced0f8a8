import {execFileSync, spawnSync} from "node:child_process";
import {readdirSync, readFileSync} from "node:fs";
import {constants} from "node:os";
import path from "node:path";
import {temporaryFolder} from "../../../test/folder";
import {attr, isUsingGpu, rawOp, rawOps, tf} from "../src/backend";

const folder = temporaryFolder();

test("reaches operations that tfjs has no function for, with several outputs", () => {
  const a = tf.tensor2d([
    [2, 1],
    [1, 3],
  ]);
  const [values, vectors] = rawOps(
    "SelfAdjointEigV2",
    [a],
    [attr.bool("compute_v", true), attr.type("T", "float32")],
    2,
  );
  const back = vectors.matMul(tf.diag(values as tf.Tensor1D)).matMul(vectors, false, true);
  expect(Math.max(...a.sub(back).abs().dataSync())).toBeLessThan(1e-5);
});

test("an operation that refuses its inputs says so", () => {
  expect(() => rawOp("MatMul", [tf.ones([2, 3]), tf.ones([2, 3])], [attr.type("T", "float32")])).toThrow(
    /[Ii]ncompatible/,
  );
});

test("tells whether the engine uses a GPU", () => {
  expect(typeof isUsingGpu()).toBe("boolean");
});

test("signals reach a thread of their own: neither this one nor the engine's have to stop computing for them", () => {
  tf.ones([2]).dataSync();
  const blocked = (task: string) =>
    BigInt(`0x${/^SigBlk:\s*(\S+)$/m.exec(readFileSync(`/proc/self/task/${task}/status`, "utf8"))![1]}`);
  const bit = (signal: keyof typeof constants.signals) => 1n << BigInt(constants.signals[signal] - 1);
  const main = blocked(`${process.pid}`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGCHLD"] as const) expect(main & bit(signal)).not.toBe(0n);
  for (const signal of ["SIGSEGV", "SIGABRT", "SIGPROF"] as const) expect(main & bit(signal)).toBe(0n);
  expect(readdirSync("/proc/self/task").map(blocked)).toContain(0n);
  const child = execFileSync("grep", ["SigBlk", "/proc/self/status"]).toString();
  expect(child.trim()).toMatch(/\s0+$/); // what this process starts can be interrupted as ever
});

test("V8's profiler ticks in the middle of products, and damages nothing", () => {
  const program = `
    const {affine} = require("./packages/engine/src/ops/ops");
    const {tf} = require("./packages/engine/src/backend");
    const [x, w] = [tf.ones([80, 256]), tf.ones([64, 256])];
    const end = performance.now() + 2000;
    while (performance.now() < end) tf.tidy(() => affine(x, w)).dispose();
    console.log(affine(x, w).dataSync()[0]);`;
  const options = ["--cpu-prof", `--cpu-prof-dir=${folder("profile")}`, "-r", "./environment/typescript.cjs"];
  const {stdout, signal} = spawnSync(process.execPath, [...options, "-e", program], {
    cwd: path.resolve(__dirname, "../../.."),
    encoding: "utf8",
    env: {...process.env, NODE_OPTIONS: ""},
  });
  expect({stdout, signal}).toEqual({stdout: "256\n", signal: null});
});

describe("notices of the engine's start", () => {
  const start = (env: NodeJS.ProcessEnv) => {
    const {TF_CPP_MIN_LOG_LEVEL: _, TF_ENABLE_ONEDNN_OPTS: __, ...others} = process.env;
    const program = ["-r", "./environment/typescript.cjs", "-e", PROGRAM];
    return spawnSync(process.execPath, program, {
      cwd: path.resolve(__dirname, "../../.."),
      encoding: "utf8",
      env: {...others, ...env, NODE_OPTIONS: ""},
    });
  };
  const PROGRAM = `
    const {tf} = require("./packages/engine/src/backend");
    console.log(process.env.TF_CPP_MIN_LOG_LEVEL, process.env.TF_ENABLE_ONEDNN_OPTS, tf.ones([2]).dataSync()[1]);`;

  test("are left out", () => expect(start({})).toMatchObject({stdout: "2 1 1\n", stderr: ""}));

  test("are there for whoever asks", () => {
    const {stdout, stderr} = start({TF_CPP_MIN_LOG_LEVEL: "0", TF_ENABLE_ONEDNN_OPTS: "0"});
    expect(stdout).toBe("0 0 1\n");
    expect(stderr).toContain("This TensorFlow binary is optimized");
  });
});
