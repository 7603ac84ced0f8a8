/** Shows the site on loopback, also while it is built. */
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import sirv from "sirv";

const WAIT = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>The site is being built</title><p>The site is being built; this page shows it as soon as it is there.</p></html>`;

/** Check if a header asks for bytes from one place to a later one: sirv throws at others. */
function isRange(header = ""): boolean {
  const [, from, to] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? [];
  return from !== undefined && (to === "" || Number(from) <= Number(to));
}

export interface Shown {
  readonly address: string;
  /** Show the files; until then every page says that the site is being built. */
  ready(): void;
  close(): void;
}

/**
 * Listen on loopback.
 *
 * @param folder folder of the site.
 * @param port 0 for any that is free.
 * @throws Error if the port is in use or not allowed.
 */
export function showSite(folder: string, port: number): Promise<Shown> {
  let isReady = false;
  const answer = sirv(folder, {dev: true});
  const server = createServer((request, response) => {
    if (!isRange(request.headers.range)) delete request.headers.range; // the whole file answers it (RFC 9110, 14.2)
    if (isReady) answer(request, response, () => void response.writeHead(404).end("There is no such page."));
    else response.writeHead(503, {"content-type": "text/html; charset=utf-8", "retry-after": "3"}).end(WAIT);
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
