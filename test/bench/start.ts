/**
 * What a user waits for before anything happens: the library's import, the kernel, the first operation in a notebook, a knob's
 * answer, the set-up's check, and a second `npm start`.
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

/**
 * Starts a kernel and says when it is ready, when a cell has imported the library and computed, and how long a slider's answer
 * takes: from the page's message to the text of a new value, and of one that was there before; medians of twenty.
 */
const KERNEL = `
import json, sys, time
from jupyter_client.manager import KernelManager
begin = time.monotonic()
seconds = lambda: time.monotonic() - begin
manager = KernelManager(kernel_name="tslab")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
times = [seconds()]
client.execute_interactive('import {tf} from "lola"; tf.zeros([1]).dataSync()', output_hook=lambda message: None)
times.append(seconds())
knobs = []
see = lambda message: message["msg_type"] == "comm_open" and knobs.append(message["content"]["comm_id"])
client.execute_interactive('import {live, slider} from "@lola-ts/kernel/knobs";'
    'await live((n) => console.log(n ** 2), [slider("n", {max: 99})]);', output_hook=see)
def answer(value):
    begin = time.monotonic()
    data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": knobs[-1], "data": data}))
    wanted = f"n = {value}"
    while client.get_iopub_msg(timeout=60)["content"].get("data", {}).get("text/plain") != wanted:
        pass
    return time.monotonic() - begin
for _ in "new", "known":
    times.append(sorted(answer(value) for value in range(1, 21))[10])
manager.shutdown_kernel(now=True)
print(json.dumps(times))
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

function kernel() {
  const tries = Array.from({length: TRIES}, () => {
    const seconds = JSON.parse(run(python, ["-c", KERNEL, path.join(root, "notebooks")])) as number[];
    const [ready, imported, turned, again] = seconds;
    return {ready, computed: imported - ready, turned, again};
  });
  const median = (of: keyof (typeof tries)[0]) => tries.map((one) => one[of]).sort((a, b) => a - b)[TRIES >> 1];
  return {ready: median("ready"), computed: median("computed"), turned: median("turned"), again: median("again")};
}

const {values} = parseArgs({options: {again: {type: "boolean", default: false}}});
const node = (program: string) => time(() => run(process.execPath, ["-e", program]));
const empty = node("");
const say = (what: string, seconds: number, target: number) =>
  console.log(`${what.padEnd(52)}${seconds.toFixed(3).padStart(8)} s   target ${target} s`);

say("import of the library", node('require("lola")') - empty, 1.2);
const {ready, computed, turned, again} = kernel();
say("kernel ready", ready, 4);
say("first cell: import, one operation", computed, 2);
say("a slider's answer, new", turned, 0.1);
say("a slider's answer, of a value that was there before", again, 0.1);
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
