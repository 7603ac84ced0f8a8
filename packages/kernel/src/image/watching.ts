/** The compiler's watching of files, put off: an image holds no watchers. */

export interface Watcher {
  close(): void;
}

/** The part of `ts.sys` that watches. */
export interface WatchingSystem {
  watchFile?(...order: never[]): Watcher;
  watchDirectory?(...order: never[]): Watcher;
}

interface Waiting extends Watcher {
  readonly order: never[];
}

/** Puts off the watching of a `ts.sys` until `begin`. */
export class Watching {
  private putOff: Waiting[] = [];
  private begun = false;
  private readonly start: (waiting: Waiting) => void;

  constructor(system: WatchingSystem) {
    const {watchFile, watchDirectory} = system as Required<WatchingSystem>;
    // The files read so far are declarations, which do not change: watching a thousand of them takes time at each start.
    system.watchFile = (...order) => (this.begun ? watchFile(...order) : {close() {}});
    // Folders tell the compiler that a module which a cell asked for in vain is there now.
    system.watchDirectory = (...order) => {
      if (this.begun) return watchDirectory(...order);
      const waiting: Waiting = {order, close: () => void this.putOff.splice(this.putOff.indexOf(waiting), 1)};
      this.putOff.push(waiting);
      return {close: () => waiting.close()};
    };
    this.start = (waiting) => {
      const watcher = watchDirectory(...waiting.order);
      waiting.close = () => watcher.close();
    };
  }

  begin(): void {
    this.begun = true;
    this.putOff.forEach(this.start);
    this.putOff = [];
  }
}
