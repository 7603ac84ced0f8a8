/**
 * The rules of The Well's own format checker, as a function of a file: it returns a sentence for each rule that is broken.
 * It looks at types as they are stored (an 8-bit integer is no boolean, a string of fixed length is no string).
 */
type Library = Awaited<ReturnType<typeof importLibrary>>;
type Group = InstanceType<Library["Group"]>;
type Dataset = InstanceType<Library["Dataset"]>;
type Item = Group | Dataset;

const importLibrary = () => import("h5wasm/node");

const INTEGER = 0;
const STRING = 3;
const ENUM = 8; // classes of HDF5 datatypes

export async function check(path: string): Promise<string[]> {
  const h5wasm = await importLibrary();
  await h5wasm.ready;
  const file = new h5wasm.File(path, "r");
  try {
    return new Checker(file).run();
  } finally {
    file.close();
  }
}

class Checker {
  private readonly errors: string[] = [];

  constructor(private readonly root: Group) {}

  run(): string[] {
    const {root} = this;
    this.demand(this.isText(root, "dataset_name"), "1: dataset_name is a string");
    this.demand(this.isInteger(root, "n_spatial_dims"), "2: n_spatial_dims is an integer");
    this.demand(this.isInteger(root, "n_trajectories"), "3: n_trajectories is an integer");
    this.demand(this.isText(root, "grid_type"), "4: grid_type is a string");
    const parameters = this.texts(root, "simulation_parameters");
    this.demand(!!parameters, "5: simulation_parameters are strings");
    for (const name of parameters ?? []) {
      this.demand(!!root.attrs[name] && !!root.get(`/scalars/${name}`), `5: ${name} is an attribute and a scalar`);
    }
    this.dimensions();
    for (const order of [0, 1, 2]) this.fields(order);
    this.scalars();
    this.boundaries();
    return this.errors;
  }

  private dimensions(): void {
    const group = this.group("dimensions", 6);
    if (!group) return;
    const time = this.dataset(group, "time", 7);
    if (time) {
      this.demand(this.flag(time, "time_varying") === true, "7: time is time-varying");
      const [frames] = time.shape!.slice(-1);
      this.demand(same(time.shape!, this.varying(time, frames)), "7: the shape of time");
    }
    const axes = this.texts(group, "spatial_dims");
    this.demand(axes?.length === this.spatial(), "8: spatial_dims names each axis");
    for (const name of axes ?? []) {
      const axis = this.dataset(group, name, 9);
      if (axis)
        this.demand(same(axis.shape!.slice(0, -1), this.varying(axis, this.frames())), `9: the shape of ${name}`);
    }
  }

  private fields(order: number): void {
    const group = this.group(`t${order}_fields`, 10);
    if (!group) return;
    const names = this.texts(group, "field_names");
    this.demand(!!names, `10: field_names of t${order}_fields are strings`);
    for (const name of names ?? []) {
      const field = this.dataset(group, name, 11);
      if (!field) continue;
      const along = field.attrs.dim_varying;
      const listed = along?.shape?.length === 1 && along.shape[0] === this.spatial();
      this.demand(listed, `12: dim_varying of ${name} lists each axis`);
      if (!listed) continue;
      const flags = [...(along.value as Int8Array)];
      const grid = this.grid().filter((_, axis) => flags[axis]);
      const expected = [...this.varying(field, this.frames()), ...grid, ...Array<number>(order).fill(this.spatial())];
      this.demand(same(field.shape!, expected), `13: the shape of ${name}`);
    }
  }

  private scalars(): void {
    const group = this.group("scalars", 14);
    if (!group) return;
    const names = this.texts(group, "field_names");
    this.demand(!!names, "14: field_names of scalars are strings");
    for (const name of names ?? []) {
      const scalar = this.dataset(group, name, 15);
      if (scalar) this.demand(same(scalar.shape!, this.varying(scalar, this.frames())), `15: the shape of ${name}`);
    }
  }

