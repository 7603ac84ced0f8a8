/** Shows the site on loopback, also while it is built. */
import {createReadStream, existsSync, statSync} from "node:fs";
import {createServer, type Server, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import path from "node:path";

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

const WAIT = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>The site is being built</title><p>The site is being built; this page shows it as soon as it is there.</p></html>`;

export interface Shown {
  readonly address: string;
  /** Show the files; until then every page says that the site is being built. */
  ready(): void;
  close(): void;
}

/** Find the file of an address inside a folder; undefined if there is none, or the address makes no sense. */
function fileOf(folder: string, address: string): string | undefined {
  let asked: string;
  try {
    asked = path.join(folder, decodeURIComponent(address.replace(/[?#].*/, "")));
  } catch {
    return undefined; // a broken escape sequence
  }
  if (asked.includes("\0") || !`${asked}${path.sep}`.startsWith(folder + path.sep)) return undefined;
  const file = existsSync(asked) && statSync(asked).isDirectory() ? path.join(asked, "index.html") : asked;
  return existsSync(file) ? file : undefined;
}

function answer(folder: string, address: string, response: ServerResponse): void {
  const file = fileOf(folder, address);
  if (!file) return void response.writeHead(404).end("There is no such page.");
  response.writeHead(200, {"content-type": TYPES[path.extname(file)] ?? "application/octet-stream"});
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}

/**
 * Listen on loopback.
 *
 * @param folder folder of the site.
 * @param port 0 for any that is free.
 * @throws Error in a sentence if the port is in use or not allowed.
 */
export function showSite(folder: string, port: number): Promise<Shown> {
  let isReady = false;
  const server: Server = createServer((request, response) => {
    if (isReady) answer(folder, request.url ?? "/", response);
    else response.writeHead(503, {"content-type": TYPES[".html"], "retry-after": "3"}).end(WAIT);
  });
  return new Promise((resolve, reject) => {
    server.once("error", ({code, message}: NodeJS.ErrnoException) => {
      const reason = code === "EADDRINUSE" ? "another program uses it" : message;
      reject(new Error(`The site cannot be shown at port ${port}: ${reason}; choose another by --port.`));
    });
    server.listen(port, "127.0.0.1", () =>
      resolve({
        address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        ready: () => void (isReady = true),
        close: () => void server.close(),
      }),
    );
  });
}
