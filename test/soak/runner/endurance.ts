/** Long processes: memory and tensors have to stay as they are, and interrupts must not end the process. */
import {spawn} from "node:child_process";
import path from "node:path";
import {createInterface} from "node:readline";
import {setTimeout as sleep} from "node:timers/promises";
import {Rng} from "@lola-ts/core";
import type {Sample} from "../programs/endurance";

const FOLDER = path.join(__dirname, "..");

/** Largest growth of the memory from the second third to the last one. */
const GROWTH = 0.1;

export const ENDURANCE = {steps: 20_000, experiments: 30, interrupts: 200} as const;
export type Endurance = keyof typeof ENDURANCE;

/** What became of a long process. */
export interface EnduranceReport {
  readonly done: number;
  /** Mean resident bytes and largest number of tensors of the second and the last third. */
  readonly resident: readonly [number, number];
  readonly tensors: readonly [number, number];
  readonly seconds: number;
  readonly faults: readonly string[];
}

/** Run one of the long processes. @param count steps, experiments or interrupts. */
export async function endure(kind: Endurance, seed: number, count: number = ENDURANCE[kind]): Promise<EnduranceReport> {
  const rng = Rng.from("endurance", seed, kind);
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [
      "--expose-gc",
      "-r",
      path.join(FOLDER, "../../environment/typescript.cjs"),
      path.join(FOLDER, "programs/endurance.ts"),
      kind,
      `${count}`,
    ],
    {stdio: ["ignore", "pipe", "pipe"], env: {...process.env, NODE_OPTIONS: ""}},
  );
  const samples: Sample[] = [];
  let finished = false;
  let errors = "";
  /** Send signals until a training that began has ended: the first ones may come before it listens. */
  const interrupt = async (done: number): Promise<void> => {
    for (;;) {
      await sleep(rng.uniform(50, 400));
      if (samples.length > done || !child.kill("SIGINT")) return;
    }
  };
  child.stderr.on("data", (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
  createInterface({input: child.stdout}).on("line", (line) => {
    if (line === "finished") finished = true;
    else if (line === "training") void interrupt(samples.length);
    else if (line.startsWith("{")) samples.push(JSON.parse(line) as Sample);
  });
  const ending = await new Promise<string>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`)),
  );
  const faults = finished ? growth(samples) : [`${kind}: ended by ${ending}: ${errors}`];
  const seconds = (performance.now() - begin) / 1000;
  return {done: samples.at(-1)?.done ?? 0, ...thirds(samples), seconds, faults};
}

function thirds(samples: readonly Sample[]): Pick<EnduranceReport, "resident" | "tensors"> {
  const third = Math.floor(samples.length / 3);
  const parts = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const mean = (part: readonly Sample[]) => part.reduce((sum, {resident}) => sum + resident, 0) / part.length;
  const most = (part: readonly Sample[]) => Math.max(...part.map(({tensors}) => tensors));
  return {resident: [mean(parts[0]), mean(parts[1])], tensors: [most(parts[0]), most(parts[1])]};
}

function growth(samples: readonly Sample[]): string[] {
  const {resident, tensors} = thirds(samples);
  const faults: string[] = [];
  if (resident[1] > (1 + GROWTH) * resident[0])
    faults.push(`resident memory grew from ${resident[0]} to ${resident[1]}`);
  if (tensors[1] > tensors[0]) faults.push(`tensors grew from ${tensors[0]} to ${tensors[1]}`);
  return faults;
}
