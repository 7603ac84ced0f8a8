/** Processes that run one benchmark on request: ours, and the peer in PyTorch. */
import {spawn, spawnSync, type ChildProcess} from "node:child_process";
import {existsSync} from "node:fs";
import path from "node:path";
import {createInterface} from "node:readline";

const root = path.resolve(__dirname, "../..");

/** What a process says when its benchmark is warm, and after each request. */
interface Reply {
  /** Milliseconds of each run. */
  times: number[];
  /** Most MiB so far that the benchmark, warm, adds to the process that has loaded its library. */
  memory: number;
}

/** A process with a warm benchmark. It reads a number of runs a line. */
export class Runner {
  private readonly lines: AsyncIterator<string>;

  constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Wait until the benchmark is warm. */
  ready(): Promise<Reply> {
    return this.reply();
  }

  async run(runs: number): Promise<Reply> {
    this.child.stdin!.write(`${runs}\n`);
    return this.reply();
  }

  close(): void {
    this.child.stdin!.end();
  }

  private async reply(): Promise<Reply> {
    const {value, done} = await this.lines.next();
    if (done) throw new Error(`bench: ${this.child.spawnargs.slice(0, 5).join(" ")} ended; see its message above.`);
    return JSON.parse(value) as Reply;
  }
}

const stdio = ["pipe", "pipe", "inherit"] as const;

/** Start one of the suite's benchmarks. */
export function startOurs(name: string): Runner {
  const args = ["-r", path.join(root, "environment/typescript.cjs"), path.join(root, "test/bench/ours.ts"), name];
  return new Runner(spawn(process.execPath, args, {stdio: [...stdio]}));
}

/** Start its counterpart in PyTorch, in a Python environment of its own, which is made first where it is missing. */
export function startPeer(name: string): Runner {
  const venv = path.join(root, "environment/.build/peer");
  const python = path.join(venv, "bin/python");
  if (!existsSync(path.join(venv, "ready"))) {
    process.stderr.write("installing PyTorch into environment/.build/peer ...\n");
    const commands = [
      [path.join(root, "environment/.venv/bin/python"), "-m", "venv", "--clear", venv],
      [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "torch"],
      ["touch", path.join(venv, "ready")],
    ];
    for (const [command, ...args] of commands) {
      if (spawnSync(command, args, {stdio: ["ignore", 2, 2]}).status !== 0) {
        throw new Error(`bench: "${[command, ...args].join(" ")}" failed; see its message above.`);
      }
    }
  }
  return new Runner(spawn(python, ["-W", "ignore", path.join(root, "test/bench/peer.py"), name], {stdio: [...stdio]}));
}
