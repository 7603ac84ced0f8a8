/**
 * Resumable download of one large file over several connections, without fetching the same bytes twice.
 *
 * Received bytes are kept in `<file>.part`, and their origin in `<file>.part.json`, so that an interrupted process can
 * resume. The file gets its final name once it has the announced length and checksum and `verify` accepts it.
 */
import {createHash} from "node:crypto";
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statSync,
  writeFileSync,
} from "node:fs";
import {mkdir, readFile, rename, rm} from "node:fs/promises";
import {dirname} from "node:path";
import {explainWriteError, writeAll} from "../core/files";
import {byteCount, get, TemporaryError, persist, type Connection, type RetryOptions} from "./request";

export interface FetchOptions extends RetryOptions {
  /** Expected bytes and SHA-256, if they are known. */
  readonly size?: number;
  readonly sha256?: string;
  /** Bytes at most, where the size is not known. Default: any number. */
  readonly max?: number;
  /** Called with the number of bytes received so far. */
  readonly progress?: (received: number) => void;
  /** Check the complete file before it gets its name; throws if it is invalid. */
  readonly verify?: (path: string) => Promise<void>;
}

/** The file on the server that a partial file belongs to. */
interface Origin {
  readonly url: string;
  readonly size?: number;
  readonly sha256?: string;
  /** Version of the file on the server: its ETag or date. */
  readonly version?: string;
}

/** Count the bytes of a file that are on the disk: of the whole file, or of its part. */
export function present(path: string): number {
  const size = (name: string): number | undefined => statSync(name, {throwIfNoEntry: false})?.size;
  return size(path) ?? size(`${path}.part`) ?? 0;
}

/**
 * Fetch a file, unless it exists already.
 *
 * @returns `true` if anything was fetched.
 * @throws Error naming the address or file, what was expected and what was found; received
 *   bytes are kept, unless they are wrong.
 */
export async function fetchFile(url: string, path: string, options: FetchOptions = {}): Promise<boolean> {
  const found = statSync(path, {throwIfNoEntry: false})?.size;
  if (found !== undefined) {
    if (options.size === undefined || found === options.size) return false;
    throw new Error(`${path}: expected ${options.size} bytes, found ${found}; remove it to fetch it again`);
  }
  try {
    await mkdir(dirname(path), {recursive: true});
    // bytes of an earlier run may be of another version of the file: the second time all of them are new
    if (!(await new Transfer(url, path, options).run())) await new Transfer(url, path, options).run();
    await rename(`${path}.part`, path);
    await rm(`${path}.part.json`, {force: true});
    return true;
  } catch (error) {
    throw explainWriteError(error, path, "what came so far is kept");
  }
}

/** A download in progress. */
class Transfer {
  private readonly part: string;
  private file = -1;
  private source: Origin;
  private hash = createHash("sha256");
  private have = 0;
  /** Largest number of bytes so far: a server that repeats the same bytes makes no progress. */
  private best = 0;

  constructor(
    private readonly url: string,
    private readonly path: string,
    private readonly options: FetchOptions,
  ) {
    this.part = `${path}.part`;
    this.source = {url, size: options.size, sha256: options.sha256};
  }

  /** Fetch the missing bytes. @returns false if those of an earlier run were wrong, and are removed. */
  async run(): Promise<boolean> {
    this.file = openSync(this.part, constants.O_RDWR | constants.O_CREAT);
    let resumed: boolean;
    try {
      resumed = await this.resume();
      await persist(
        this.options,
        () => this.attempt(),
        () => this.best,
      );
      fsyncSync(this.file);
    } finally {
      closeSync(this.file);
    }
    try {
      await this.check();
      return true;
    } catch (error) {
      await rm(this.part, {force: true});
      await rm(`${this.part}.json`, {force: true});
      if (resumed) return false;
      throw error;
    }
  }

  /** Resume from the bytes of an earlier run if they are of the same file. */
  private async resume(): Promise<boolean> {
    const left = parseSource(await readFile(`${this.part}.json`, "utf8").catch(() => "null"));
    const {size = left?.size, sha256 = left?.sha256} = this.options;
    const same = left?.url === this.url && left.size === size && left.sha256 === sha256;
    const there = fstatSync(this.file).size;
    if (!same || there === 0 || there > (size ?? Infinity)) {
      this.reset();
      return false;
    }
    this.source = left;
    for await (const chunk of createReadStream(this.part)) this.hash.update(chunk as Buffer);
    this.received(there);
    return true;
  }

