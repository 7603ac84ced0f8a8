/** Builds the reference of all public names, by typedoc. */
import {spawnSync} from "node:child_process";
import {mkdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import {bundle, root} from "./library";
import {copyFonts} from "./pages/page-set";

/** Packages whose doors users open, in the order of their use. */
const PACKAGES = "laboratory paper figures sweeps simulators well official-runs torch-files engine core".split(" ");
const DOORS = ["lib/index.ts", ...PACKAGES.map((name) => `packages/${name}/src/index.ts`)];

const OPTIONS = [
  ...DOORS.flatMap((file) => ["--entryPoints", file]),
  ...["--tsconfig", "tsconfig.json", "--skipErrorChecking", "--disableSources", "--excludeExternals"],
  ...["--readme", "none", "--name", "lola", "--githubPages", "false", "--logLevel", "Error"],
];

/** Write the reference into a folder. @throws Error with typedoc's message. */
export async function buildApi(folder: string): Promise<void> {
  const scratch = path.join(root, ".out/site-cache");
  mkdirSync(scratch, {recursive: true});
  const script = path.join(scratch, "formulas.js");
  writeFileSync(script, await bundle("site/pages/formulas.ts", {minify: true}));
  const style = path.join(root, "node_modules/katex/dist/katex.min.css");
  const typedoc = path.join(root, "node_modules/typedoc/bin/typedoc");
  const words = [typedoc, "--out", folder, "--customJs", script, "--customCss", style, ...OPTIONS];
  const {status, stderr, stdout} = spawnSync(process.execPath, words, {cwd: root, encoding: "utf8"});
  if (status !== 0) throw new Error(`The API reference cannot be made: ${(stderr || stdout).trim().slice(0, 500)}`);
  copyFonts(path.join(folder, "assets/fonts"));
}
