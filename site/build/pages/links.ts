/** The check of a built site: every link and picture leads to something in it. */
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import path from "node:path";
import {unescapeHtml} from "@lola-ts/core";

/**
 * List what is broken in a folder of documents, in sentences.
 *
 * @param within folder that links may lead to. Default: the documents'.
 */
export function brokenLinks(folder: string, within = folder): string[] {
  const places = new Map<string, Set<string>>();
  const placesOf = (file: string) => {
    const known =
      places.get(file) ??
      new Set([...readFileSync(file, "utf8").matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id]) => unescapeHtml(id)));
    places.set(file, known);
    return known;
  };
  const problemOf = (document: string, link: string): string | undefined => {
    if (/^(https?:|mailto:|data:)/.test(link)) return undefined;
    const [, file, fragment] = /^([^#?]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(link)!;
    const target =
      file === "" ? path.join(folder, document) : path.resolve(folder, path.dirname(document), decodeURI(file));
    const page = existsSync(target) && statSync(target).isDirectory() ? path.join(target, "index.html") : target;
    if (path.relative(within, page).startsWith("..") || !existsSync(page))
      return `${document}: expected ${link} in the site, found none.`;
    const isState = path.basename(path.dirname(page)) === "live"; // its fragments are states
    if (!fragment || !page.endsWith(".html") || isState || placesOf(page).has(decodeURIComponent(fragment)))
      return undefined;
    return `${document}: expected a place "${fragment}" in ${file || document}, found none.`;
  };
  const documents = readdirSync(folder, {recursive: true, encoding: "utf8"}).filter((file) => file.endsWith(".html"));
  return documents.flatMap((document) => {
    const text = readFileSync(path.join(folder, document), "utf8");
    const html = text.replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, "$1");
    const links = [...html.matchAll(/<(?:a|img|script|link)\b[^>]*? (?:href|src)="([^"]*)"/g)];
    return [...new Set(links.map(([, link]) => unescapeHtml(link)))].flatMap((link) => problemOf(document, link) ?? []);
  });
}
