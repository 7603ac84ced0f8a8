/**
 * HTTP requests with retries after temporary failures; other failures are reported in one sentence.
 */
import {request as requestPlainly, type IncomingHttpHeaders} from "node:http";
import {request as requestSecurely} from "node:https";
import {setTimeout as sleep} from "node:timers/promises";

export interface RetryOptions {
  /** Aborts requests and waiting. */
  readonly signal?: AbortSignal;
  /** Consecutive tries without progress before giving up. Default: 8. */
  readonly tries?: number;
  /** Seconds before the second try; the wait doubles up to a minute. Default: 1. */
  readonly patience?: number;
  /** Seconds without a byte after which a connection counts as lost. Default: 60. */
  readonly stall?: number;
}

/** A temporary failure: a lost connection, a busy server. */
export class TemporaryError extends Error {
  override name = "TemporaryError";

  constructor(
    message: string,
    /** Seconds to wait, if the server announces them. */
    readonly after?: number,
  ) {
    super(message);
  }
}

const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Repeat `attempt` until it succeeds, as long as its failures are temporary.
 *
 * @param progress a number that grows with progress; a try that made some does not count as a failure.
 * @throws Error of the last try, with the number of tries; the signal's reason if it is aborted.
 */
export async function persist<T>(
  {signal, tries = 8, patience = 1}: RetryOptions,
  attempt: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  let best = progress();
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TemporaryError)) throw error;
      if (progress() > best) failures = 1;
      best = Math.max(best, progress());
      if (failures >= tries) throw new Error(`${error.message} (${tries} tries in a row)`, {cause: error});
      const wait = error.after ?? Math.min(60, patience * 2 ** (failures - 1));
      await sleep(1000 * wait, undefined, {signal}).catch(() => signal?.throwIfAborted());
    }
  }
}

/** Response of a server; its data may still be arriving. */
export interface Connection {
  readonly status: number;
  /** Status and its name, for sentences. */
  readonly found: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * Pass the data to `take` piece by piece as they arrive, including those received before a connection is lost.
   *
   * @throws TemporaryError if the connection is lost.
   */
  readonly read: (take: (bytes: Buffer) => void) => Promise<void>;
  readonly close: () => void;
}

/** Make one request, which ends when the signal is aborted or no data arrive for `stall` seconds. */
function connect(
  url: string,
  {method = "GET", headers = {}}: RequestInit,
  {signal, stall = 60}: RetryOptions,
): Promise<Connection> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const start = url.startsWith("https:") ? requestSecurely : requestPlainly;
    const request = start(url, {method, headers: {...headers, "accept-encoding": "identity"}, agent: false});
    const stop = () => request.destroy(signal?.reason as Error);
    signal?.addEventListener("abort", stop);
    let timer: NodeJS.Timeout | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.destroy(new Error(`nothing came for ${stall} s`)), 1000 * stall);
    };
    const close = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      request.destroy();
    };
    const lost = ({message, code}: NodeJS.ErrnoException): Error => {
      close();
      return signal?.aborted
        ? (signal.reason as Error)
        : new TemporaryError(`${url}: the connection was lost (${message || code})`);
    };
    alive();
    request.on("error", (error) => reject(lost(error)));
    request.on("response", (response) => {
      const {statusCode: status = 0, statusMessage, headers: found} = response;
      response.on("error", () => {}); // reported by `read`; avoids an unhandled event if nobody reads
      const read = (take: (bytes: Buffer) => void) =>
        new Promise<void>((done, failed) => {
          response.on("end", done);
          response.on("error", (error) => failed(lost(error)));
          response.on("close", () => failed(lost(new Error("it was closed"))));
          response.on("data", (bytes: Buffer) => {
            alive();
            try {
              take(bytes);
            } catch (error) {
              failed(error as Error);
              close();
            }
          });
        });
      resolve({status, found: `${status} ${statusMessage ?? ""}`.trim(), headers: found, read, close});
    });
    request.end();
  });
}

