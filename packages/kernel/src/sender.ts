/** Sending without loss: ZeroMQ's binding refuses a message while an earlier one waits for the event loop. */
import type {Frames} from "./wire";

/** The part of a ZeroMQ socket that sends. */
export interface Outlet {
  send(frames: (string | Uint8Array)[]): Promise<void>;
}

const isBusy = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "EBUSY";

/** Sends messages in their order: at once where the socket takes them, later where it does not. */
export class Sender {
  private readonly waiting: Frames[] = [];
  private last: Promise<void> = Promise.resolve();
  private draining: Promise<void> | undefined;

  constructor(private readonly outlet: Outlet) {}

  /** Send a message, within this call if possible: a cell that computes for long shows its output meanwhile. */
  send(frames: Frames): void {
    if (this.waiting.length === 0 && this.trySend(frames)) return;
    this.waiting.push(frames);
    this.draining ??= this.drain().finally(() => (this.draining = undefined));
  }

  /** Wait until everything has been handed to the socket. */
  async settled(): Promise<void> {
    while (this.draining) await this.draining;
    await this.last;
  }

  private trySend(frames: Frames): boolean {
    try {
      this.last = this.outlet.send([...frames]);
      return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
      return false;
    }
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.last; // the message that the socket holds
      if (this.trySend(this.waiting[0])) this.waiting.shift();
      else await new Promise(setImmediate);
    }
  }
}
