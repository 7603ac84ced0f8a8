/**
 * List The Well's remote files: names, addresses, sizes and checksums.
 *
 * A base address holds a dataset's folder, with its files below `data/<split>`. The datasets' public home has one
 * repository per dataset and lists its files with sizes and checksums; other servers are asked for the files by the names
 * that they have in The Well.
 */
import type {Split} from "../systems/simulate";
import {describeFile, getText, type RetryOptions} from "./request";
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

interface Listed {
  name: string;
  size: number;
  sha256?: string;
}

interface Entry {
  type?: string;
  path?: string;
  size?: number;
  lfs?: {oid?: string; size?: number};
}

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
  let page: string | undefined = `${origin}/api/${repository}/tree/${revision}/data/${split}`;
  while (page) {
    const {text, headers} = await getText(page, retry);
    for (const {type, path = "", size, lfs} of parseEntries(page, text)) {
      if (type !== "file" || !/\.(h5|hdf5)$/.test(path)) continue;
      found.push({name: path.slice(path.lastIndexOf("/") + 1), size: lfs?.size ?? size ?? 0, sha256: lfs?.oid});
    }
    const next: string | undefined = /<([^>]+)>;\s*rel="next"/.exec(String(headers.link ?? ""))?.[1];
    page = next && new URL(next, page).href;
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseEntries(url: string, text: string): Entry[] {
  try {
    const entries: unknown = JSON.parse(text);
    if (Array.isArray(entries)) return entries as Entry[];
  } catch {
    // no JSON: said below
  }
  throw new Error(`${url}: expected a list of files, found "${text.slice(0, 40).replaceAll(/\s+/g, " ")}"`);
}
