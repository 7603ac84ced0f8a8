/**
 * Program that builds the site and shows it: npm run site -- --help
 */
import {existsSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {readCommandLine, UsageError} from "../../lib/core/options/command-line";
import {root} from "./library";
import type * as Live from "./live";
import {showSite} from "./serve";
import {buildSite} from "./site";

const say = (text: string) => void process.stdout.write(`${text}\n`);

function readOptions(): {serve: boolean; isBuilt: boolean; port: number} {
  const {values} = readCommandLine<{serve: boolean; "no-build": boolean; port: string}>("site");
  const port = Number(values.port);
  if (!(/^\d+$/.test(values.port) && port < 65536)) {
    throw new UsageError(`--port: expected a whole number from 0 to 65535, found ${values.port}.`);
  }
  return {serve: values.serve, isBuilt: values["no-build"], port};
}

async function run(): Promise<void> {
  const {serve, isBuilt, port} = readOptions();
  const folder = path.join(root, ".out/site");
  if (isBuilt && !existsSync(path.join(folder, "index.html"))) {
    throw new UsageError("--no-build: expected a site in .out/site, found none; leave the option out to build it.");
  }
  const shown = serve ? await showSite(folder, port) : undefined; // a port in use is known before the work
  try {
    if (shown && !isBuilt) say(`${shown.address} shows the site as soon as it is built, in a minute or a few.`);
    if (!isBuilt) {
      // loaded after the address is known: the tensor engine takes seconds
      const {buildLive} = createRequire(__filename)("./live") as typeof Live;
      await buildSite(folder, {
        live: (to) => buildLive(to, (system) => say(`Live page: ${system} …`)),
        onPart: say,
      });
      say(".out/site/index.html: the site is built.");
    }
    shown?.ready();
    if (shown) say(`${shown.address} shows the site; stop it with Ctrl-C.`);
  } catch (error) {
    shown?.close();
    throw error;
  }
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
