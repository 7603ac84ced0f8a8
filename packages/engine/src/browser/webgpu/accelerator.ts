/**
 * Recorded steps on the graphics processor, where it is right. The first call of a step runs on WebAssembly and is recorded; its
 * result is the known answer that the processor's program must give, too, before later calls use it. Whatever goes wrong, the
 * step runs on WebAssembly again: nothing but time is lost.
 */
import * as tf from "@tensorflow/tfjs-core";
import {Processor, Program} from "./program";
import {record, Unrecordable, type Recording} from "./recording";

type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Largest difference from WebAssembly, relative to the largest number: the bound of the engine's own check. */
const TOLERANCE = 1e-4;

/** Results that arrive later: numbers of tensors by their key. */
class Results extends tf.KernelBackend {
  private readonly all = new Map<
    object,
    {readonly later: Promise<Float32Array>; values?: Float32Array; uses: number}
  >();

  /** Make tensors of numbers that arrive together. */
  tensors(shapes: readonly (readonly number[])[], later: Promise<Float32Array[]>): tf.Tensor[] {
    return shapes.map((shape, n) => {
      const [dataId, part] = [{}, later.then((all) => all[n])];
      const entry = {later: part, values: undefined as Float32Array | undefined, uses: 1};
      part.then(
        (values) => (entry.values = values),
        () => undefined,
      );
      this.all.set(dataId, entry);
      return tf.engine().makeTensorFromDataId(dataId, [...shape], "float32", this);
    });
  }

  override read(dataId: object): Promise<Float32Array> {
    return this.all.get(dataId)!.later;
  }

  override readSync(dataId: object): Float32Array {
    const {values} = this.all.get(dataId)!;
    if (values) return values;
    throw new Error("A recorded step's result was read before it arrived: await arrived(result) first.");
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.all.get(dataId);
    if (entry && --entry.uses > 0 && !force) return false;
    this.all.delete(dataId);
    return true;
  }

  override refCount(dataId: object): number {
    return this.all.get(dataId)?.uses ?? 0;
  }

  override incRef(dataId: object): void {
    this.all.get(dataId)!.uses++;
  }

  override numDataIds(): number {
    return this.all.size;
  }

  override floatPrecision(): 32 {
    return 32;
  }
}

const results = new Results();

/** Wait until the numbers of a recorded step's result are there. */
export async function arrived(x: tf.Tensor): Promise<void> {
  if (results.refCount(x.dataId) > 0) await x.data();
}

/** The graphics processor, while it is used. */
let processor: Processor | undefined;
let refusal = "nobody asked for it";
let isRecording = false;

/** Facts about the recorded steps. */
const known = {right: 0, difference: 0, milliseconds: {webgpu: 0, wasm: 0}};
const proofs = new Set<Promise<unknown>>();

/** Whether recorded steps run on the graphics processor, and a sentence about it. */
export interface Acceleration {
  readonly isUsed: boolean;
  readonly said: string;
}

export function acceleration(): Acceleration {
  if (!processor) return {isUsed: false, said: `WebGPU is not used: ${refusal}.`};
  const name = `WebGPU (${processor.name})`;
  if (known.right === 0) return {isUsed: false, said: `${name} has computed nothing yet.`};
  const said = `${name} computes forecasts: its numbers are WebAssembly's to ${known.difference.toExponential(0)}.`;
  return {isUsed: true, said};
}

/** Look for a graphics processor: steps that are recorded from now on prove it. @returns whether there is one. */
export async function startAcceleration(): Promise<boolean> {
  try {
    processor = await Processor.start();
  } catch (error) {
    refusal = (error as Error).message;
  }
  return processor !== undefined;
}

/**
 * Wait until all recorded steps have given their known answers or failed.
 *
 * @param isHurried whether WebAssembly is used from now on if it was faster with them.
 */
export async function proved(isHurried: boolean): Promise<void> {
  await Promise.all(proofs);
  const {webgpu, wasm} = known.milliseconds;
  if (!processor || !isHurried || (known.right > 0 && webgpu < wasm)) return;
  const times = [webgpu, wasm].map((all) => Math.round(all)).join(" ms where WebAssembly takes ");
  giveUp(known.right > 0 ? `its numbers are right, but it takes ${times} ms` : "it has no program for any step");
}

