/**
 * What operations return, without keeping what they compute.
 *
 * While a step is recorded only types and shapes of its numbers matter. So each distinct operation runs once, on ones (on
 * square matrices with a dominant diagonal, which can be inverted and factorised), and its float32 results are dropped:
 * tensors that stand in for them have negative handles, which the engine does not know. A recording takes no more memory
 * than its largest operation. Integers and truth values are computed as they are, because
 * a shape may depend on them.
 */
import type {Attr, Binding, TensorInfo} from "../backend";

/** A description of an input that the results' shapes may depend on; undefined where its values are not known. */
export type Describe = (id: number) => string | undefined;

/** The stand-ins of one recording. */
export class ShapeProbe {
  private last = 0;
  private readonly shapes = new Map<number, readonly number[]>();
  private readonly seen = new Map<string, readonly TensorInfo[]>();

  constructor(private readonly binding: Binding) {}

  /** Shape of a stand-in; undefined for any other tensor. */
  shapeOf(id: number): readonly number[] | undefined {
    return this.shapes.get(id);
  }

  /** Say what an operation returns; what is not float32 is computed. */
  execute(name: string, attrs: Attr[], inputs: number[], count: number, describe: Describe): TensorInfo[] {
    const parts = inputs.map((id) => (this.shapes.has(id) ? `[${this.shapes.get(id)!.join()}]` : describe(id)));
    const key = parts.includes(undefined) ? undefined : JSON.stringify([name, attrs, parts]);
    const before = key === undefined ? undefined : this.seen.get(key);
    if (before) return before.map(({dtype, shape}) => this.stand(dtype, shape));

    const infos = this.run(name, attrs, inputs, count).map((info) => {
      if (info.dtype !== this.binding.TF_FLOAT) return info;
      this.binding.deleteTensor(info.id);
      return this.stand(info.dtype, info.shape);
    });
    if (key !== undefined && infos.every(({id}) => id < 0)) this.seen.set(key, infos);
    return infos;
  }

  /** Make a tensor that is not there. */
  stand(dtype: number, shape: number[]): TensorInfo {
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

  /** Ones; where the last two axes are equal, n on the diagonal of n rows and columns more. */
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
