/** A root for a fresh machine, made by a debootstrap that stops; root's rights and mounts are pretended. */
import {spawnSync} from "node:child_process";
import {mkdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const folder = temporaryFolder();
const script = path.resolve(__dirname, "../../environment/fresh.sh");

/** Run the script with programs of these names and texts before all others. */
function fresh(root: string, programs: Readonly<Record<string, string>>) {
  const bin = folder("bin");
  mkdirSync(bin, {recursive: true});
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, {mode: 0o755});
  }
  const env = {...process.env, PATH: `${bin}:${process.env.PATH}`, FRESH_MOUNTS: "own", MIRROR: "http://mirror"};
  const {status, stderr} = spawnSync(script, [root, "true"], {encoding: "utf8", env});
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
