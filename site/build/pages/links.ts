/** The check of a built site: every link and picture leads to something in it. */
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import path from "node:path";

const ids = new Map<string, Set<string>>();

/** Ids of a document. */
function idsOf(file: string): Set<string> {
  const known =
    ids.get(file) ?? new Set([...readFileSync(file, "utf8").matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id]) => id));
  ids.set(file, known);
  return known;
}

const entity = (text: string) =>
  text
    .replace(/&amp;/g, "&")
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"');

/** List what is broken in a folder of documents, in sentences. */
export function brokenLinks(folder: string, skipped: readonly string[] = []): string[] {
  ids.clear();
  const documents = readdirSync(folder, {recursive: true, encoding: "utf8"}).filter(
    (file) => file.endsWith(".html") && !skipped.some((start) => file.startsWith(start)),
  );
  return documents.flatMap((document) => {
    const html = readFileSync(path.join(folder, document), "utf8").replace(
      /<script type="application\/json">[\s\S]*?<\/script>/g,
      "",
    );
    return [...html.matchAll(/<(?:a|img|script|link)\b[^>]*? (?:href|src)="([^"]*)"/g)]
      .map(([, link]) => entity(link))
      .flatMap((link) => problemOf(folder, document, link) ?? []);
  });
}

function problemOf(folder: string, document: string, link: string): string | undefined {
  if (/^(https?:|mailto:|data:)/.test(link)) return undefined;
  const [, file, fragment] = /^([^#?]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(link)!;
  const target =
    file === "" ? path.join(folder, document) : path.resolve(folder, path.dirname(document), decodeURI(file));
  const page = existsSync(target) && statSync(target).isDirectory() ? path.join(target, "index.html") : target;
  if (!existsSync(page)) return `${document}: expected ${link} in the site, found none.`;
  const isPlace = fragment !== undefined && fragment !== "" && page.endsWith(".html");
  const isState = path.basename(path.dirname(page)) === "live"; // its fragments are states
  if (!isPlace || isState || idsOf(page).has(decodeURIComponent(fragment))) return undefined;
  return `${document}: expected a place "${fragment}" in ${file || document}, found none.`;
}
