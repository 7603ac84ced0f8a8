/**
 * A few tasks at a time.
 *
 * The last one waiting starts beside the others as soon as one of them ends: alone, later, it would leave cores idle.
 */
export class TaskLimiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param room tasks at a time; where it is more than one, one more for the last that waits. */
  constructor(private readonly room: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.room) this.running++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await task();
    } finally {
      this.running--;
      this.admit();
    }
  }

  private admit(): void {
    const hasRoom = () => this.running < this.room + (this.room > 1 && this.waiting.length === 1 ? 1 : 0);
    while (this.waiting.length > 0 && hasRoom()) {
      this.running++;
      this.waiting.shift()!();
    }
  }
}
