/** Cells whose output was made from what has changed since: the page says so below them. */
import {createHash} from "node:crypto";
import {statSync} from "node:fs";
import path from "node:path";
import type {Content, Message} from "./wire";

/** A cell that ran, by the name that the page gives it. */
interface Ran {
  readonly message: Message;
  readonly number: number;
  /** The names that it uses, with the cells that declared them and the versions of these cells at that time. */
  readonly inputs: ReadonlyMap<string, {readonly cell: string; readonly version: string}>;
  readonly version: string;
  remark?: string;
}

const content = (text: string) => ({
  data: {"text/plain": text, "text/html": text && `<small>⚠ ${text}</small>`},
  metadata: {},
  transient: {},
});

export interface Names {
  readonly declared: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
  /** Declared names that do not change with their cell's text. */
  readonly imported: ReadonlySet<string>;
}

/** Notes which cell uses what. Pages that do not name their cells get no marks. */
export class StaleCells {
  private readonly ran = new Map<string, Ran>();
  private readonly owners = new Map<string, string>();
  /** Loaded files, with the time of their last change when they were loaded. */
  private readonly loaded = new Map<string, number>();
  private isOld = false;

  /** @param root the project's folder: other files do not change. */
  constructor(
    private readonly publish: (type: string, content: Content, parent: Message) => void,
    private readonly root: string,
  ) {}

  /** Note a cell that has run; marks of other cells come and go. */
  note(message: Message, number: number, {declared, used, imported}: Names): void {
    const {cellId: cell} = message.metadata;
    if (typeof cell !== "string") return;
    const inputs: Ran["inputs"] = new Map(
      [...used].flatMap((name) => {
        const owner = this.owners.get(name);
        const from = owner === undefined || owner === cell ? undefined : this.ran.get(owner);
        return from ? [[name, {cell: owner!, version: from.version}] as const] : [];
      }),
    );
    const version = createHash("sha256")
      .update(JSON.stringify([message.content.code, ...inputs.values()]))
      .digest("hex");
    for (const name of declared) this.owners.set(name, cell);
    for (const name of imported) this.owners.delete(name);
    this.ran.set(cell, {message, number, inputs, version});
    for (const [id, other] of this.ran) this.mark(id, other);
    this.lookAtLibrary(message);
  }

  /** Say once that a loaded file has changed: cells that run again would run the old one. */
  private lookAtLibrary(message: Message): void {
    const isOwn = (file: string) =>
      file.startsWith(this.root + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);
    const changed = Object.keys(require.cache).filter((file) => {
      const time = isOwn(file) && statSync(file, {throwIfNoEntry: false})?.mtimeMs;
      if (!time) return false;
      if (!this.loaded.has(file)) this.loaded.set(file, time);
      return this.loaded.get(file) !== time;
    });
    if (changed.length === 0 || this.isOld) return;
    this.isOld = true;
    const text = `${path.relative(this.root, changed[0])} has changed since this kernel loaded it: restart the kernel.`;
    this.publish("display_data", content(text), message);
  }

  private mark(id: string, cell: Ran): void {
    const remark = this.remarkOn(cell);
    if (remark === cell.remark) return;
    const isNew = cell.remark === undefined;
    cell.remark = remark;
    const text = remark ? `Stale: ${remark}. Run this cell again.` : "";
    const place = {metadata: {stale: text !== ""}, transient: {display_id: `stale-${id}-${cell.number}`}};
    this.publish(isNew ? "display_data" : "update_display_data", {...content(text), ...place}, cell.message);
  }

  /** Say why a cell is stale; undefined for one that never was, empty for one that is not any more. */
  private remarkOn(cell: Ran, seen = new Set<Ran>()): string | undefined {
    if (seen.has(cell)) return undefined;
    seen.add(cell);
    for (const [name, {cell: id, version}] of cell.inputs) {
      const source = this.ran.get(id)!;
      if (source.version !== version) return `${name} of cell [${source.number}] has changed`;
      if (this.remarkOn(source, seen)) return `${name} of cell [${source.number}] is stale`;
    }
    return cell.remark === undefined ? undefined : "";
  }
}
