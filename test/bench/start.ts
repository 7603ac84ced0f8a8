/**
 * What a user waits for before anything happens: the library's import, the kernel and its memory, the first operation in a
 * notebook, a lesson's first cell, Tab and Shift-Tab, a knob's answer, the set-up's check, and a second `npm start`.
 *
 *     node -r ./environment/typescript.cjs test/bench/start.ts [--again]
 *
 * --again times `npm start -- --again` too, after a tour: every notebook with everything made.
 */
import {spawnSync} from "node:child_process";
import path from "node:path";
import {parseArgs} from "node:util";

const root = path.resolve(__dirname, "../..");
const python = path.join(root, "environment/.venv/bin/python");
const TRIES = 5;

/** Starts a kernel in the given folder; `note` keeps the seconds of some work, on the clock and of the kernel's processor. */
const BEGIN = `
import json, sys, time
import psutil
from jupyter_client.manager import KernelManager
found, manager = {}, KernelManager(kernel_name="tslab")
begin = time.monotonic()
manager.start_kernel(cwd=sys.argv[1])
process = psutil.Process(manager.provisioner.pid)
def spent():
    times = process.cpu_times()
    return times.user + times.system
def note(name, work, before=None, start=None):
    before, start = spent() if before is None else before, start or time.monotonic()
    result = work()
    found[name] = [time.monotonic() - start, spent() - before]
    return result
mebibytes = lambda: process.memory_info().rss / 2**20
client = manager.client()
client.start_channels()
note("ready", lambda: client.wait_for_ready(timeout=600), 0, begin)
run = lambda code, see=lambda message: None: client.execute_interactive(code, timeout=600, output_hook=see)
`;

/** The library's import with a first operation, and a slider's answers: to a new value, and to one that was there before. */
const KNOB = `${BEGIN}
note("computed", lambda: run('import {tf} from "lola"; tf.zeros([1]).dataSync()'))
knobs = []
see = lambda message: message["msg_type"] == "comm_open" and knobs.append(message["content"]["comm_id"])
run('import {live, slider} from "@lola-ts/kernel/knobs"; await live((n) => console.log(n ** 2), [slider("n", {max: 99})]);', see)
def answer(value):
    data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": knobs[-1], "data": data}))
    while client.get_iopub_msg(timeout=600)["content"].get("data", {}).get("text/plain") != f"n = {value}":
        pass
for name in "turned", "again":
    note(name, lambda: [answer(value) for value in range(1, 21)])
    found[name] = [seconds / 20 for seconds in found[name]]
manager.shutdown_kernel(now=True)
print(json.dumps(found))
`;

/** The memory of a kernel that waits, a lesson's first cell, and Tab and Shift-Tab after it, each the first and a later time. */
const LESSON = `${BEGIN}
time.sleep(2)
found["idle"] = mebibytes()
cells = json.load(open(sys.argv[2]))["cells"]
code = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))
note("lesson", lambda: run(code))
def ask(send, code):
    request = send(code, len(code))
    while client.get_shell_msg(timeout=600)["parent_header"].get("msg_id") != request:
        pass
for name, send, asked in ("tab", client.complete, "lab."), ("help", client.inspect, "lab.check"):
    note(name + " first", lambda: ask(send, asked))
    note(name, lambda: ask(send, asked))
found["after"] = mebibytes()
manager.shutdown_kernel(now=True)
print(json.dumps(found))
`;

/** Run a program of the project; its output. @throws Error unless it succeeds. */
function run(command: string, args: string[]): string {
  const tools = [path.join(root, "node_modules/.bin"), path.dirname(python)];
  const env = {...process.env, JUPYTER_PLATFORM_DIRS: "1", PATH: [...tools, process.env.PATH].join(path.delimiter)};
  const {status, stdout, stderr} = spawnSync(command, args, {cwd: root, env, encoding: "utf8"});
  if (status !== 0) throw new Error(`start: "${[command, ...args].join(" ")}" failed:\n${stderr}${stdout}`);
  return stdout;
}

/** Median seconds of a call. */
function time(call: () => void, tries = TRIES): number {
  const times = Array.from({length: tries}, () => {
    const begin = performance.now();
    call();
    return (performance.now() - begin) / 1000;
  });
  return times.sort((a, b) => a - b)[tries >> 1];
}

type Measured = Record<string, [clock: number, processor: number]> & Record<"idle" | "after", number>;

/** Medians of what a program of a kernel measures. */
function kernel(program: string, ...args: string[]): Measured {
  const tries = Array.from({length: TRIES}, () => {
    return JSON.parse(run(python, ["-c", program, path.join(root, "notebooks"), ...args])) as Measured;
  });
  const median = (values: number[]) => values.sort((a, b) => a - b)[TRIES >> 1];
  const names = Object.keys(tries[0]);
  const of = (name: string) =>
    Array.isArray(tries[0][name])
      ? [0, 1].map((i) => median(tries.map((one) => one[name][i])))
      : median(tries.map((one) => Number(one[name])));
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Measured;
}

const {values} = parseArgs({options: {again: {type: "boolean", default: false}}});
const node = (program: string) => time(() => run(process.execPath, ["-e", program]));
const empty = node("");
const say = (what: string, seconds: number, target: number) =>
  console.log(`${what.padEnd(52)}${seconds.toFixed(3).padStart(8)} s   target ${target} s`);
/** Of the processor first: a machine that does other things adds to the clock alone. */
const sayBoth = (what: string, [clock, processor]: [number, number], target: number) =>
  console.log(
    `${what.padEnd(52)}${processor.toFixed(3).padStart(8)} s of the processor, ${clock.toFixed(3)} s in all   target ${target} s`,
  );
const sayMemory = (what: string, mebibytes: number, target?: number) =>
  console.log(`${what.padEnd(52)}${mebibytes.toFixed(0).padStart(8)} MiB${target ? `   target ${target} MiB` : ""}`);

say("import of the library", node('require("lola")') - empty, 1.2);
const knob = kernel(KNOB);
sayBoth("kernel ready", knob.ready, 4);
sayBoth("first cell: import, one operation", knob.computed, 2);
sayBoth("a slider's answer, new", knob.turned, 0.1);
sayBoth("a slider's answer, of a value that was there before", knob.again, 0.1);
for (const name of ["03-diffusion", "06-compression"]) {
  const lesson = kernel(LESSON, path.join(root, `notebooks/${name}.ipynb`));
  sayMemory("a kernel that waits for its first cell", lesson.idle, 300);
  sayBoth(`first cell of ${name}`, lesson.lesson, 3);
  sayBoth("Tab, the first time", lesson["tab first"], 0.5);
  sayBoth("Tab", lesson.tab, 0.5);
  sayBoth("Shift-Tab, the first time", lesson["help first"], 0.5);
  sayBoth("Shift-Tab", lesson.help, 0.5);
  sayMemory("a kernel after it", lesson.after);
}
say(
  "set-up with nothing to do",
  time(() => run(process.execPath, ["environment/setup.mjs"])),
  1,
);
say(
  "second npm start",
  time(() => run("npm", ["start"]), 1),
  30,
);
if (values.again)
  say(
    "second npm start, every notebook",
    time(() => run("npm", ["start", "--", "--again"]), 1),
    30,
  );
