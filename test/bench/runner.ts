/** Processes that run one benchmark on request: ours, and a variant of the peer in PyTorch. */
import {execFileSync, spawn, spawnSync, type ChildProcess, type SpawnOptions} from "node:child_process";
import {existsSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
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

const alive = new Set<Runner>();
process.on("exit", () => alive.forEach((runner) => runner.kill()));

/** A process with a warm benchmark. It reads a number of runs a line. */
export class Runner {
  private readonly lines: AsyncIterator<string>;

  constructor(
    private readonly child: ChildProcess,
    private readonly cleanUp: () => void = () => undefined,
  ) {
    this.lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
    child.stdin!.on("error", () => undefined); // it has ended: the reply says so
    alive.add(this);
    child.once("close", () => this.ended());
  }

  get pid(): number {
    return this.child.pid!;
  }

  /**
   * Wait until the benchmark is warm.
   *
   * @throws Error if that takes longer than a number of minutes; the process is ended.
   */
  async ready(minutes = Infinity): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      if (minutes === Infinity) return;
      timer = setTimeout(() => reject(new Error(`not warm after ${minutes} minutes`)), 60_000 * minutes);
    });
    try {
      return await Promise.race([this.reply(), late]);
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async run(runs: number): Promise<Reply> {
    this.child.stdin!.write(`${runs}\n`);
    return this.reply();
  }

  /** Let the process end. */
  close(): void {
    this.child.stdin!.end();
  }

  /** End the process, with what it started, at once. */
  kill(): void {
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // it has ended by itself
    }
    this.ended();
  }

  private ended(): void {
    if (alive.delete(this)) this.cleanUp();
  }

  private async reply(): Promise<Reply> {
    const {value, done} = await this.lines.next();
    if (done) throw new Error(`"${this.child.spawnargs.slice(-3).join(" ")}" ended; see its message above`);
    return JSON.parse(value) as Reply;
  }
}

/** A group of its own, so that it can be ended with the compilers that it starts. */
const options: SpawnOptions = {stdio: ["pipe", "pipe", "inherit"], detached: true};

/** Start one of the suite's benchmarks. */
export function startOurs(name: string): Runner {
  const args = ["-r", path.join(root, "environment/typescript.cjs"), path.join(root, "test/bench/ours.ts"), name];
  return new Runner(spawn(process.execPath, args, options));
}

const venv = path.join(root, "environment/.build/peer");
const python = path.join(venv, "bin/python");

/**
 * Make the peer's Python environment where it is missing, with the newest PyTorch that pip finds.
 *
 * @returns PyTorch's version.
 */
export function preparePeer(): string {
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
  const ask = "from importlib.metadata import version; print(version('torch'))";
  return execFileSync(python, ["-c", ask], {encoding: "utf8"}).trim();
}

/** Start a benchmark's counterpart in PyTorch. What its compiler keeps is new each time, so that its time is that of a first use. */
export function startPeer(name: string, variant: string): Runner {
  const cache = mkdtempSync(path.join(tmpdir(), "bench-peer-"));
  const env = {...process.env, TORCHINDUCTOR_CACHE_DIR: cache};
  const args = ["-W", "ignore", path.join(root, "test/bench/peer.py"), name, variant];
  const clean = () => rmSync(cache, {recursive: true, force: true, maxRetries: 5});
  return new Runner(spawn(python, args, {...options, env}), clean);
}
