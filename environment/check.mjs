// The steps of `npm test` after set-up: format, lint and types side by side, then, if all pass, the tests. Arguments go to jest;
// where some are files or folders, format and lint read these alone. The last line is the number of tests, for machines that
// read it.
import {spawn, spawnSync} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdirSync, readFileSync, rmSync} from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const report = path.join(root, ".out/jest.json");
const tool = (name) => path.join(root, "node_modules", name);

/** The checks before the tests. Types are checked in the whole project, because any part may use what was changed. */
export function checksOf(words) {
  const isValue = (i) => /^(-[tw]|--(testNamePattern|maxWorkers))$/.test(words[i - 1] ?? "");
  const named = words.filter((word, i) => !isValue(i) && existsSync(path.join(root, word)));
  const places = ["--no-error-on-unmatched-pattern", ...(named.length > 0 ? named : ["."])];
  return [
    {name: "format", command: [tool("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", ...places]},
    {name: "lint", command: [tool("eslint/bin/eslint.js"), ...places]},
    {name: "types", command: [tool("typescript-native/bin/tsc"), "-p", ".", "--noEmit"]},
  ];
}

/**
 * Tests import ES modules. All make many objects that do not live long: a larger space for new objects is collected less often.
 * Programs that tests start do without, because the kernel's start-up image is of the options that Node usually has.
 */
const NODE = ["--experimental-vm-modules", "--max-semi-space-size=64"];

const testsOf = (args) => ({
  name: "tests",
  command: [tool("jest/bin/jest.js"), "--json", `--outputFile=${report}`, ...args],
});

/** Runs a step and says how it ended; resolves to whether it passed. */
async function passes({name, command}) {
  const begin = performance.now();
  const child = spawn(process.execPath, [...NODE, ...command], {cwd: root, stdio: "inherit"});
  const [code] = await once(child, "close");
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`${name.padEnd(8)} ${code === 0 ? "passed" : "FAILED"}  ${seconds} s\n`);
  return code === 0;
}

/** Numbers of tests; a file that could not run at all counts as a failed one. */
function countTests() {
  try {
    const {numPassedTests, numFailedTests, numRuntimeErrorTestSuites} = JSON.parse(readFileSync(report, "utf8"));
    return {passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites};
  } catch {
    return {passed: 0, failed: 1};
  }
}

/** Committed files that differ from their commit and new files beside them, where a run could leave some; none without git. */
function changedFiles() {
  const {stdout} = spawnSync("git", ["status", "--porcelain", "data", "figures", "notebooks"], {
    cwd: root,
    encoding: "utf8",
  });
  return stdout ?? "";
}

export async function main({words}) {
  mkdirSync(path.dirname(report), {recursive: true});
  rmSync(report, {force: true});
  const ready = (await Promise.all(checksOf(words).map(passes))).every(Boolean);
  const before = changedFiles();
  const passed = ready && (await passes(testsOf(words)));
  const after = changedFiles();
  if (after !== before) process.stdout.write(`The tests changed committed files:\n${after}`);
  const count = countTests();
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  return passed && after === before && count.failed === 0 ? 0 : 1;
}
