/** Builds the reference of all public names, by typedoc. */
import {spawnSync} from "node:child_process";
import {cpSync, mkdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import {bundle, root} from "./library";

const KATEX = path.join(root, "node_modules/katex/dist");

/** Packages whose doors users open, in the order of their use. */
const PACKAGES = [
  "laboratory",
  "paper",
  "figures",
  "sweeps",
  "simulators",
  "well",
  "official-runs",
  "torch-files",
  "engine",
  "core",
];

const OPTIONS = [
  ...["lib/index.ts", ...PACKAGES.map((name) => `packages/${name}/src/index.ts`)].flatMap((file) => [
    "--entryPoints",
    file,
  ]),
  ...["--tsconfig", "tsconfig.json", "--skipErrorChecking", "--disableSources", "--excludeExternals"],
  ...["--readme", "none", "--name", "lola", "--githubPages", "false", "--logLevel", "Error"],
];

/** Write the reference into a folder. @throws Error with typedoc's message. */
export async function buildApi(folder: string): Promise<void> {
  const scratch = path.join(root, ".out/site-cache");
  mkdirSync(scratch, {recursive: true});
  const script = path.join(scratch, "formulas.js");
  writeFileSync(script, await bundle("site/pages/formulas.ts", {minify: true}));
  const style = path.join(KATEX, "katex.min.css");
  const {status, stderr, stdout} = spawnSync(
    process.execPath,
    [
      path.join(root, "node_modules/typedoc/bin/typedoc"),
      ...["--out", folder, "--customJs", script, "--customCss", style],
      ...OPTIONS,
    ],
    {cwd: root, encoding: "utf8"},
  );
  if (status !== 0) throw new Error(`The API reference cannot be made: ${(stderr || stdout).trim().slice(0, 500)}`);
  cpSync(path.join(KATEX, "fonts"), path.join(folder, "assets/fonts"), {
    recursive: true,
    filter: (file) => path.extname(file) === "" || file.endsWith(".woff2"),
  });
}
