// Tries commands on a fresh machine: npm run lola -- fresh. What it does is in fresh.sh.
import {spawn} from "node:child_process";
import {fileURLToPath} from "node:url";

export async function main({words: [folder], suite, mirror, node, run}) {
  const script = fileURLToPath(new URL("fresh.sh", import.meta.url));
  const settings = Object.entries({SUITE: suite, MIRROR: mirror, NODE: node}).filter(
    ([, value]) => value !== undefined,
  );
  const env = {...process.env, ...Object.fromEntries(settings)};
  return await new Promise((resolve, reject) => {
    const child = spawn(script, [folder, "sh", "-c", run], {env, stdio: "inherit"});
    child.on("error", reject).on("close", (code) => resolve(code ?? 1));
  });
}
