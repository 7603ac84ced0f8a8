/**
 * The line of work that another process does, with the progress that it tells.
 */
import {Progress, type ProgressMessage} from "./progress";

/** Whoever is waited for. */
export interface Worker {
  readonly pid: number;
  readonly host: string;
  /** Its progress, if it has told any. */
  readonly note?: unknown;
}

/** Work that is over sooner than this, in milliseconds, is waited for in silence. */
const PATIENCE = 1000;

/** A line while another process makes the artefact of a name. */
export class WaitingLine {
  private line: Progress | undefined;

  /** @param name name of the artefact. */
  constructor(private readonly name: string) {}

  /** Show whom the line waits for, and how far that is. */
  update(worker: Worker | undefined): void {
    const {done = 0, values, total} = (worker?.note ?? {}) as Partial<ProgressMessage>;
    const who = worker ? ` (process ${worker.pid} on ${worker.host})` : "";
    const waiting = `another run is making this${who}, waiting`;
    this.line ??= new Progress(this.name, 0, {patience: PATIENCE, waiting});
    this.line.update(done, values, total);
  }

  /** End the line, if there is one, with a remark on what became of the artefact. */
  done(remark: string): void {
    this.line?.done(remark);
    this.line = undefined;
  }
}
