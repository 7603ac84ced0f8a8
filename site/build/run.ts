/**
 * Program that builds the site: npm run site
 *
 * With --serve it shows the site on loopback, with --port at a port of choice.
 */
import {createReadStream, existsSync, statSync} from "node:fs";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import path from "node:path";
import {parseArgs} from "node:util";
import {root} from "./library";
import {buildSite} from "./site";

const HELP = `Builds the site of notebooks, docs, API reference and live page in .out/site, without a network.

npm run site                          build
npm run site -- --serve               build, then show it at http://127.0.0.1:8899
npm run site -- --serve --port 4000   at another port
npm run site -- --serve --no-build    show what was built before
`;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".png": "image/png",
  ".gif": "image/gif",
  ".jpeg": "image/jpeg",
  ".csv": "text/csv",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};

/** Show a folder on loopback. */
function serve(folder: string, port: number): void {
  const server = createServer((request, response) => {
    const {pathname} = new URL(request.url ?? "/", "http://localhost");
    const asked = path.normalize(path.join(folder, decodeURIComponent(pathname)));
    const file = existsSync(asked) && statSync(asked).isDirectory() ? path.join(asked, "index.html") : asked;
    if (!(file.startsWith(folder + path.sep) && existsSync(file))) {
      response.writeHead(404).end("There is no such page.");
      return;
    }
    response.writeHead(200, {"content-type": TYPES[path.extname(file)] ?? "application/octet-stream"});
    createReadStream(file).pipe(response);
  });
  server.on("error", (error) => fail(new Error(`The site cannot be shown at port ${port}: ${error.message}.`)));
  server.listen(port, "127.0.0.1", () =>
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ (stop it with Ctrl-C)\n`),
  );
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const {values} = parseArgs({
    options: {
      serve: {type: "boolean", default: false},
      "no-build": {type: "boolean", default: false},
      port: {type: "string", default: "8899"},
      help: {type: "boolean", default: false},
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
    throw new Error(`--port: expected a whole number from 0 to 65535, found ${values.port}.`);
  }
  const folder = path.join(root, ".out/site");
  if (!values["no-build"]) {
    await buildSite(folder);
    process.stdout.write(`.out/site/index.html: the site is built\n`);
  }
  if (values.serve) serve(folder, port);
}

run().catch(fail);
