/** Cells whose output was made from what has changed since: the page says so below them. */
import {createHash} from "node:crypto";
import type {Content, Message} from "./wire";

/** A cell that ran, by the name that the page gives it. */
interface Ran {
  readonly message: Message;
  readonly number: number;
  /** The names that it uses, with the cells that declared them and the versions of these cells at that time. */
  readonly inputs: ReadonlyMap<string, {readonly cell: string; readonly version: string}>;
  /** Its text and the versions of its inputs. */
  readonly version: string;
  /** What is said below it. */
  remark?: string;
}

/** What a cell declares and uses. */
export interface Names {
  readonly declared: ReadonlySet<string>;
  /** Names of earlier cells. */
  readonly used: ReadonlySet<string>;
}

/** Notes which cell uses what. Pages that do not name their cells get no marks. */
export class StaleCells {
  private readonly ran = new Map<string, Ran>();
  private readonly owners = new Map<string, string>();

  constructor(private readonly publish: (type: string, content: Content, parent: Message) => void) {}

  /** Note a cell that has run; marks of other cells come and go. */
  note(message: Message, number: number, {declared, used}: Names): void {
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
    this.ran.set(cell, {message, number, inputs, version});
    for (const [id, other] of this.ran) this.mark(id, other);
  }

  private mark(id: string, cell: Ran): void {
    const remark = this.remarkOn(cell);
    if (remark === cell.remark) return;
    const isNew = cell.remark === undefined;
    cell.remark = remark;
    const text = remark ? `Stale: ${remark}. Run this cell again.` : "";
    const data = {"text/plain": text, "text/html": text && `<small>⚠ ${text}</small>`};
    const content = {data, metadata: {stale: text !== ""}, transient: {display_id: `stale-${id}-${cell.number}`}};
    this.publish(isNew ? "display_data" : "update_display_data", content, cell.message);
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
