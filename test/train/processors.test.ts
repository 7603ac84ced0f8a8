/**
 * Two processors round differently, and so do TensorFlow's own loops and oneDNN's. A short training keeps its numbers, and the
 * answer to a question that it was made for.
 */
import {execFile} from "node:child_process";
import path from "node:path";
import {promisify} from "node:util";

const root = path.resolve(__dirname, "../..");

type Losses = Record<"1" | "8", readonly number[]>;

/** Losses of autoencoders with 1 and with 8 latent channels, as a process of this environment trains them. */
async function losses(environment: Record<string, string>): Promise<Losses> {
  const program = path.join(__dirname, "processor-program.ts");
  const args = ["-r", path.join(root, "environment/typescript.cjs"), program];
  const env = {...process.env, NODE_OPTIONS: "", ...environment};
  const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: root, env});
  return JSON.parse(stdout.split("losses ")[1]) as Losses;
}

const processors = {
  "this processor": {},
  "AVX2 alone": {ONEDNN_MAX_CPU_ISA: "AVX2"},
  "without oneDNN": {TF_ENABLE_ONEDNN_OPTS: "0"},
  "without the project's operations": {LOLA_FUSED: "off"},
};
let found: Record<string, Losses>;
beforeAll(async () => {
  const entries: [string, Losses][] = [];
  for (const [name, environment] of Object.entries(processors)) entries.push([name, await losses(environment)]);
  found = Object.fromEntries(entries);
});

test.each(Object.keys(processors).slice(1))("%s: losses agree, at first to rounding", (name) => {
  for (const channels of ["1", "8"] as const) {
    const [here, there] = [found["this processor"][channels], found[name][channels]];
    const gaps = there.map((loss, i) => Math.abs(loss - here[i]) / here[i]);
    expect(Math.max(...gaps.slice(0, 10))).toBeLessThan(1e-5);
    expect(Math.max(...gaps)).toBeLessThan(1e-2);
  }
});

test.each(Object.keys(processors))("%s: eight channels reconstruct better than one", (name) => {
  const [one, eight] = [found[name]["1"].at(-1)!, found[name]["8"].at(-1)!];
  expect(eight).toBeLessThan(0.75 * one); // about a half
});
