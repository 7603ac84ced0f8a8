/** Builds the reference of all public names, by typedoc. */
import {spawnSync} from "node:child_process";
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {bundle, root} from "./library";
import {copyFonts, type Content} from "./pages/page-set";

/** Packages whose doors users open, in the order of their use. */
const PACKAGES = "laboratory paper figures sweeps simulators well official-runs torch-files engine core".split(" ");
const DOORS = ["lib/index.ts", ...PACKAGES.map((name) => `packages/${name}/src/index.ts`)];

const OPTIONS = [
  ...DOORS.flatMap((file) => ["--entryPoints", file]),
  ...["--tsconfig", "tsconfig.json", "--skipErrorChecking", "--disableSources", "--excludeExternals"],
  ...["--readme", "none", "--name", "lola", "--githubPages", "false", "--logLevel", "Error", "--hideGenerator"],
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

/** List the pages of the reference by their names, with what their first comment says, for the search of a site. */
export function apiPages(folder: string): Content[] {
  const files = readdirSync(folder, {recursive: true, encoding: "utf8"}).filter((file) => file.endsWith(".html"));
  return files.map((file) => {
    const html = readFileSync(path.join(folder, file), "utf8");
    const [, title] = /<title>([^|<]*)/.exec(html)!;
    const said = html.match(/<h1>[^]*?<\/h1>|<div class="tsd-comment[^]*?<\/div>/g) ?? [];
    return {title: title.trim(), address: path.posix.join("api", file), html: said.slice(0, 2).join(" ")};
  });
}
