// The screen of the headless runner: in a terminal one line that renews itself, in a log a line now and then.
import path from "node:path";

const LOG = 10_000;

export class Screen {
  constructor(total, formatSeconds, out = process.stdout) {
    this.total = total;
    this.formatSeconds = formatSeconds;
    this.out = out;
    this.count = 0;
    this.logged = -Infinity;
    this.live = false;
    this.running = new Map(); // by name of the file: what is known of each notebook that runs
    this.spoke = undefined; // whose lines stand last
  }

  notebook({name, cells}) {
    this.running.set(name, {count: ++this.count, name: path.parse(name).name, cells, text: ""});
    this.show();
  }

  cell({name, number, title}) {
    const one = this.running.get(name);
    const fresh = title !== one.title;
    Object.assign(one, {number, title, text: ""});
    if (this.out.isTTY) this.show();
    else if (fresh) this.head(one);
    this.logged = performance.now();
  }

  progress({name, text}) {
    const one = this.running.get(name);
    one.text = text;
    if (this.out.isTTY) this.show();
    else if (performance.now() - this.logged >= LOG) {
      this.logged = performance.now();
      this.below(one, text);
    }
  }

  /** Names of files and single lines that a cell prints; longer prints are in the notebook. */
  output({name, text}) {
    const line = text.trim();
    if (line && !line.includes("\n") && line.length <= 200) this.below(this.running.get(name), line);
  }

  end({name, ok, seconds}) {
    const {count, name: title} = this.running.get(name);
    this.running.delete(name);
    this.spoke = undefined;
    this.line(`[${count}/${this.total}] ${title}  ${ok ? "done" : "failed"} in ${this.formatSeconds(seconds)}`);
  }

  stage({count, name, number, cells, title}) {
    return `[${count}/${this.total}] ${name}  ${number ? `${number}/${cells}  ${title ?? ""}` : "kernel"}`.trimEnd();
  }

  head(one) {
    this.line(this.stage(one));
    this.spoke = one;
  }

  /** A line below the stage of its notebook, which is said again after lines of another. */
  below(one, text) {
    if (this.spoke !== one) this.head(one);
    this.line(`      ${text}`);
  }

  show() {
    if (!this.out.isTTY) return;
    const all = [...this.running.values()];
    const width = Math.floor(((this.out.columns ?? 120) - 1) / all.length) - 2;
    const lines = all.map((one) => `${this.stage(one)}${one.text && `: ${one.text}`}`.slice(0, width));
    this.out.write(`\r\x1b[2K${lines.join("  ")}`);
    this.live = true;
  }

  line(text) {
    this.clear();
    this.out.write(`${text}\n`);
  }

  clear() {
    if (this.live) this.out.write("\r\x1b[2K");
    this.live = false;
  }
}
