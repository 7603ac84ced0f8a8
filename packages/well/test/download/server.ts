/** A local web server for files, that misbehaves as it is told. */
import {createHash} from "node:crypto";
import {createServer, type IncomingMessage, type Server, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import type {System} from "../../../simulators/src/system";

export interface Served {
  readonly url: string;
  /** Requests that came, as "GET /path bytes=5-". */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Answers one request; the number counts the requests of this method for this path, from 0 on. */
export type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** Start a server that answers all requests in one way. */
export async function serve(answer: Answer): Promise<Served> {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const key = `${request.method} ${request.url}`;
    const number = counts.get(key) ?? 0;
    counts.set(key, number + 1);
    requests.push([key, request.headers.range].filter(Boolean).join(" "));
    response.on("error", () => {});
    answer(request, response, number);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Start a hub that lists the files of a system, alike in each split, and answers requests for them in one way.
 *
 * @param contentOf content of a file, by its name; or only its size.
 */
export async function serveHub(
  system: System,
  contentOf: (name: string) => Buffer | number,
  answer: Answer,
): Promise<Served> {
  const served = await serve((request, response, number) => {
    const [, dataset] = /^\/api\/datasets\/well\/([^/]+)\/tree\/main\/data\//.exec(request.url!) ?? [];
    if (!dataset) return answer(request, response, number);
    const entries = system.fileNames(dataset).map((name) => {
      const content = contentOf(name);
      const lfs =
        typeof content === "number"
          ? {oid: "0".repeat(64), size: content}
          : {oid: createHash("sha256").update(content).digest("hex"), size: content.length};
      return {type: "file", path: `data/test/${name}`, size: 130, lfs};
    });
    response.end(JSON.stringify(entries));
  });
  return {...served, url: `${served.url}/datasets/well/{dataset}/resolve/main`};
}

export interface Behaviour {
  /** Break the connection after so many bytes of an answer. */
  readonly cut?: number;
  /** Send whole files whatever range is asked for. */
  readonly ranges?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes that the file is said to have. */
  readonly claim?: number;
  /** Milliseconds between pieces of an answer. */
  readonly slow?: number;
}

/** Answer with a file, in the way that is told. */
export function sendFile(
  {method, headers}: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  {cut, ranges = true, headers: more = {}, claim = content.length, slow}: Behaviour = {},
): void {
  const wanted = ranges && /^bytes=(\d+)-$/.exec(headers.range ?? "");
  const same = !headers["if-range"] || Object.values(more).includes(String(headers["if-range"]));
  const start = wanted && same ? Number(wanted[1]) : 0;
  if (start >= content.length) {
    response.writeHead(416, {"content-range": `bytes */${claim}`}).end();
    return;
  }
  const part = content.subarray(start, start + (cut ?? content.length));
  const range = wanted && same ? {"content-range": `bytes ${start}-${claim - 1}/${claim}`} : undefined;
  response.writeHead(range ? 206 : 200, {"content-length": String(claim - start), ...range, ...more});
  if (method === "HEAD") return void response.end();
  if (slow) return void drip(response, part, slow);
  response.write(part, () => (part.length < claim - start ? setTimeout(() => response.destroy(), 20) : response.end()));
}

function drip(response: ServerResponse, content: Buffer, wait: number): void {
  const size = Math.ceil(content.length / 50);
  const send = (at: number): void => {
    if (response.destroyed) return;
    if (at >= content.length) return void response.end();
    response.write(content.subarray(at, at + size));
    setTimeout(() => send(at + size), wait);
  };
  send(0);
}