/**
 * Make one GET request and follow redirections.
 *
 * @throws TemporaryError or Error, unless the status is success or 416 (range not satisfiable).
 */
export async function get(url: string, headers: Record<string, string>, options: RetryOptions): Promise<Connection> {
  return (await follow(url, {headers}, options)).connection;
}

/** Follow redirections to the final response; `passed` are the responses on the way. */
async function follow(url: string, init: RequestInit, options: RetryOptions) {
  const passed: Connection[] = [];
  let address = url;
  while (passed.length <= 5) {
    const connection = await connect(address, init, options);
    const {status, headers} = connection;
    if (status < 300 || status >= 400 || !headers.location) {
      if (status >= 400 && status !== 416 && !(init.method === "HEAD" && NO_HEAD.has(status))) {
        connection.close();
        refuse(address, connection);
      }
      return {connection, passed};
    }
    connection.close();
    passed.push(connection);
    address = new URL(headers.location, address).href;
  }
  throw new Error(`${url}: expected the file, found more than 5 redirections`);
}

interface RequestInit {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
}

/** Statuses of servers that do not support HEAD requests. */
const NO_HEAD = new Set([405, 501]);

/** @throws TemporaryError or Error, with a sentence about the status. */
function refuse(url: string, {status, found, headers}: Connection): never {
  if (BUSY.has(status)) throw new TemporaryError(`${url}: expected the file, found ${found}`, retryAfter(headers));
  const advice =
    status === 404 || status === 410
      ? ": no such file there; the address, the dataset or the name is another"
      : status === 401 || status === 403
        ? ": the server wants a permission"
        : "";
  throw new Error(`${url}: expected the file, found ${found}${advice}`);
}

/** Seconds that a busy server asks to wait, given as a number or a date; at most ten minutes. */
function retryAfter(headers: IncomingHttpHeaders): number | undefined {
  const text = headers["retry-after"];
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(600, Math.max(0, seconds)) : undefined;
}

/** Get the whole text of a small response. @throws Error naming the address and its status. */
export async function getText(
  url: string,
  options: RetryOptions,
): Promise<{text: string; headers: IncomingHttpHeaders}> {
  return persist(options, async () => {
    const {headers, read, close} = await get(url, {}, options);
    const pieces: Buffer[] = [];
    await read((bytes) => void pieces.push(bytes));
    close();
    return {text: Buffer.concat(pieces).toString("utf8"), headers};
  });
}

/** Size and checksum of a remote file, as far as its server announces them. */
export interface RemoteMetadata {
  readonly size?: number;
  readonly sha256?: string;
}

/**
 * Request a file's size and checksum without its data; empty if the server does not support that.
 *
 * Servers that keep large files elsewhere redirect, and only the first answer has the checksum: so all responses on
 * the way count. A plain ETag is not used: some are checksums, others names of versions.
 *
 * @throws Error naming the address and its status.
 */
export async function describeFile(url: string, options: RetryOptions): Promise<RemoteMetadata> {
  return persist(options, async () => {
    const {connection, passed} = await follow(url, {method: "HEAD"}, options);
    connection.close();
    if (NO_HEAD.has(connection.status)) return {}; // its GET request announces the size
    const length = connection.headers["content-length"];
    const own = length === undefined ? {} : {size: Number(length)};
    const all = [...passed, connection].reverse().map(({headers}) => checksums(headers));
    return Object.assign({}, own, ...all) as RemoteMetadata;
  });
}

function checksums(headers: IncomingHttpHeaders): RemoteMetadata {
  const text = (name: string): string => String(headers[name] ?? "");
  const size = text("x-linked-size");
  const linked = /^"?([0-9a-f]{64})"?$/.exec(text("x-linked-etag"))?.[1];
  const digest = /sha-256=:?([A-Za-z0-9+/]{43}=)/i.exec(text("repr-digest") || text("digest"))?.[1];
  const sha256 = linked ?? (digest && Buffer.from(digest, "base64").toString("hex"));
  return {...(size ? {size: Number(size)} : {}), ...(sha256 ? {sha256} : {})};
}
