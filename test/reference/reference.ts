/**
 * Golden vectors of the official implementation: one JSON and one safetensors file per topic. The folder is this one,
 * `variant/` in the project of that name (jest.config.cjs), or the one named by the environment variable LOLA_REFERENCE;
 * tests take sizes and options from `config`, never from here.
 */
import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";

/** A stored tensor, row-major; scalars have shape []. */
export interface ReferenceTensor<D extends Float32Array | Int32Array = Float32Array | Int32Array> {
  readonly shape: number[];
  readonly data: D;
}

/** One topic of golden vectors. `config` and `values` are free-form JSON, read field by field in the tests. */
export interface Reference {
  readonly topic: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly config: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly values: any;
  readonly notes: string[];
  /** Names of all tensors, sorted. */
  readonly names: string[];
  has(name: string): boolean;
  /** The float32 tensor of this name. @throws Error naming the topic if there is none or it is not float32. */
  tensor(name: string): ReferenceTensor<Float32Array>;
  /** The int32 tensor of this name. @throws Error naming the topic if there is none or it is not int32. */
  indices(name: string): ReferenceTensor<Int32Array>;
  /** All tensors below `prefix`, by the rest of their names, e.g. `below("weights/")`. */
  below(prefix: string): Map<string, ReferenceTensor<Float32Array>>;
}

type Entry = {dtype: "F32" | "I32"; shape: number[]; data_offsets: [number, number]};

const {REFERENCE_FOLDER} = globalThis as {REFERENCE_FOLDER?: string};

/** The folder of golden vectors. */
export const referenceFolder = resolve(REFERENCE_FOLDER ?? process.env.LOLA_REFERENCE ?? __dirname);

/** Whether the folder holds this topic. */
export function hasReference(topic: string): boolean {
  return existsSync(resolve(referenceFolder, `${topic}.json`));
}

/** Load one topic, e.g. `reference("vit")`; topics without tensors (parameter-counts) have no names. */
export function reference(topic: string): Reference {
  const meta = JSON.parse(readFileSync(resolve(referenceFolder, `${topic}.json`), "utf8"));
  const file = resolve(referenceFolder, `${topic}.safetensors`);
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.from("\x02\0\0\0\0\0\0\0{}", "latin1");

  // safetensors: length of the header (u64), header (JSON), then the data that its offsets count from
  const size = Number(bytes.readBigUInt64LE(0));
  const header: Record<string, Entry> = JSON.parse(bytes.toString("utf8", 8, 8 + size));
  delete header.__metadata__;
  const names = Object.keys(header).sort();

  const read = (name: string, dtype: "F32" | "I32") => {
    const entry = header[name];
    if (!entry) throw new Error(`reference ${topic}: no tensor "${name}", it has ${names.join(", ")}`);
    if (entry.dtype !== dtype) throw new Error(`reference ${topic}: "${name}" is ${entry.dtype}, not ${dtype}`);
    const [from, to] = entry.data_offsets.map((offset) => 8 + size + offset);
    const {buffer} = Uint8Array.from(bytes.subarray(from, to)); // copied, so that 4-byte elements are aligned
    return {shape: entry.shape, data: dtype === "F32" ? new Float32Array(buffer) : new Int32Array(buffer)};
  };
  const tensor = (name: string) => read(name, "F32") as ReferenceTensor<Float32Array>;

  return {
    topic,
    config: meta.config ?? {},
    values: meta.values ?? {},
    notes: meta.notes ?? [],
    names,
    has: (name) => name in header,
    tensor,
    indices: (name) => read(name, "I32") as ReferenceTensor<Int32Array>,
    below: (prefix) =>
      new Map(
        names
          .filter((name) => name.startsWith(prefix) && header[name].dtype === "F32")
          .map((name) => [name.slice(prefix.length), tensor(name)]),
      ),
  };
}

/** $\max |a - b| / \max |b|$: the distance that every comparison with golden vectors uses; b is the reference. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`relativeError: ${a.length} values against ${b.length}`);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i] - b[i])); // a NaN stays
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return largest > 0 ? difference / largest : difference;
}
