/**
 * HTTP requests that are tried again where that may help, and say in a sentence what went wrong where it does not.
 */
import {request as requestPlainly, type IncomingHttpHeaders} from "node:http";
import {request as requestSecurely} from "node:https";
import {setTimeout as sleep} from "node:timers/promises";

export interface RetryOptions {
  /** Stops everything. */
  readonly signal?: AbortSignal;
  /** Tries in a row that bring nothing before giving up. */
  readonly tries?: number;
  /** Seconds before the second try; each further one waits twice as long, at most a minute. */
  readonly patience?: number;
  /** Seconds without a byte after which a connection counts as lost. */
  readonly stall?: number;
}

/** A failure that may pass: a lost connection, a server that is busy. */
export class PassingError extends Error {
  override name = "PassingError";

  constructor(
    message: string,
    /** Seconds to wait, where the server says so. */
    readonly after?: number,
  ) {
    super(message);
  }
}

const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Do something again and again until it succeeds, as long as it fails in ways that may pass.
 *
 * @param progress a number that grows while tries bring something; those do not count.
 * @throws Error of the last try, with the number of tries.
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
      if (!(error instanceof PassingError)) throw error;
      if (progress() > best) failures = 1;
      best = Math.max(best, progress());
      if (failures >= tries) throw new Error(`${error.message} (${tries} tries in a row)`, {cause: error});
      const wait = error.after ?? Math.min(60, patience * 2 ** (failures - 1));
      await sleep(1000 * wait, undefined, {signal}).catch(() => signal?.throwIfAborted());
    }
  }
}

/** An answer of a server, whose data may still be on their way. */
export interface Connection {
  readonly status: number;
  /** Status and its name, for sentences. */
  readonly found: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * Hand over the data piece by piece as they come. What came before a connection was lost is handed over too.
   *
   * @throws PassingError if the connection is lost.
   */
  readonly read: (take: (bytes: Buffer) => void) => Promise<void>;
  readonly close: () => void;
}

/** Make one request, that ends when the signal says so or nothing comes for a while. */
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
        : new PassingError(`${url}: the connection was lost (${message || code})`);
    };
    alive();
    request.on("error", (error) => reject(lost(error)));
    request.on("response", (response) => {
      const {statusCode: status = 0, statusMessage, headers: found} = response;
      response.on("error", () => {}); // told to whoever reads
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
 * Make one request, through redirections.
 *
 * @throws PassingError or Error with a sentence, unless the server answers with success or 416 (nothing in this range).
 */
export async function get(url: string, headers: Record<string, string>, options: RetryOptions): Promise<Connection> {
  return (await follow(url, {headers}, options)).connection;
}

/** Follow redirections to an answer; `passed` are the answers on the way. */
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

/** Answers of servers that do not tell about files without sending them. */
const NO_HEAD = new Set([405, 501]);

/** @throws PassingError or Error with a sentence about the server's answer. */
function refuse(url: string, {status, found, headers}: Connection): never {
  if (BUSY.has(status)) throw new PassingError(`${url}: expected the file, found ${found}`, retryAfter(headers));
  const advice =
    status === 404 || status === 410
      ? ": no such file there; the address, the dataset or the name is another"
      : status === 401 || status === 403
        ? ": the server wants a permission"
        : "";
  throw new Error(`${url}: expected the file, found ${found}${advice}`);
}

/** Seconds that a busy server asks for, as a number or a date; no more than ten minutes. */
function retryAfter(headers: IncomingHttpHeaders): number | undefined {
  const text = headers["retry-after"];
  if (!text) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(600, Math.max(0, seconds)) : undefined;
}

/** Get a small answer whole. @throws Error naming the address and what it answered. */
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

/** What a server says about a file before it is fetched. */
export interface Description {
  readonly size?: number;
  readonly sha256?: string;
}

/**
 * Ask for a file's size and checksum without its data; nothing is known of a server that does not tell.
 *
 * Servers that keep large files elsewhere redirect, and only the first answer has the checksum: so all answers on the way
 * count. A plain ETag is no checksum: some are, others are names of versions.
 *
 * @throws Error naming the address and what it answered.
 */
export async function describeFile(url: string, options: RetryOptions): Promise<Description> {
  return persist(options, async () => {
    const {connection, passed} = await follow(url, {method: "HEAD"}, options);
    connection.close();
    if (NO_HEAD.has(connection.status)) return {}; // it will say so when the file is fetched
    const length = connection.headers["content-length"];
    const own = length === undefined ? {} : {size: Number(length)};
    const all = [...passed, connection].reverse().map(({headers}) => checksums(headers));
    return Object.assign({}, own, ...all) as Description;
  });
}

function checksums(headers: IncomingHttpHeaders): Description {
  const text = (name: string): string => String(headers[name] ?? "");
  const size = text("x-linked-size");
  const linked = /^"?([0-9a-f]{64})"?$/.exec(text("x-linked-etag"))?.[1];
  const digest = /sha-256=:?([A-Za-z0-9+/]{43}=)/i.exec(text("repr-digest") || text("digest"))?.[1];
  const sha256 = linked ?? (digest && Buffer.from(digest, "base64").toString("hex"));
  return {...(size ? {size: Number(size)} : {}), ...(sha256 ? {sha256} : {})};
}
