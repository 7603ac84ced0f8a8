/**
 * HTTP requests with retries after temporary failures; other failures are reported in one sentence.
 */
import {request as requestPlainly, type IncomingHttpHeaders} from "node:http";
import {request as requestSecurely} from "node:https";
import {finished} from "node:stream";
import {setTimeout as sleep} from "node:timers/promises";
import {having} from "../core/options/array-rules";
import {count, either, infinite, number, optional, type RulesOf} from "../core/options/rules";
import {printable} from "../core/text/printable";

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

/** Rules of the options of requests. */
export const retryRules: RulesOf<RetryOptions> = {
  signal: optional(having("the signal of an AbortController", "aborted")),
  tries: optional(either(count, infinite)),
  patience: optional(number({min: 0})),
  stall: optional(number({above: 0})),
};

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

/** @throws Error for an address of another kind than https and http. */
function requireAddress(url: string): void {
  const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isAddress) throw new Error(`${printable(url)}: expected an address that begins with https:// or http://`);
}

/**
 * Find the address that a server names as the next one, relative to its own.
 *
 * @throws Error unless it is one of https, or of http where the server's own is.
 */
export function nextAddress(from: string, to: string): string {
  const next = URL.canParse(to, from) ? new URL(to, from) : undefined;
  if (next?.protocol === "https:" || (next?.protocol === "http:" && from.startsWith("http:"))) return next.href;
  const expected = from.startsWith("http:") ? "https:// or http://" : "https://";
  throw new Error(`${from}: expected to be led on to an address of ${expected}, found ${printable(to)}`);
}

/** Make one request, which ends when the signal is aborted or no data arrive for `stall` seconds. */
function connect(
  url: string,
  {method = "GET", headers = {}}: RequestInit,
  {signal, stall = 60}: RetryOptions,
): Promise<Connection> {
  signal?.throwIfAborted();
  requireAddress(url);
  return new Promise((resolve, reject) => {
    const start = url.startsWith("https:") ? requestSecurely : requestPlainly;
    const request = start(url, {method, headers: {...headers, "accept-encoding": "identity"}, agent: false});
    const stop = () => request.destroy(signal?.reason as Error);
    signal?.addEventListener("abort", stop);
    let timer: NodeJS.Timeout | undefined;
    let cause: NodeJS.ErrnoException | undefined; // the first one: what follows from it says less
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        cause = new Error(`nothing came for ${stall} s`);
        request.destroy(cause);
      }, 1000 * stall);
    };
    const close = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      request.destroy();
    };
    const lost = (error: NodeJS.ErrnoException): Error => {
      close();
      const {message, code} = (cause ??= error);
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
          if (cause) return failed(lost(cause)); // it came with the headers: the answer is longer than it says
          finished(response, (error) => (error ? failed(lost(error)) : done()));
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
    address = nextAddress(address, headers.location);
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

/** Bytes of a text at most: a page of a listing has less than one of them. */
const MAX_TEXT = 32e6;

/**
 * Get the whole text of a small response.
 *
 * @param max bytes at most. Default: 32 MB.
 * @throws Error naming the address and its status, or the size of a larger one.
 */
export async function getText(
  url: string,
  {max = MAX_TEXT, ...options}: RetryOptions & {readonly max?: number},
): Promise<{text: string; headers: IncomingHttpHeaders}> {
  return persist(options, async () => {
    const {headers, read, close} = await get(url, {}, options);
    const pieces: Buffer[] = [];
    let size = 0;
    try {
      await read((bytes) => {
        if ((size += bytes.length) > max)
          throw new Error(`${url}: expected at most ${max} bytes, the server sends more`);
        pieces.push(bytes);
      });
    } finally {
      close();
    }
    return {text: Buffer.concat(pieces).toString("utf8"), headers};
  });
}

/** Read a number of bytes from a header. @returns undefined if it is none. */
export function byteCount(text: string | undefined): number | undefined {
  const count = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  return Number.isFinite(count) ? count : undefined;
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
    const size = byteCount(connection.headers["content-length"]);
    const own = size === undefined ? {} : {size};
    const all = [...passed, connection].reverse().map(({headers}) => checksums(headers));
    return Object.assign({}, own, ...all) as RemoteMetadata;
  });
}

function checksums(headers: IncomingHttpHeaders): RemoteMetadata {
  const text = (name: string): string => String(headers[name] ?? "");
  const size = byteCount(text("x-linked-size"));
  const linked = /^"?([0-9a-f]{64})"?$/.exec(text("x-linked-etag"))?.[1];
  const digest = /sha-256=:?([A-Za-z0-9+/]{43}=)/i.exec(text("repr-digest") || text("digest"))?.[1];
  const sha256 = linked ?? (digest && Buffer.from(digest, "base64").toString("hex"));
  return {...(size === undefined ? {} : {size}), ...(sha256 ? {sha256} : {})};
}
