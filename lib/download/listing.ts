/**
 * List The Well's remote files: names, addresses, sizes and checksums.
 *
 * A base address holds a dataset's folder, with its files below `data/<split>`. The datasets' public home has one
 * repository per dataset and lists its files with sizes and checksums; other servers are asked for the files by the names
 * that they have in The Well.
 */
import {SPLITS, type Split} from "../core/fields";
import {isPlainObject} from "../core/check";
import {parseJson} from "../core/json";
import {either, list, oneOf, optional, text, where, whole, type RulesOf} from "../core/options/rules";
import {printable} from "../core/text/printable";
import {describeFile, getText, nextAddress, retryRules, type RetryOptions} from "./request";
import {systemOf, type SystemName} from "../systems/registry";

/** The datasets' public home; `{dataset}` stands for the name of a dataset. */
export const WELL_URL = "https://huggingface.co/datasets/polymathic-ai/{dataset}/resolve/main";

/** A file of a dataset on a server. */
export interface RemoteFile {
  readonly dataset: string;
  readonly split: Split;
  readonly name: string;
  readonly url: string;
  /** Bytes; undefined if the server does not announce them. */
  readonly size?: number;
  /** Checksum; undefined if the server does not announce it. */
  readonly sha256?: string;
}

/** Address of a file below a dataset's folder, e.g. `stats.yaml`. A base without `{dataset}` holds all datasets. */
export function fileUrl(base: string, dataset: string, path: string): string {
  const folder = base.includes("{dataset}") ? base.replaceAll("{dataset}", dataset) : `${trimmed(base)}/${dataset}`;
  return `${trimmed(folder)}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

const trimmed = (url: string): string => url.replace(/\/+$/, "");

export interface ListOptions extends RetryOptions {
  /** Base address; see {@link WELL_URL}. */
  readonly url?: string;
  readonly system: SystemName;
  readonly splits: readonly Split[];
  /**
   * Files of each dataset and split: the given number of first ones, or those whose name contains one of the texts.
   * Default: all.
   */
  readonly files?: number | readonly string[];
}

/** Accepts addresses. */
export const addressRule = where(text, "an address that begins with https:// or http://", (url: string) =>
  /^https?:\/\//i.test(url),
);

/** Rules of the options of a list; the system is looked up by its name. */
export const listRules: RulesOf<ListOptions> = {
  ...retryRules,
  url: optional(addressRule),
  system: text,
  splits: list(oneOf(SPLITS), {empty: true}),
  files: optional(either(whole({min: 0}), list(text, {empty: true}))),
};

/**
 * List the files of a system's datasets.
 *
 * @throws RangeError if The Well does not hold the system, or if no file has one of the names, listing those that there are.
 * @throws Error naming the address that does not answer.
 */
export async function listRemote({
  url = WELL_URL,
  system,
  splits,
  files,
  ...retry
}: ListOptions): Promise<RemoteFile[]> {
  const facts = systemOf(system);
  if (!facts.well) throw new RangeError(`system: expected a system of The Well, found "${system}"`);
  const out: RemoteFile[] = [];
  for (const dataset of facts.folders) {
    for (const split of splits) {
      const listed = await listHub(url, dataset, split, retry);
      const known =
        listed ??
        facts
          .fileNames(dataset)
          .sort()
          .map((name) => ({name}));
      const chosen = choose(known, files);
      for (const file of chosen)
        out.push({dataset, split, url: fileUrl(url, dataset, `data/${split}/${file.name}`), ...file});
      if (chosen.length === 0 && Array.isArray(files)) {
        const names = known.map(({name}) => name).join(", ");
        throw new RangeError(`files: expected part of a name among ${names}, found "${files.join('", "')}"`);
      }
    }
  }
  for (const [i, file] of out.entries()) {
    if (file.size === undefined) out[i] = {...file, ...(await describeFile(file.url, retry))};
  }
  return out;
}

function choose<T extends {name: string}>(known: readonly T[], files?: number | readonly string[]): readonly T[] {
  if (files === undefined) return known;
  if (typeof files === "number") return known.slice(0, files);
  return known.filter(({name}) => files.some((text) => name.includes(text)));
}

/** A file in a listing. */
export interface Listed {
  name: string;
  size: number;
  sha256?: string;
}

/** Pages of a listing at most; a page has up to a thousand files. */
const MAX_PAGES = 1000;

/** Ask a hub for the files of a folder, page by page; undefined if the address is not that of a hub. */
async function listHub(
  base: string,
  dataset: string,
  split: Split,
  retry: RetryOptions,
): Promise<Listed[] | undefined> {
  const hub = /^(https?:\/\/[^/]+)\/(datasets\/.+)\/resolve\/([^/]+)\/data\//.exec(fileUrl(base, dataset, "data/"));
  if (!hub) return undefined;
  const [, origin, repository, revision] = hub;
  const found: Listed[] = [];
  const seen = new Set<string>();
  let page: string | undefined = `${origin}/api/${repository}/tree/${revision}/data/${split}`;
  while (page) {
    if (seen.size === MAX_PAGES) throw new Error(`${page}: expected at most ${MAX_PAGES} pages of files, found more`);
    if (seen.has(page)) throw new Error(`${page}: expected each page of files once, found it again`);
    seen.add(page);
    const {text, headers} = await getText(page, retry);
    found.push(...parseListing(page, text));
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(String(headers.link ?? ""))?.[1];
    page = next && nextAddress(page, next);
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Read a hub's list of files: those in HDF5, with their sizes and checksums.
 *
 * @throws Error naming the address if it is no list of files, a size or checksum is none, or a name is there twice.
 */
export function parseListing(url: string, text: string): Listed[] {
  const fail = (expected: string, found: unknown): never => {
    throw new Error(`${url}: expected ${expected}, found ${printable(JSON.stringify(found) ?? "none", 60)}`);
  };
  const found = new Map<string, Listed>();
  for (const entry of parseList(url, text)) {
    if (!isPlainObject(entry)) return fail("a list of files", entry);
    const {type, path, lfs} = entry;
    if (type !== "file" || typeof path !== "string" || !/\.(h5|hdf5)$/.test(path)) continue;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name !== printable(name) || name.includes("\\")) return fail("names of files", name);
    if (found.has(name)) return fail("each file once", name);
    const {size = entry.size, oid}: Record<string, unknown> = isPlainObject(lfs) ? lfs : {};
    if (!Number.isSafeInteger(size) || (size as number) < 0) return fail(`the bytes of ${name}`, size);
    if (oid !== undefined && !(typeof oid === "string" && /^[0-9a-f]{64}$/.test(oid))) {
      return fail(`the SHA-256 of ${name}`, oid);
    }
    found.set(name, {name, size: size as number, sha256: oid});
  }
  return [...found.values()];
}

function parseList(url: string, text: string): unknown[] {
  let reason = `"${printable(text.slice(0, 40).replaceAll(/\s+/g, " "))}"`;
  try {
    const entries = parseJson(text);
    if (Array.isArray(entries)) return entries;
  } catch (error) {
    // no JSON, or a name twice
    if ((error as Error).message.endsWith(" twice")) reason = (error as Error).message;
  }
  throw new Error(`${url}: expected a list of files, found ${reason}`);
}
