/**
 * Loading a checkpoint of 300 million parameters: the paper's 2D autoencoder with 64 latent channels, as an official run
 * (config.yaml and state.pth) and as one of ours. Each is opened by a fresh process, whose memory is measured.
 *
 * {@link checkpointBenchmark} returns the numbers; run as a program, the file prints them.
 */
import {mkdtempSync, readFileSync, rmSync, statSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {Autoencoder} from "../../lib/models/autoencoder";
import {exportRun, loadRun, saveRun, type AutoencoderRun} from "../../packages/official-runs/src/run";
import {tf, Random} from "@lola-ts/engine";
import {answer, isSubprocess, runInSubprocess} from "./subprocess";

/** One measurement. */
export interface CheckpointTime {
  readonly name: string;
  readonly milliseconds: number;
  readonly parameters: number;
  /** Size of the file with the weights, MiB. */
  readonly fileMiB: number;
  /** Largest resident set while loading, less what the process had before, in units of the file. */
  readonly peakOverFile: number;
  /** The same with everything: Node.js and the tensor engine too. */
  readonly totalOverFile: number;
}

const PAPER = {
  pixChannels: 5,
  latChannels: 64,
  hidChannels: [64, 128, 256, 512, 768, 1024],
  hidBlocks: [3, 3, 3, 3, 3, 3],
  spatial: 2,
};

const KINDS = [
  {name: "load state.pth", folder: "official", file: "state.pth"},
  {name: "load model.safetensors", folder: "own", file: "model.safetensors"},
];

/** Memory of this process in bytes: now, and at most so far. */
function memory(): {now: number; peak: number} {
  const status = readFileSync("/proc/self/status", "utf8");
  const bytes = (name: string) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]);
  return {now: bytes("VmRSS"), peak: bytes("VmHWM")};
}

/** Write the model in both formats. */
async function write(folder: string, hidChannels: readonly number[]): Promise<void> {
  const model = new Autoencoder({...PAPER, hidChannels});
  model.weights = Random.of(0).normal([model.layout.size]) as tf.Tensor1D;
  const run: AutoencoderRun = {kind: "autoencoder", model};
  await exportRun(join(folder, "official"), run);
  await saveRun(join(folder, "own"), run);
  model.dispose();
}

/** What a child process measures: the time until the engine has the weights, and its memory. */
function measure(folder: string) {
  tf.zeros([1]).dataSync(); // the engine is there before the clock starts
  const before = memory().now;
  const begin = performance.now();
  const {model} = loadRun(folder);
  tf.tidy(() => model.weights.slice([0], [1]).dataSync());
  const milliseconds = performance.now() - begin;
  return {milliseconds, parameters: model.layout.size, before, peak: memory().peak};
}

/** Write or measure in a process of its own. */
function alone(order: object): Promise<ReturnType<typeof measure>> {
  return runInSubprocess(__filename, [JSON.stringify(order)], {subject: "the checkpoint's process"});
}

/**
 * Write both files into a temporary folder and measure how they are opened. Needs 2.5 GB of disk.
 *
 * @param hidChannels another width than the paper's, for a quick look.
 */
export async function checkpointBenchmark(
  hidChannels: readonly number[] = PAPER.hidChannels,
): Promise<CheckpointTime[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    await alone({write: folder, hidChannels});
    const found: CheckpointTime[] = [];
    for (const {name, folder: kind, file} of KINDS) {
      const {milliseconds, parameters, before, peak} = await alone({measure: join(folder, kind)});
      const {size} = statSync(join(folder, kind, file));
      const peakOverFile = (peak - before) / size;
      const totalOverFile = peak / size;
      found.push({name, milliseconds, parameters, fileMiB: size / 2 ** 20, peakOverFile, totalOverFile});
    }
    return found;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

async function obey(order: {write?: string; hidChannels?: number[]; measure?: string}): Promise<void> {
  if (order.write) await write(order.write, order.hidChannels!);
  answer(order.measure ? measure(order.measure) : {});
}

if (isSubprocess) void obey(JSON.parse(process.argv[2]) as Parameters<typeof obey>[0]);
else if (require.main === module) {
  void checkpointBenchmark().then((rows) => process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`));
}