  private reset(): void {
    ftruncateSync(this.file, 0);
    this.hash = createHash("sha256");
    this.have = 0;
    this.source = {url: this.url, size: this.options.size, sha256: this.options.sha256};
  }

  private received(bytes: number): void {
    this.have += bytes;
    this.best = Math.max(this.best, this.have);
    this.options.progress?.(this.have);
  }

  /** Open one connection, which continues where the last one ended. */
  private async attempt(): Promise<void> {
    const {url, options} = this;
    if (this.have > 0 && this.have === this.source.size) return;
    const headers: Record<string, string> = {};
    if (this.have > 0) {
      headers.Range = `bytes=${this.have}-`;
      const {version, sha256} = this.source;
      if (version && !sha256) headers["If-Range"] = version; // a checksum is verified at the end instead
    }
    const connection = await get(url, headers, options);
    try {
      if (connection.status === 416) return this.beyond(connection);
      const total = this.begin(connection);
      await connection.read((bytes) => this.take(bytes));
      if (total !== undefined && this.have < total) {
        throw new TemporaryError(`${url}: expected ${total} bytes, the connection ended after ${this.have}`);
      }
    } finally {
      connection.close();
    }
  }

  /** Check the headers of a response. @returns the announced size of the file. */
  private begin({headers, status}: Connection): number | undefined {
    const {url} = this;
    const encoding = headers["content-encoding"];
    if (encoding && encoding !== "identity") {
      throw new Error(`${url}: expected the file as it is, found it in ${encoding}`);
    }
    let total = byteCount(headers["content-length"]);
    if (status === 206) {
      const [, first, , whole] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
      if (Number(first) !== this.have) {
        const found = headers["content-range"] ?? "no range";
        throw new Error(`${url}: expected bytes from ${this.have} on, found ${found}`);
      }
      total = byteCount(whole);
    } else if (this.have > 0) {
      this.reset(); // the server supports no ranges, or the file has changed
    }
    const expected = this.source.size;
    if (total !== undefined && expected !== undefined && total !== expected) {
      throw new Error(`${url}: expected ${expected} bytes, the server announces ${total}`);
    }
    const {max = Infinity, verify} = this.options;
    if ((total ?? 0) > max) throw new Error(`${url}: expected at most ${max} bytes, the server announces ${total}`);
    const isDelimited = total !== undefined || headers["transfer-encoding"] !== undefined;
    if (!isDelimited && expected === undefined && this.source.sha256 === undefined && !verify) {
      throw new Error(`${url}: expected the length of the file, the server announces none`);
    }
    const version = headers.etag?.startsWith('"') ? headers.etag : headers["last-modified"];
    this.source = {...this.source, size: expected ?? total, version};
    writeFileSync(`${this.part}.json`, JSON.stringify(this.source));
    return this.source.size;
  }

  /** Write a piece at once, so that it is kept if the connection is lost. */
  private take(bytes: Buffer): void {
    const {size} = this.source;
    if (size !== undefined && this.have + bytes.length > size) {
      throw new Error(`${this.url}: expected ${size} bytes, the server sends more`);
    }
    const {max = Infinity} = this.options;
    if (size === undefined && this.have + bytes.length > max) {
      this.reset();
      throw new Error(`${this.url}: expected at most ${max} bytes, the server sends more`);
    }
    writeAll(this.file, bytes, this.have);
    this.hash.update(bytes);
    this.received(bytes.length);
  }

  /** Handle status 416: the server has no bytes after the received ones. */
  private beyond({headers}: Connection): void {
    const [, total] = /^bytes \*\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
    if (Number(total) === this.have && (this.source.size ?? this.have) === this.have) return;
    const {have, source} = this;
    this.reset();
    const expected = source.size === undefined ? `more than ${have}` : String(source.size);
    throw new TemporaryError(`${this.url}: expected ${expected} bytes, the server has ${total ?? have}`);
  }

  /** @throws Error if size, checksum or contents are not as announced. */
  private async check(): Promise<void> {
    const {path, have} = this;
    const {size, sha256} = this.source;
    if (size !== undefined && have !== size) throw new Error(`${path}: expected ${size} bytes, found ${have}`);
    const found = this.hash.digest("hex");
    if (sha256 && found !== sha256) throw new Error(`${path}: expected the SHA-256 ${sha256}, found ${found}`);
    try {
      await this.options.verify?.(this.part);
    } catch (error) {
      throw new Error((error as Error).message.replaceAll(this.part, path), {cause: error});
    }
  }
}

function parseSource(text: string): Origin | undefined {
  try {
    return (JSON.parse(text) as Origin | null) ?? undefined;
  } catch {
    return undefined;
  }
}
