/**
 * Shape inference by a dry run.
 *
 * While a step is recorded, only types and shapes matter. So each distinct operation runs once, on dummy values (ones;
 * square matrices with a dominant diagonal, which can be inverted and factorised), and its float32 results are freed: dummy
 * tensors with negative handles, which the engine does not know, replace them. A recording takes no more memory than its
 * largest operation. Integers and booleans are computed as they are, because a shape may depend on them.
 */
import type {Attr, Binding, TensorInfo} from "../backend";

/** Describe an input as far as shapes of results may depend on it; undefined where its values are not known. */
export type Describe = (id: number) => string | undefined;

/** Shapes and dummy tensors of one recording. */
export class ShapeProbe {
  private last = 0;
  /** Types and shapes of results, by operation. */
  private readonly seen = new Map<string, readonly Pick<TensorInfo, "dtype" | "shape">[]>();
  private readonly shapes = new Map<number, readonly number[]>();

  constructor(private readonly binding: Binding) {}

  /** Look up the shape of a dummy tensor; undefined for any other tensor. */
  shapeOf(id: number): readonly number[] | undefined {
    return this.shapes.get(id);
  }

  /** Infer the results of an operation: dummy tensors for float32, values for other types. */
  execute(name: string, attrs: Attr[], inputs: number[], count: number, describe: Describe): TensorInfo[] {
    const parts = inputs.map((id) => (this.shapes.has(id) ? `[${this.shapes.get(id)!.join()}]` : describe(id)));
    const key = parts.includes(undefined) ? undefined : JSON.stringify([name, attrs, parts]);
    const before = key === undefined ? undefined : this.seen.get(key);
    if (before) return before.map(({dtype, shape}) => this.dummy(dtype, shape));

    const infos = this.run(name, attrs, inputs, count).map((info) => {
      if (info.dtype !== this.binding.TF_FLOAT) return info;
      this.binding.deleteTensor(info.id);
      return this.dummy(info.dtype, info.shape);
    });
    if (key !== undefined && infos.every(({id}) => id < 0)) this.seen.set(key, infos);
    return infos;
  }

  dummy(dtype: number, shape: number[]): TensorInfo {
    const id = --this.last;
    this.shapes.set(id, shape);
    return {id, dtype, shape};
  }

  private run(name: string, attrs: Attr[], inputs: number[], count: number): TensorInfo[] {
    const made: number[] = [];
    try {
      const present = inputs.map((id) => {
        const shape = this.shapes.get(id);
        if (!shape) return id;
        made.push(this.values(shape));
        return made.at(-1)!;
      });
      return this.binding.executeOp(name, attrs, present, count);
    } finally {
      made.forEach((id) => this.binding.deleteTensor(id));
    }
  }

  /** Make dummy values: ones, plus n on the diagonal where the last two axes are both n. */
  private values(shape: readonly number[]): number {
    const ones = this.fill(shape, 1);
    const [rows, columns] = shape.slice(-2);
    if (shape.length < 2 || rows !== columns) return ones;
    const diagonal = this.fill(shape.slice(0, -1), 1 + rows);
    const [{id}] = this.binding.executeOp("MatrixSetDiag", [this.type("T")], [ones, diagonal], 1);
    [ones, diagonal].forEach((other) => this.binding.deleteTensor(other));
    return id;
  }

  private fill(shape: readonly number[], value: number): number {
    const {TF_INT32, TF_FLOAT} = this.binding;
    const dims = this.binding.createTensor([shape.length], TF_INT32, Int32Array.from(shape));
    const scalar = this.binding.createTensor([], TF_FLOAT, Float32Array.of(value));
    const attrs = [this.type("T"), this.type("index_type", TF_INT32)];
    const [{id}] = this.binding.executeOp("Fill", attrs, [dims, scalar], 1);
    [dims, scalar].forEach((other) => this.binding.deleteTensor(other));
    return id;
  }

  private type(name: string, value = this.binding.TF_FLOAT): Attr {
    return {name, type: this.binding.TF_ATTR_TYPE, value};
  }
}
