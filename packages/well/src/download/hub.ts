/**
 * Files of The Well on a Hugging Face hub: their list, which `@huggingface/hub` reads, and their transfer.
 *
 * The hub's library cannot keep the bytes of a broken download, so the transfer is our own. Received bytes are kept in
 * `<file>.part`, which one process at a time writes: others wait at its lock, and take over if it ends early. A file gets its
 * name once it has the listed length and SHA-256 and `verify` accepts it. Requests go through the proxy that HTTP_PROXY,
 * HTTPS_PROXY and NO_PROXY name.
 */
import {createHash} from "node:crypto";
import {closeSync, constants, createReadStream, fstatSync, fsyncSync, ftruncateSync, openSync, statSync} from "node:fs";
import {mkdir, rename, rm} from "node:fs/promises";
import {STATUS_CODES} from "node:http";
import {dirname} from "node:path";
import type {Readable} from "node:stream";
import {pipeline} from "node:stream/promises";
import {setTimeout as sleep} from "node:timers/promises";
import type {Dispatcher, request} from "undici";
import {
  isPlainObject,
  explainWriteError,
  Lock,
  waitFor,
  writeAll,
  having,
  count,
  either,
  infinite,
  number,
  optional,
  type RulesOf,
  printable,
} from "@lola-ts/core";

export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Consecutive tries without progress before giving up. Default: 8. */
  readonly tries?: number;
  /** Seconds before the second try; the wait doubles up to a minute. Default: 1. */
  readonly patience?: number;
  /** Seconds without a byte after which a connection counts as lost. Default: 60. */
  readonly stall?: number;
}

export const retryRules: RulesOf<RetryOptions> = {
  signal: optional(having("the signal of an AbortController", "aborted")),
  tries: optional(either(count, infinite)),
  patience: optional(number({min: 0})),
  stall: optional(number({above: 0})),
};

export interface ListedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/**
 * List the HDF5 files in a folder of a dataset.
 *
 * @param base address of the dataset's files, `<hub>/datasets/<owner>/<dataset>/resolve/<revision>`.
 */
export async function listFolder(base: string, folder: string, options: RetryOptions): Promise<ListedFile[]> {
  const parts = /^(https?:\/\/[^/]+)\/datasets\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/?$/.exec(base);
  if (!parts) throw new Error(`${base}: expected <hub>/datasets/<owner>/<dataset>/resolve/<revision>`);
  const [, hubUrl, name, revision] = parts;
  const pages = new Set<string>();
  const fetchPage = async (input: string | URL | Request): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    if (pages.has(url)) throw new Error(`${url}: expected each page of files once, found it again`);
    if (pages.add(url).size > 1000) throw new Error(`${url}: expected at most 1000 pages of files, found more`);
    const {text, headers} = await getText(url, options);
    parsePage(url, text);
    const next = /<([^>]+)>;\s*rel="next"/.exec(String(headers.link ?? ""))?.[1];
    return new Response(text, {headers: next ? {link: `<${nextAddress(url, next)}>; rel="next"`} : {}});
  };
  const {listFiles} = await import("@huggingface/hub");
  const entries: unknown[] = [];
  const repo = {type: "dataset", name} as const;
  for await (const entry of listFiles({repo, revision, hubUrl, path: folder, fetch: fetchPage})) entries.push(entry);
  return readEntries(base, entries);
}

/** Parse a page of a listing. @throws Error naming the address if it is no list. */
export function parsePage(url: string, text: string): unknown[] {
  try {
    const entries = JSON.parse(text) as unknown;
    if (Array.isArray(entries)) return entries;
  } catch {
    // a page of HTML, for example
  }
  const beginning = printable(text.slice(0, 40).replaceAll(/\s+/g, " "));
  throw new Error(`${url}: expected a list of files, found "${beginning}"`);
}

/** Read a hub's list of files: those in HDF5, with their sizes and checksums, by name. */
export function readEntries(url: string, entries: readonly unknown[]): ListedFile[] {
  const files = new Map<string, ListedFile>();
  const fail = (expected: string, value: unknown): never => {
    throw new Error(`${url}: expected ${expected}, found ${printable(JSON.stringify(value) ?? "none", 60)}`);
  };
  for (const entry of entries) {
    if (!isPlainObject(entry)) return fail("a list of files", entry);
    const {type, path, lfs} = entry;
    if (type !== "file" || typeof path !== "string" || !/\.(h5|hdf5)$/.test(path)) continue;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name !== printable(name) || name.includes("\\")) return fail("names of files", name);
    if (files.has(name)) return fail("each file once", name);
    const {size = entry.size, oid}: Record<string, unknown> = isPlainObject(lfs) ? lfs : {};
    if (!Number.isSafeInteger(size) || (size as number) < 0) return fail(`the bytes of ${name}`, size);
    if (!(typeof oid === "string" && /^[0-9a-f]{64}$/.test(oid))) return fail(`the SHA-256 of ${name}`, oid);
    files.set(name, {name, size: size as number, sha256: oid});
  }
  return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface FetchOptions extends RetryOptions {
  readonly size: number;
  readonly sha256: string;
  /** Called with the number of bytes received so far. */
  readonly progress?: (received: number) => void;
  /** Check the complete file before it gets its name; throws if it is invalid. */
  readonly verify?: (path: string) => Promise<void>;
}

