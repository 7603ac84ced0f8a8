// The compiler's watching of files, put off: an image holds no watchers.

class Watching {
  /** Puts off the watching of a `ts.sys` until `begin`. */
  constructor(system) {
    const {watchFile, watchDirectory} = system;
    this.putOff = [];
    this.begun = false;
    // The files read so far are declarations, which do not change: watching a thousand of them takes time at each start.
    system.watchFile = (...order) => (this.begun ? watchFile(...order) : {close() {}});
    // Folders tell the compiler that a module which a cell asked for in vain is there now.
    system.watchDirectory = (...order) => {
      if (this.begun) return watchDirectory(...order);
      const waiting = {order, close: () => void this.putOff.splice(this.putOff.indexOf(waiting), 1)};
      this.putOff.push(waiting);
      return {close: () => waiting.close()};
    };
    this.start = (waiting) => {
      const watcher = watchDirectory(...waiting.order);
      waiting.close = () => watcher.close();
    };
  }

  begin() {
    this.begun = true;
    this.putOff.forEach(this.start);
    this.putOff = [];
  }
}

module.exports = {Watching};
