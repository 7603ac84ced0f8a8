// Tries job arrays of sweeps on a one-node Slurm that it starts on the loopback address: `npm run test:slurm`. It installs
// nothing, and takes about five minutes at smoke size.
import {spawnSync} from "node:child_process";
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {fileURLToPath} from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const starter = path.join(root, "environment/slurm/one-node.sh");
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
const env = {...process.env, SLURM_CONF: path.join(home, "slurm.conf"), LOLA_DATA: data, TF_CPP_MIN_LOG_LEVEL: "3"};

const run = (command, args) => spawnSync(command, args, {encoding: "utf8", env, cwd: root});
const sweep = (...args) => run("node", ["lib/dist/lab/sweep/sweep-program.js", ...args]);
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
const trials = ["--set", "autoencoder.training.optimiser=adamw,soap", "--seeds", "2", "--name", "array"];

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
    /^Job \d+ with 4 trainings/.test(submitted.stdout),
    submitted.stdout + submitted.stderr,
  );
  const again = sweep(...array);
  expect(
    "what is in the queue is not submitted twice",
    /Nothing to submit/.test(again.stdout),
    again.stdout + again.stderr,
  );
  await sleep(3000);
  const early = sweep("--collect", "array");
  expect(
    "collect shows what is there while it runs",
    / of 4 trainings measured, 1 running, \d waiting, 0 failed/.test(early.stdout),
    early.stdout,
  );
  expect(
    "at most one element runs at a time",
    queue().filter((state) => state === "RUNNING").length <= 1,
    queue().join(),
  );
  expect("the array ends", await drained(), queue().join());
  const late = sweep("--collect", "array");
  expect("all four are measured", /4 of 4 trainings measured/.test(late.stdout), late.stdout);
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
}

const partial = (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".partial"));

try {
  const started = run("bash", [starter, "start", home]);
  expect("Slurm starts", /lab/.test(started.stdout), started.stdout + started.stderr);
  await arrays();
  await signals();
} finally {
  run("scancel", ["--me"]);
  await sleep(2000);
  run("bash", [starter, "stop", home]);
  const log = path.join(home, "log/ctld.log");
  if (process.exitCode === 1 && existsSync(log)) process.stdout.write(readFileSync(log, "utf8").slice(-2000));
  await sleep(2000);
  rmSync(home, {recursive: true, force: true});
}