/** Count the bytes of a file that are on the disk: of the whole file, or of its part. */
export const present = (path: string): number => bytesOf(path) ?? bytesOf(`${path}.part`) ?? 0;

const bytesOf = (path: string): number | undefined => statSync(path, {throwIfNoEntry: false})?.size;

/** Tell if a file has its name already. @throws Error if it has another length. */
function isWhole(path: string, size: number): boolean {
  const existing = bytesOf(path);
  if (existing === undefined || existing === size) return existing === size;
  throw new Error(`${path}: expected ${size} bytes, found ${existing}; remove it to fetch it again`);
}

/**
 * Fetch a file over as many connections as it takes, unless it exists already; wait while another process fetches it.
 *
 * @returns `true` if anything was fetched.
 */
export async function fetchFile(url: string, path: string, options: FetchOptions): Promise<boolean> {
  const {size, progress, signal} = options;
  if (isWhole(path, size)) return false;
  const part = `${path}.part`;
  let lock: Lock | undefined;
  try {
    await mkdir(dirname(path), {recursive: true});
    lock = await waitFor(
      () => Lock.take(`${part}.lock`),
      `${part}.lock`,
      () => progress?.(present(path)),
      signal,
    );
    if (isWhole(path, size)) return false;
    // Bytes of an earlier run may be of another version of the file: the second time all of them are new.
    for (let isResumed = bytesOf(part) !== undefined; ; isResumed = false) {
      await fetchRest(url, part, options);
      try {
        await check(part, path, options);
        break;
      } catch (error) {
        options.signal?.throwIfAborted();
        await rm(part, {force: true});
        if (!isResumed) throw error;
      }
    }
    await rename(part, path);
    return true;
  } catch (error) {
    throw explainWriteError(error, path, "what came so far is kept");
  } finally {
    lock?.release();
  }
}

/** Append the missing bytes to a partial file, over as many connections as it takes. */
async function fetchRest(url: string, part: string, options: FetchOptions): Promise<void> {
  const {size, progress} = options;
  const file = openSync(part, constants.O_RDWR | constants.O_CREAT);
  let have = fstatSync(file).size;
  let best = 0; // a server that repeats the same bytes makes no progress
  const take = (bytes: Buffer): void => {
    if (have + bytes.length > size) throw new Error(`${url}: expected ${size} bytes, the server sends more`);
    writeAll(file, bytes, have);
    have += bytes.length;
    best = Math.max(best, have);
    progress?.(have);
  };
  const attempt = async (): Promise<void> => {
    if (have === size) return;
    const {body, statusCode, headers} = await open(url, options, have > 0 ? {range: `bytes=${have}-`} : {});
    try {
      const {"content-encoding": encoding = "identity", "content-range": range = "no range"} = headers;
      if (encoding !== "identity")
        throw new Error(`${url}: expected the file as it is, found it in ${String(encoding)}`);
      const [, first, total = headers["content-length"]] = /^bytes (\d+)-\d+\/(\d+)$/.exec(String(range)) ?? [];
      if (statusCode === 206 && Number(first) !== have) {
        throw new Error(`${url}: expected bytes from ${have} on, found ${String(range)}`);
      }
      if (statusCode !== 206) ftruncateSync(file, (have = 0)); // the server supports no ranges
      if (total !== undefined && Number(total) !== size) {
        throw new Error(`${url}: expected ${size} bytes, the server announces ${String(total)}`);
      }
      await receive(url, body, options, take);
      if (have < size) throw new TemporaryError(`${url}: expected ${size} bytes, the connection ended after ${have}`);
    } finally {
      body.on("error", () => {}).destroy();
    }
  };
  try {
    if (have > size) ftruncateSync(file, (have = 0));
    progress?.((best = have));
    await persist(options, attempt, () => best);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws Error if checksum or contents of a partial file are not as expected. */
async function check(part: string, path: string, {sha256, signal, verify}: FetchOptions): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(part), hash, {signal});
  const digest = hash.digest("hex");
  if (digest !== sha256) throw new Error(`${path}: expected the SHA-256 ${sha256}, found ${digest}`);
  await verify?.(part).catch((error: Error) => {
    throw new Error(error.message.replaceAll(part, path), {cause: error});
  });
}

