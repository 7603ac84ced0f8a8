// Tries commands on a fresh machine: npm run lola -- fresh. What it does is in fresh.sh.
import {spawn} from "node:child_process";
import {once} from "node:events";
import {fileURLToPath} from "node:url";

export async function main({words: [folder], suite = "", mirror = "", node = "", run}) {
  const script = fileURLToPath(new URL("fresh.sh", import.meta.url));
  const env = {...process.env, SUITE: suite, MIRROR: mirror, NODE: node}; // npm has set NODE to its own
  const [code] = await once(spawn(script, [folder, "sh", "-c", run], {env, stdio: "inherit"}), "close");
  return code ?? 1;
}
