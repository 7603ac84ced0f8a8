// Tries job arrays of sweeps and evaluations and ranks of one training on a one-node Slurm that it starts on the loopback
// address: `npm run test:slurm`, or `npm run test:slurm -- ranks` for one part. It installs nothing, and takes about a
// quarter of an hour at smoke size.
import {spawn, spawnSync} from "node:child_process";
import {cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {hostname, tmpdir} from "node:os";
import path from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {fileURLToPath} from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const starter = path.join(root, "test/slurm/one-node.sh");
const PACKAGES = {sbatch: "slurm-wlm", slurmctld: "slurm-wlm", slurmd: "slurm-wlm", munged: "munge"};

const found = (program) => spawnSync("sh", ["-c", `command -v ${program} || ls /usr/sbin/${program}`]).status === 0;
const missing = [...new Set(Object.keys(PACKAGES).flatMap((name) => (found(name) ? [] : [PACKAGES[name]])))];
if (missing.length > 0 || process.getuid?.() !== 0) {
  const what =
    missing.length > 0
      ? `the packages ${missing.join(" and ")} (apt-get install ${missing.join(" ")})`
      : "to run as root";
  process.stderr.write(`test:slurm needs ${what}; nothing was installed or tested.\n`);
  process.exit(1);
}

const home = mkdtempSync(path.join(tmpdir(), "lola-slurm-"));
const data = path.join(home, "data");
// Another Slurm may run on this machine, with its own ports
const port = `${20_000 + 2 * (process.pid % 5000)}`;
const env = {
  ...process.env,
  LOLA_SLURM_PORT: port,
  SLURM_CONF: path.join(home, "slurm.conf"),
  LOLA_DATA: data,
  TF_CPP_MIN_LOG_LEVEL: "3",
};

const run = (command, args, more = {}) =>
  spawnSync(command, args, {encoding: "utf8", env: {...env, ...more}, cwd: root});
const command = path.join(root, "environment/run.mjs");
const sweep = (...args) => run("node", [command, "sweep", ...args]);
const evaluate = (...args) => run("node", [command, "evaluate", ...args]);
/** The same on this machine, in another store, with as many engine threads as an element has. */
const alone = {LOLA_DATA: path.join(home, "alone"), TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1"};
const here = (verb, ...args) => run("node", [command, verb, ...args], {...alone, OMP_NUM_THREADS: "1"});
const queue = () => run("squeue", ["--noheader", "--array", "--format=%T"]).stdout.trim().split("\n").filter(Boolean);

function expect(what, isSo, details) {
  process.stdout.write(`${isSo ? "ok    " : "FAILED"} ${what}\n`);
  if (isSo) return;
  process.exitCode = 1;
  process.stdout.write(`${details}\n`);
}

async function drained(seconds = 500) {
  for (let i = 0; i < seconds && queue().length > 0; i++) await sleep(1000);
  return queue().length === 0;
}

const smoke = ["--system", "euler", "--preset", "smoke", "--methods", "autoencoder-4", "--measure", "mae"];
const trials = ["--set", "autoencoder.training.optimiser=adamw,soap", "--seeds", "3", "--name", "array"];

async function arrays() {
  const array = [...smoke, ...trials, "--backend", "slurm", "--parallel", "1"];
  const refused = sweep(...array, "--partition", "nosuch");
  expect(
    "a partition that does not exist is refused in a sentence",
    refused.status === 2 && /sbatch refused: .*partition/.test(refused.stderr),
    refused.stderr,
  );
  const submitted = sweep(...array);
  expect(
    "one job array is submitted",
    /^Job \d+ with 6 trainings/.test(submitted.stdout),
    submitted.stdout + submitted.stderr,
  );
  // Elements wait while the node is drained, however long commands take
  const setNode = (...state) => run("scontrol", ["update", `NodeName=${hostname()}`, ...state]);
  await runningElement();
  expect(
    "at most one element runs at a time",
    queue().filter((state) => state === "RUNNING").length <= 1,
    queue().join(),
  );
  setNode("State=DRAIN", "Reason=test");
  for (let i = 0; i < 500 && queue().some((state) => state !== "PENDING"); i++) await sleep(1000);
  await sleep(3000);
  const states = queue();
  const waits = states.length > 0 && states.every((state) => state === "PENDING");
  expect("a drained node ends what it runs and begins nothing", waits, states.join());
  const again = sweep(...array);
  expect(
    "what is in the queue is not submitted twice",
    /Nothing to submit/.test(again.stdout),
    again.stdout + again.stderr,
  );
  const early = sweep("--collect", "array");
  expect(
    "collect shows the finished part of an array that has not ended",
    /[1-5] of 6 trainings measured, 0 running, [1-5] waiting, 0 failed/.test(early.stdout),
    early.stdout,
  );
  setNode("State=RESUME");
  const killed = await runningElement();
  run("scancel", ["--signal=KILL", killed]);
  expect("the array ends", await drained(), queue().join());
  const late = sweep("--collect", "array");
  expect(
    "an element that is killed failed, the others are measured",
    /5 of 6 .* 1 failed/.test(late.stdout),
    late.stdout,
  );
  const retried = sweep("--retry", "array");
  expect("it runs again alone", /^Job \d+ with 1 training/.test(retried.stdout), retried.stdout + retried.stderr);
  expect("and ends", await drained(), queue().join());
  const there = sweep("--collect", "array", "--json").stdout;
  const local = here("sweep", ...smoke, ...trials, "--json");
  const isSame = tableOf(there) === tableOf(local.stdout);
  expect("the table is that of the same sweep on this machine", isSame, there + local.stdout + local.stderr);
}

/** A table's text without its times. */
const tableOf = (text) => JSON.stringify(JSON.parse(text || "[]").map((row) => ({...row, "training, s": 0})));

/** Wait for a running element. @returns its name. */
async function runningElement() {
  const running = () => run("squeue", ["--noheader", "--array", "--states=RUNNING", "--format=%i"]).stdout.trim();
  for (let i = 0; i < 120 && !running(); i++) await sleep(500);
  return running();
}

async function signals() {
  const long = ["--set", "autoencoder.steps.4=100000", "--name", "long", "--backend", "slurm"];
  const submitted = sweep(...smoke, ...long);
  const [, job] = /^Job (\d+)/.exec(submitted.stdout) ?? [];
  expect("a long training is submitted", job !== undefined, submitted.stdout + submitted.stderr);
  const folder = path.join(data, "autoencoder");
  for (let i = 0; i < 120 && queue()[0] !== "RUNNING"; i++) await sleep(1000);
  await sleep(25_000);
  run("scancel", ["--batch", "--signal=USR1", `${job}_0`]);
  for (let i = 0; i < 120 && !partial(folder); i++) await sleep(1000);
  expect("SIGUSR1 saves the training", partial(folder), readdirSync(folder).join());
  const state = run("scontrol", ["show", "job", `${job}_0`]).stdout;
  expect("and puts it back into the queue", /Restarts=1|Requeue=1/.test(state) && queue().length === 1, state);
  run("scancel", [job]);
  expect("scancel ends it", await drained(60), queue().join());
  const lost = sweep("--collect", "long");
  expect(
    "it counts as failed, with the last lines of its log",
    /1 failed/.test(lost.stdout) && /stopped after step|Interrupted/.test(lost.stdout),
    lost.stdout,
  );
  const retried = sweep("--retry", "long");
  expect("and runs again alone", /^Job \d+ with 1 training/.test(retried.stdout), retried.stdout + retried.stderr);
  run("scancel", ["--me"]);
  expect("until scancel ends it again", await drained(60), queue().join());
}

const four = ["--system", "euler", "--preset", "smoke", "--methods", "diffusion-4,solver-4"];
four.push("--set", 'data.trajectories={"train":2,"valid":1,"test":4}', "--set", "rollout.trajectories=4");

async function evaluation() {
  const array = [...four, "--backend", "slurm", "--parallel", "2", "--time", "30:00", "--cpus", "1", "--name", "four"];
  const refused = evaluate(...array);
  const isSentence = refused.status === 2 && /expected trained models/.test(refused.stderr);
  expect("an evaluation of models that are not trained is refused in a sentence", isSentence, refused.stderr);
  const local = here("evaluate", ...four, "--json");
  expect("the evaluation runs on this machine", local.status === 0, local.stderr);
  for (const stage of ["dataset", "autoencoder", "latents", "emulator"]) {
    cpSync(path.join(alone.LOLA_DATA, stage), path.join(data, stage), {recursive: true, preserveTimestamps: true});
  }
  const submitted = evaluate(...array);
  const sent = submitted.stdout + submitted.stderr;
  expect("an evaluation is an array of its trajectories", /^Job \d+ with 4 trajectories/m.test(submitted.stdout), sent);
  const again = evaluate(...array);
  expect("what is in the queue is not submitted twice", /Nothing to submit/.test(again.stdout), again.stdout);
  const early = evaluate("--collect", "four").stdout;
  expect(
    "collect shows how far it is",
    /\d of 4 trajectories scored, \d running, \d waiting, 0 failed/.test(early),
    early,
  );
  expect("the array ends", await drained(), queue().join());
  const late = evaluate("--collect", "four", "--json");
  const isSame = late.stdout === local.stdout && late.stdout.length > 100;
  expect("its table is that of this machine, byte for byte", isSame, late.stdout + late.stderr + local.stdout);
  await requeuedElement();
}

async function requeuedElement() {
  const long = [
    ...four,
    "--set",
    "rollout.members=300",
    "--set",
    "rollout.steps=400",
    "--backend",
    "slurm",
    "--parallel",
    "1",
    "--name",
    "slow",
  ];
  const submitted = evaluate(...long);
  const [, job] = /^Job (\d+)/m.exec(submitted.stdout) ?? [];
  expect("a long evaluation is submitted", job !== undefined, submitted.stdout + submitted.stderr);
  const log = path.join(data, "evaluations/slow/slurm/1/0.log");
  const works = () => existsSync(log) && /rollout, diffusion-c4 /.test(readFileSync(log, "utf8"));
  for (let i = 0; i < 600 && !works(); i++) await sleep(200);
  run("scancel", ["--batch", "--signal=USR1", `${job}_0`]);
  const state = () => run("scontrol", ["show", "job", `${job}_0`]).stdout;
  for (let i = 0; i < 240 && !/Restarts=1/.test(state()); i++) await sleep(500);
  expect("SIGUSR1 stops an element and puts it back into the queue", /Restarts=1/.test(state()), state());
  run("scancel", [job]);
  expect("scancel ends it", await drained(60), queue().join());
}

const ranked = (...args) => [
  "--ntasks=2",
  "--cpus-per-task=1",
  "node",
  command,
  "train",
  "--system",
  "euler",
  "--preset",
  "smoke",
  ...args,
];

async function ranks() {
  const trained = run("srun", ranked("autoencoder-4"));
  expect(
    "two tasks train one model",
    trained.status === 0 && /Trained Autoencoder: 6 steps/.test(trained.stdout),
    trained.stdout + trained.stderr,
  );
  const once = trained.stdout.match(/Trained Autoencoder/g) ?? [];
  expect("and one of them says so", once.length === 1, trained.stdout);
  const child = spawn("srun", ranked("autoencoder-16", "--set", "autoencoder.steps.16=100000", "--set", "seed=7"), {
    env,
    cwd: root,
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const ended = new Promise((resolve) => child.on("close", resolve));
  for (let i = 0; i < 240 && !/autoencoder, 16 latent channels .* loss/.test(output); i++) await sleep(500);
  // the second task: its parent is Slurm's step, its rank is in its variables
  const pid = readdirSync("/proc").find((id) => /^\d+$/.test(id) && isRank(id, 1));
  expect("a task runs as rank 1", pid !== undefined, output);
  const begin = performance.now();
  if (pid) process.kill(Number(pid), "SIGKILL");
  const code = await ended;
  const seconds = (performance.now() - begin) / 1000;
  expect(
    "a task that is killed ends the step within a minute",
    code !== 0 && seconds < 60,
    `${code} after ${seconds} s\n${output}`,
  );
  expect("with one sentence of the other", /train: rank 0 has (lost|waited)/.test(output), output);
  expect("which has saved", partial(path.join(data, "autoencoder")), output);
}

/** Whether a process is a rank of this test. */
function isRank(id, rank) {
  try {
    const words = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
    const variables = readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
    const isOurs = variables.includes(`LOLA_DATA=${data}`) && variables.includes(`SLURM_PROCID=${rank}`);
    return words[1] === command && isOurs;
  } catch {
    return false; // it has ended
  }
}

const partial = (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".partial"));

/** All parts, or those that are named: npm run test:slurm -- ranks */
const parts = {arrays, signals, evaluation, ranks};
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
for (const part of chosen)
  if (!parts[part]) throw new Error(`test:slurm: expected ${Object.keys(parts).join(", ")}, found "${part}".`);

try {
  const started = run("bash", [starter, "start", home]);
  const runs = /lab/.test(started.stdout);
  expect("Slurm starts", runs, started.stdout + started.stderr);
  for (const part of runs ? chosen : []) await parts[part]();
} finally {
  run("scancel", ["--me"]);
  await drained(60);
  await sleep(2000);
  run("bash", [starter, "stop", home]);
  const log = path.join(home, "log/ctld.log");
  if (process.exitCode === 1 && existsSync(log)) process.stdout.write(readFileSync(log, "utf8").slice(-2000));
  await sleep(2000);
  rmSync(home, {recursive: true, force: true});
}
