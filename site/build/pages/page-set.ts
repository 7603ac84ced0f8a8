/** Pages in one folder, with their navigation, their search and the files that they share. */
import {cpSync, mkdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import {unescapeHtml} from "@lola-ts/core";
import {bundle, root} from "../library";
import {documentOf, type Content, type Group} from "./layout";

/** Characters of a page that the search reads. */
const SEARCHED = 40_000;

/** Get the text of a document without its markup. */
const textOf = (html: string) =>
  unescapeHtml(html.replace(/<annotation[\s\S]*?<\/annotation>/g, "").replace(/<[^>]+>/g, " "))
    .replace(/\s+/g, " ")
    .trim();

/** Pages that are added one by one and written together. */
export class PageSet {
  private readonly pages = new Map<string, {readonly content: Content; readonly text: string}>();

  constructor(
    readonly folder: string,
    private readonly name: string,
  ) {}

  /**
   * Add a page.
   *
   * @param text text that the search reads. Default: that of the page.
   * @throws Error if another page has its address.
   */
  add(content: Content, text = textOf(content.html)): void {
    const other = this.pages.get(content.address)?.content.title;
    if (other !== undefined)
      throw new Error(`${content.address}: expected one page, found two: "${other}" and "${content.title}".`);
    this.pages.set(content.address, {content, text: text.slice(0, SEARCHED)});
  }

  /** List pages by their addresses, as entries of the navigation. */
  entries(addresses: readonly string[]): Group["entries"] {
    return addresses.map((address) => ({title: this.pages.get(address)!.content.title, address}));
  }

  /** Write a file beside the pages. */
  put(address: string, bytes: string | Buffer): void {
    const file = path.join(this.folder, address);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, bytes);
  }

  /** Write all pages and what they share. */
  async write(groups: readonly Group[]): Promise<void> {
    const all = [...this.pages.values()];
    for (const {content} of all) this.put(content.address, documentOf(content, this.name, groups));
    const search = all.map(({content: {title, address}, text}) => ({title, address, text}));
    this.put("page/search-index.js", `window.lolaSearch = ${JSON.stringify(search)};\n`);
    this.put("page/site.js", await bundle("site/pages/site.ts", {minify: true}));
    const copy = (from: string, name: string) => cpSync(path.join(root, from), path.join(this.folder, "page", name));
    copy("site/pages/site.css", "site.css");
    copy("node_modules/plotly.js/dist/plotly.min.js", "plotly.min.js");
    copyKatex(path.join(this.folder, "page/katex"));
  }
}

/** Copy the style and the fonts of formulas. */
export function copyKatex(folder: string): void {
  const from = path.join(root, "node_modules/katex/dist");
  mkdirSync(path.join(folder, "fonts"), {recursive: true});
  cpSync(path.join(from, "katex.min.css"), path.join(folder, "katex.min.css"));
  cpSync(path.join(from, "fonts"), path.join(folder, "fonts"), {
    recursive: true,
    filter: (file) => path.extname(file) === "" || file.endsWith(".woff2"),
  });
}
