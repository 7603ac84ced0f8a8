/**
 * Program that builds the site: npm run site
 *
 * With --serve it shows the site on loopback, with --port at a port of choice.
 */
import {existsSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {exitCodeOf, readWords, UsageError} from "../../lib/lab/sweep/command-words";
import {root} from "./library";
import type * as Live from "./live";
import {showSite} from "./serve";
import {buildSite} from "./site";

const HELP = `Builds the site of notebooks, docs, API reference and live page in .out/site,
without a network.

npm run site                          build
npm run site -- --serve               build and show it at http://127.0.0.1:8899
npm run site -- --serve --port 4000   at another port
npm run site -- --serve --no-build    show what was built before
`;

const OPTIONS = {
  serve: {type: "boolean", default: false},
  "no-build": {type: "boolean", default: false},
  port: {type: "string", default: "8899"},
  help: {type: "boolean", default: false},
} as const;

const say = (text: string) => void process.stdout.write(`${text}\n`);

function readOptions(): {serve: boolean; isBuilt: boolean; port: number} | undefined {
  const values = readWords(process.argv.slice(2), OPTIONS);
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!(/^\d+$/.test(values.port) && port < 65536)) {
    throw new UsageError(`--port: expected a whole number from 0 to 65535, found ${values.port}.`);
  }
  return {serve: values.serve, isBuilt: values["no-build"], port};
}

async function run(): Promise<void> {
  const options = readOptions();
  if (!options) return say(HELP.trimEnd());
  const {serve, isBuilt, port} = options;
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
  process.exitCode = exitCodeOf(error);
});
