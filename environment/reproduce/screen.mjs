// What the headless runner shows: in a terminal one line that renews itself, in a log a line now and then.
const LOG = 10_000;

export class Screen {
  constructor(total, formatSeconds, out = process.stdout) {
    this.total = total;
    this.formatSeconds = formatSeconds;
    this.out = out;
    this.count = 0;
    this.logged = -Infinity;
    this.live = false;
  }

  notebook(name, cells) {
    this.count++;
    this.name = name;
    this.cells = cells;
    this.title = undefined;
    this.show();
  }

  cell(number, title) {
    const fresh = title !== this.title;
    this.number = number;
    this.title = title;
    if (this.out.isTTY) this.show();
    else if (fresh) this.line(this.stage());
    this.logged = performance.now();
  }

  progress(text) {
    if (this.out.isTTY) this.show(text);
    else if (performance.now() - this.logged >= LOG) {
      this.logged = performance.now();
      this.line(`      ${text}`);
    }
  }

  /** Names of files and single lines that a cell prints; longer prints are in the notebook. */
  output(text) {
    const line = text.trim();
    if (line && !line.includes("\n") && line.length <= 200) this.line(`      ${line}`);
  }

  end({ok, seconds}) {
    this.line(`${this.head()}  ${ok ? "done" : "failed"} in ${this.formatSeconds(seconds)}`);
  }

  head() {
    return `[${this.count}/${this.total}] ${this.name}`;
  }

  stage() {
    return `${this.head()}  ${this.number}/${this.cells}  ${this.title ?? ""}`.trimEnd();
  }

  show(text = "") {
    const line = this.number ? `${this.stage()}${text && `: ${text}`}` : `${this.head()}  kernel`;
    if (!this.out.isTTY) return;
    const width = (this.out.columns ?? 120) - 1;
    this.out.write(`\r\x1b[2K${line.slice(0, width)}`);
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