/**
 * Get the whole text of a small response.
 *
 * @param max bytes at most. Default: 32 MB, more than a page of a listing has.
 */
export function getText(url: string, {max = 32e6, ...options}: RetryOptions & {readonly max?: number}) {
  return persist(options, async () => {
    const {body, headers} = await open(url, options);
    const pieces: Buffer[] = [];
    let size = 0;
    await receive(url, body, options, (bytes) => {
      if ((size += bytes.length) > max) throw new Error(`${url}: expected at most ${max} bytes, the server sends more`);
      pieces.push(bytes);
    });
    return {text: Buffer.concat(pieces).toString("utf8"), headers};
  });
}

/** A temporary failure: a lost connection, or a busy server with the seconds that it asks to wait. */
export class TemporaryError extends Error {
  constructor(
    message: string,
    readonly after?: number,
  ) {
    super(message);
  }
}

/**
 * Repeat `attempt` until it succeeds, as long as its failures are temporary.
 *
 * @param progress a number that grows with progress; a try that made some does not count as a failure.
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

const PROXIES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

/** The HTTP library, loaded for the first request only. */
const loadClient = () =>
  (client ??= import("undici").then(({Agent, EnvHttpProxyAgent, request}) => [
    request,
    PROXIES.some((name) => process.env[name]) ? new EnvHttpProxyAgent() : new Agent(),
  ]));
let client: Promise<[request: typeof request, dispatcher: Dispatcher]> | undefined;

/** Make a request and follow at most five redirections. */
async function open(url: string, options: RetryOptions, headers: Record<string, string> = {}) {
  const {signal, stall = 60} = options;
  const [request, dispatcher] = await loadClient();
  const timeouts = {headersTimeout: 1000 * stall, bodyTimeout: 1000 * stall};
  const settings = {headers: {"accept-encoding": "identity", ...headers}, dispatcher, signal, ...timeouts};
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw new Error(`${printable(url)}: expected an address that begins with https:// or http://`);
  }
  let address = url;
  for (let redirections = 0; redirections <= 5; redirections++) {
    const answer = await request(address, settings).catch((error: unknown) => {
      throw lost(address, error, options);
    });
    const {statusCode: status, headers: {location, "retry-after": after}, body} = answer; // prettier-ignore
    if (status < 300) return answer;
    body.on("error", () => {}).destroy();
    if (status >= 400 || location === undefined) {
      const message = `${address}: expected the file, found ${status} ${STATUS_CODES[status] ?? ""}`.trim();
      if ([408, 425, 429, 500, 502, 503, 504].includes(status)) throw new TemporaryError(message, secondsOf(after));
      throw new Error(`${message}${ADVICE[status] ?? ""}`);
    }
    address = nextAddress(address, String(location));
  }
  throw new Error(`${url}: expected the file, found more than 5 redirections`);
}

const ADVICE: Readonly<Record<number, string>> = {
  401: ": the server wants a permission",
  403: ": the server wants a permission",
  404: ": no such file there; the address, the dataset or the name is another",
  410: ": no such file there; the address, the dataset or the name is another",
};

/** Seconds that a busy server asks to wait, given as a number or a date; at most ten minutes. */
function secondsOf(after: unknown): number | undefined {
  const seconds = /^\d+$/.test(String(after)) ? Number(after) : (Date.parse(String(after)) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(600, Math.max(0, seconds)) : undefined;
}

/** Find the address that a server names as the next one, relative to its own. */
export function nextAddress(from: string, to: string): string {
  const next = URL.canParse(to, from) ? new URL(to, from) : undefined;
  if (next?.protocol === "https:" || (next?.protocol === "http:" && from.startsWith("http:"))) return next.href;
  const expected = from.startsWith("http:") ? "https:// or http://" : "https://";
  throw new Error(`${from}: expected to be led on to an address of ${expected}, found ${printable(to)}`);
}

/** Pass data to `take`, piece by piece as they arrive. @throws TemporaryError if the connection is lost. */
async function receive(
  url: string,
  body: Readable,
  options: RetryOptions,
  take: (bytes: Buffer) => void,
): Promise<void> {
  let refusal: Error | undefined;
  try {
    for await (const bytes of body as AsyncIterable<Buffer>) {
      try {
        take(bytes);
      } catch (error) {
        refusal = error as Error;
        throw refusal;
      }
    }
  } catch (error) {
    throw refusal ?? lost(url, error, options);
  }
}

/** The error of a request or of its data: temporary, unless it was aborted. */
function lost(url: string, error: unknown, {signal, stall = 60}: RetryOptions): Error {
  const {message, code = ""} = error as NodeJS.ErrnoException;
  const reason = /TIMEOUT/.test(code) ? `nothing came for ${stall} s` : message || code;
  return signal?.aborted ? (signal.reason as Error) : new TemporaryError(`${url}: the connection was lost (${reason})`);
}
