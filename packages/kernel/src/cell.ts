/** A cell that runs: what it has made so far, and where it waits. */
import type {Program} from "./compiler";
import type {Place} from "./report";

/** The values that cells declared, by name, and the cell that declared each of them last. */
export class Values {
  readonly byName: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  private readonly owners = new Map<string, Cell>();

  /** Set a value for a cell. A name that a later cell declares again is that cell's: a timer of the old one must not change it. */
  set(cell: Cell, name: string, value: unknown): void {
    const owner = this.owners.get(name);
    if (cell.names.has(name)) {
      if (owner && owner.id > cell.id) return;
      this.owners.set(name, cell);
    }
    this.byName[name] = value;
  }
}

/** A cell and its program's view of the notebook. */
export class Cell implements Place {
  readonly lines: readonly string[];
  /** Names of the values that it declares. */
  names: ReadonlySet<string> = new Set();
  /** Names of earlier cells whose values it uses. */
  used: ReadonlySet<string> = new Set();
  readonly imported = new Set<string>();
  lineOf: Place["lineOf"] = () => undefined;
  waiting: number | undefined;
  /** Names that have their value. */
  private readonly ready = new Set<string>();
  private failed = false;
  private stop: ((error: unknown) => void) | undefined;

  /**
   * @param id one after the other for all cells that ran.
   * @param number what the notebook shows beside the cell.
   */
  constructor(
    readonly id: number,
    readonly number: number,
    source: string,
    private readonly values: Values,
  ) {
    this.lines = source.split("\n");
  }

  compiled({lineOf, names}: Program, output: string): void {
    const lineCount = output.split("\n").length;
    this.names = new Set(names);
    const read = [...output.matchAll(/\bexports\.([\w$]+)(?![\w$]|\s*=[^=])/g)].map(([, name]) => name);
    this.used = new Set(read.filter((name) => !this.names.has(name)));
    this.lineOf = (line, column) => (line < lineCount ? lineOf(line, column) : undefined); // the kernel's own call follows
  }

  /** The object that the cell's program exports to: values of all cells. */
  exports(): object {
    const set = (name: string, value: unknown): true => {
      if (this.failed && this.names.has(name) && !this.ready.has(name)) return true; // the notebook believes that it is missing
      this.ready.add(name);
      this.values.set(this, name, value);
      return true;
    };
    return new Proxy(this.values.byName, {
      set: (_, name, value) => set(String(name), value),
      // TypeScript defines imports as getters; they must be replaceable by later cells.
      defineProperty: (_, name, descriptor) => {
        if (name === "__esModule") return true;
        if (descriptor.get) this.imported.add(String(name));
        return set(String(name), descriptor.get ? descriptor.get() : (descriptor.value as unknown));
      },
    });
  }

  /** Wait for a value in a line of the cell. An interrupt ends the wait; a cell that has ended waits for ever. */
  wait<T>(line: number, value: T | PromiseLike<T>): Promise<T> {
    if (this.failed) return new Promise(() => undefined);
    this.waiting = line;
    return new Promise<T>((resolve, reject) => {
      this.stop = reject;
      Promise.resolve(value).then(resolve, reject);
    });
  }

  /** Names that the cell declares and that have no value yet. */
  missing(): ReadonlySet<string> {
    return new Set([...this.names].filter((name) => !this.ready.has(name)));
  }

  /** End the cell well: what it declared and never reached, as in a branch, is undefined. */
  succeed(): void {
    for (const name of this.missing()) this.values.set(this, name, undefined);
    this.names.forEach((name) => this.ready.add(name));
  }

  /** End the cell without what has no value yet; an `await` of its code meets the error. */
  fail(error: unknown): void {
    this.failed = true;
    this.stop?.(error);
  }
}
