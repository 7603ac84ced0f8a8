/** The compiler's watching of files, put off: an image holds no watchers. */

interface Watcher {
  close(): void;
}

export interface WatchingSystem {
  watchFile?(...order: never[]): Watcher;
  watchDirectory?(...order: never[]): Watcher;
}

/** Put off what a `ts.sys` is told to watch, until the returned function is called. */
export function putOffWatching(system: WatchingSystem): () => void {
  const {watchFile, watchDirectory} = system as Required<WatchingSystem>;
  const waiting = new Set<() => void>();
  let begun = false;
  // The files read so far are declarations, which do not change: watching a thousand of them takes time at each start.
  system.watchFile = (...order) => (begun ? watchFile(...order) : {close() {}});
  // Folders tell the compiler that a module which a cell asked for in vain is there now.
  system.watchDirectory = (...order) => {
    if (begun) return watchDirectory(...order);
    let watcher: Watcher | undefined;
    const start = () => void (watcher = watchDirectory(...order));
    waiting.add(start);
    return {
      close() {
        waiting.delete(start);
        watcher?.close();
      },
    };
  };
  return () => {
    begun = true;
    waiting.forEach((start) => start());
    waiting.clear();
  };
}