/** Use WebAssembly from now on. */
function giveUp(reason: string): void {
  if (!processor) return;
  processor.device.destroy();
  processor = undefined;
  refusal = reason.replace(/\.?\s*$/, "");
}

/** Compare results, relative to the largest number of each; NaN if there is one. */
function differenceOf(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  const each = expected.map((values, n) => {
    const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    return values.reduce((max, value, i) => Math.max(max, Math.abs(found[n][i] - value)), 0) / (most || 1);
  });
  return Math.max(...each);
}

/** A step for inputs of some shapes. */
class Variant {
  /** The program once it has proved itself; undefined if the step stays on WebAssembly. */
  private proof: Promise<Program | undefined> = Promise.resolve(undefined);
  private isRefused = false;
  private shapes: readonly (readonly number[])[] = [];

  constructor(private readonly step: Step) {}

  /** Run the step on WebAssembly and record it. */
  first(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const own = inputs.map((x) => tf.keep(tf.tensor(x.dataSync(), x.shape, x.dtype)));
    isRecording = true;
    try {
      const begin = performance.now();
      const {recording, answer} = record(this.step, own);
      const expected = answer.map((x) => x.dataSync<"float32">().slice());
      const milliseconds = performance.now() - begin;
      this.shapes = recording.outputs.map(({shape}) => shape);
      const proof = this.prove(recording, own, expected, milliseconds).finally(() => {
        tf.dispose(own);
        proofs.delete(proof);
      });
      proofs.add((this.proof = proof));
      return answer;
    } catch (error) {
      tf.dispose(own);
      if (!(error instanceof Unrecordable)) throw error;
      this.isRefused = true;
      return this.step(...inputs);
    } finally {
      isRecording = false;
    }
  }

  later(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    if (this.isRefused) return this.step(...inputs);
    const own = inputs.map((x) => tf.keep(x.clone()));
    return results.tensors(
      this.shapes,
      this.compute(own).finally(() => tf.dispose(own)),
    );
  }

  dispose(): void {
    void this.proof.then((program) => program?.dispose());
  }

  private async compute(inputs: readonly tf.Tensor[]): Promise<Float32Array[]> {
    const program = await this.proof;
    try {
      if (program && processor) return await program.run(inputs);
    } catch (error) {
      giveUp(`it was lost (${(error as Error).message}), and WebAssembly repeated the window`);
    }
    this.isRefused = true;
    return tf.tidy(() => this.step(...inputs).map((x) => x.dataSync<"float32">().slice()));
  }

  /** Compile a recording and hold it to the known answer. */
  private async prove(
    recording: Recording,
    inputs: readonly tf.Tensor[],
    expected: readonly Float32Array[],
    milliseconds: number,
  ): Promise<Program | undefined> {
    try {
      if (!processor) throw new Unrecordable("there is no processor");
      const program = await Program.load(processor, recording);
      const difference = differenceOf(await program.run(inputs), expected);
      if (!(difference < TOLERANCE))
        throw new Error(`its numbers are wrong: expected a difference below ${TOLERANCE}, found ${difference}`);
      const begin = performance.now();
      await program.run(inputs);
      known.right++;
      known.difference = Math.max(known.difference, difference);
      known.milliseconds.webgpu += performance.now() - begin;
      known.milliseconds.wasm += milliseconds;
      return program;
    } catch (error) {
      if (!(error instanceof Unrecordable)) giveUp((error as Error).message);
    }
    this.isRefused = true;
    return undefined;
  }
}

/** Make a step that is recorded at its first call for each shape of inputs, and then runs on the graphics processor. */
export function accelerate(step: Step): Step & {dispose(): void} {
  const variants = new Map<string, Variant>();
  const run = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    if (!processor || isRecording) return step(...inputs);
    const key = inputs.map(({dtype, shape}) => `${dtype}[${shape.join()}]`).join(";");
    const variant = variants.get(key);
    if (variant) return variant.later(inputs);
    variants.set(key, new Variant(step));
    return variants.get(key)!.first(inputs);
  };
  const dispose = () => {
    variants.forEach((variant) => variant.dispose());
    variants.clear();
  };
  return Object.assign(run, {dispose});
}
