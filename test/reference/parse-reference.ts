/** Golden vectors from their bytes, wherever these come from. */

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

/** A safetensors file without tensors. */
const EMPTY = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 125);

/** Make a topic of the text of its JSON file and the content of its safetensors file, if it has one. */
export function parseReference(topic: string, text: string, bytes: Uint8Array = EMPTY): Reference {
  const meta = JSON.parse(text);

  // safetensors: length of the header (u64), header (JSON), then the data that its offsets count from
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: Record<string, Entry> = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
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
