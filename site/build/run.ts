/** Program that builds the site and shows it: npm run lola -- site --help */
import {existsSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {LabError} from "@lola-ts/core";
import {root} from "./library";
import type * as Live from "./live";
import {resultsJson} from "./results-json";
import {showSite} from "./serve";
import {buildSite} from "./site";

const say = (text: string) => void process.stdout.write(`${text}\n`);

interface SiteCommand {
  readonly serve: boolean;
  readonly port: number;
  readonly "no-build": boolean;
  readonly host?: string;
}

export async function main({serve, port, host, "no-build": isBuilt}: SiteCommand): Promise<void> {
  const folder = path.join(root, ".out/site");
  if (isBuilt && !existsSync(path.join(folder, "index.html"))) {
    throw new LabError(
      "usage",
      "--no-build: expected a site in .out/site, found none; leave the option out to build it.",
    );
  }
  const shown = serve ? await showSite(folder, port) : undefined; // a port in use is known before the work
  try {
    if (shown && !isBuilt) say(`${shown.address} shows the site as soon as it is built, in a minute or a few.`);
    if (!isBuilt) {
      // loaded after the address is known: the tensor engine takes seconds
      const {buildLive} = createRequire(__filename)("./live") as typeof Live;
      await buildSite(folder, {
        host: host?.replace(/\/?$/, "/"),
        results: resultsJson(),
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
