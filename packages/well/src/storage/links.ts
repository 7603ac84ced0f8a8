/** Links of an HDF5 file: every component of a path is looked at before the library follows it. */
import {printable} from "@lola-ts/core";
import type {LibraryFile, LibraryModule} from "./library";

/** Most soft links in one path, as in HDF5 itself. */
const MAX_LINKS = 16;

/** Resolves the paths of one file. */
export class Links {
  private readonly members = new Map<string, ReadonlySet<string>>();
  private readonly types = new Map<string, number>();
  private readonly links = new Map<string, string | undefined>();
  private readonly found = new Map<string, string | undefined>();

  constructor(
    private readonly path: string,
    private readonly file: LibraryFile,
    private readonly module: LibraryModule,
  ) {}

  /**
   * Find the path without soft links of the object at an absolute path, undefined if there is none.
   *
   * @throws Error naming file and link if it leads into another file or in circles.
   */
  resolve(name: string): string | undefined {
    if (!this.found.has(name)) this.found.set(name, this.follow(name));
    return this.found.get(name);
  }

  /** Type of the object at a path without soft links, as the library numbers it. */
  typeOf(path: string): number {
    let type = this.types.get(path);
    if (type === undefined) {
      type = path === "/" ? this.module.H5G_GROUP : this.module.get_type(this.file.file_id, path);
      this.types.set(path, type);
    }
    return type;
  }

  private follow(name: string): string | undefined {
    let path = "";
    let links = 0;
    const rest = parts(name);
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === ".." || !this.names(path || "/").has(part)) return undefined;
      const next = `${path}/${part}`;
      const target = this.target(name, next);
      if (target === undefined) path = next;
      else {
        if (++links > MAX_LINKS)
          throw this.refused(name, `at most ${MAX_LINKS} soft links`, "links that lead in circles");
        if (target.startsWith("/")) path = "";
        rest.unshift(...parts(target));
      }
    }
    return path || "/";
  }

  /** Names of the members of a group; none of anything else. */
  private names(group: string): ReadonlySet<string> {
    let names = this.members.get(group);
    if (!names) {
      const isGroup = this.typeOf(group) === this.module.H5G_GROUP;
      names = new Set(isGroup ? this.module.get_names(this.file.file_id, group, false) : []);
      this.members.set(group, names);
    }
    return names;
  }

  /** Where a soft link leads; undefined for an object. */
  private target(name: string, link: string): string | undefined {
    if (!this.links.has(link)) {
      const target = (this.module.get_symbolic_link(this.file.file_id, link) as string | null) ?? undefined;
      if (target === undefined) this.requireInside(name, link);
      this.links.set(link, target);
    }
    return this.links.get(link);
  }

  private requireInside(name: string, link: string): void {
    const {filename, obj_path: object} = this.module.get_external_link(this.file.file_id, link) as Partial<
      ReturnType<LibraryModule["get_external_link"]>
    >;
    if (filename === undefined) return;
    const found = `the external link ${printable(link)} to ${printable(`${object} of ${filename}`)}`;
    throw this.refused(name, "an object in the file itself", found);
  }

  private refused(name: string, expected: string, found: string): Error {
    return new Error(`${this.path}: ${printable(name)}: expected ${expected}, found ${found}.`);
  }
}

const parts = (path: string): string[] => path.split("/").filter((part) => part !== "" && part !== ".");