  private boundaries(): void {
    const group = this.group("boundary_conditions", 16);
    const axes = this.texts(this.root.get("dimensions") as Group | null, "spatial_dims") ?? [];
    for (const name of group?.keys() ?? []) {
      const child = group!.get(name) as Group;
      for (const flag of ["sample_varying", "time_varying"]) {
        this.demand(this.flag(child, flag) !== undefined, `17: ${flag} of ${name} is a boolean`);
      }
      this.demand(this.isText(child, "bc_type"), `18: bc_type of ${name} is a string`);
      const type = `${child.attrs.bc_type?.value as string}`.toLowerCase();
      this.demand(name.includes(type), `18: ${name} contains its bc_type`); // a warning in the original
      const dims = this.texts(child, "associated_dims");
      this.demand(!!dims && !!this.texts(child, "associated_fields"), `19: associations of ${name} are lists`);
      for (const dim of dims ?? []) {
        this.demand(axes.includes(dim) && name.includes(dim), `20: ${dim} is an axis and part of ${name}`);
      }
      const mask = child.get("mask") as Dataset | null;
      const grid = this.grid().filter((_, axis) => dims?.includes(axes[axis]));
      const expected = [...this.varying(child, this.frames()), ...grid];
      this.demand(!!mask && same(mask.shape!, expected), `21: the shape of the mask of ${name}`);
    }
  }

  private demand(holds: boolean, rule: string): void {
    if (!holds) this.errors.push(rule);
  }

  private group(name: string, rule: number): Group | null {
    const found = this.root.get(name) as Group | null;
    this.demand(!!found, `${rule}: the group ${name}`);
    return found;
  }

  private dataset(group: Group, name: string, rule: number): Dataset | null {
    const found = group.get(name) as Dataset | null;
    this.demand(!!found, `${rule}: the dataset ${name}`);
    for (const flag of ["sample_varying", "time_varying"]) {
      if (found) this.demand(this.flag(found, flag) !== undefined, `${rule}: ${flag} of ${name} is a boolean`);
    }
    return found;
  }

  private varying(item: Item, frames: number): number[] {
    const trajectories = Number(this.root.attrs.n_trajectories?.value);
    return [
      ...(this.flag(item, "sample_varying") ? [trajectories] : []),
      ...(this.flag(item, "time_varying") ? [frames] : []),
    ];
  }

  private frames(): number {
    return (this.root.get("/dimensions/time") as Dataset | null)?.shape?.at(-1) ?? -1;
  }

  private grid(): number[] {
    const names = this.texts(this.root.get("dimensions") as Group | null, "spatial_dims") ?? [];
    return names.map((name) => (this.root.get(`/dimensions/${name}`) as Dataset | null)?.shape?.at(-1) ?? -1);
  }

  private spatial(): number {
    return Number(this.root.attrs.n_spatial_dims?.value);
  }

  private flag(item: Item, name: string): boolean | undefined {
    const attribute = item.attrs[name];
    const boolean = attribute?.metadata.type === ENUM && attribute.metadata.size === 1 && attribute.shape?.length === 0;
    return boolean ? (attribute.json_value as boolean) : undefined;
  }

  private isText(item: Item, name: string): boolean {
    const attribute = item.attrs[name];
    return attribute?.metadata.type === STRING && attribute.metadata.vlen && attribute.shape?.length === 0;
  }

  private isInteger(item: Item, name: string): boolean {
    const attribute = item.attrs[name];
    return attribute?.metadata.type === INTEGER && attribute.shape?.length === 0;
  }

  /** A list of strings; h5py stores an empty list as zero floats. */
  private texts(item: Item | null, name: string): string[] | undefined {
    const attribute = item?.attrs[name];
    if (attribute?.shape?.length !== 1) return undefined;
    if (attribute.shape[0] === 0) return [];
    return attribute.metadata.type === STRING && attribute.metadata.vlen ? (attribute.value as string[]) : undefined;
  }
}

const same = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
