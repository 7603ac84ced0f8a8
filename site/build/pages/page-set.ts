/** Pages in one folder, with their frame, their navigation, their search and the files that they share. */
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {escapeHtml, unescapeHtml} from "@lola-ts/core";
import {bundle, root} from "../library";
import type {Heading, Linking} from "./markdown";
import {renderNotebook, type StorePicture} from "./notebook";

export interface Group {
  readonly title: string;
  /** Pages by their addresses from the folder of all pages. */
  readonly entries: readonly {readonly title: string; readonly address: string}[];
}

interface Content {
  readonly title: string;
  readonly address: string;
  readonly html: string;
  readonly headings?: readonly Heading[];
}

const SEARCHED = 40_000;

/** Forms of a figure, the moving picture first. */
const FORMS = [".gif", ".png", ".csv", ".html", ".svg", ".tex"];

/** Path back to the folder of all pages. */
export const upFrom = (address: string): string => "../".repeat(address.split("/").length - 1);

const linkTo = (address: string, text: string, attributes = "") =>
  `<a href="${escapeHtml(address)}"${attributes}>${escapeHtml(text)}</a>`;

export const linkList = (entries: Group["entries"], up = "", current?: string): string => {
  const items = entries.map(({title, address}) =>
    linkTo(up + address, title, address === current ? ' aria-current="page"' : ""),
  );
  return `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
};

/** Make a document of the pages that have a name together. */
function documentOf({title, address, html, headings = []}: Content, name: string, groups: readonly Group[]): string {
  const up = upFrom(address);
  const navigation = groups.map(
    (group) => `<h2>${escapeHtml(group.title)}</h2>${linkList(group.entries, up, address)}`,
  );
  const sections = headings.filter(({level}) => level === 2);
  const contents = linkList(sections.map(({id, text}) => ({address: `#${id}`, title: text})));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · ${escapeHtml(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}page/katex/katex.min.css">
<link rel="stylesheet" href="${up}page/site.css">
</head>
<body data-up="${up}">
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Site">
<a class="home" href="${up}index.html">${escapeHtml(name)}</a>
<label class="search">Search <input type="search" id="search" autocomplete="off" aria-controls="found"></label>
<ol id="found" aria-live="polite"></ol>
<details class="pages" open><summary>All pages</summary>
${navigation.join("\n")}
</details>
</nav>
<main id="content">
${sections.length > 2 ? `<details class="contents"><summary>On this page</summary>${contents}</details>` : ""}
${html}
</main>
<script src="${up}page/search-index.js"></script>
<script src="${up}page/site.js"></script>
</body>
</html>
`;
}

const textOf = (html: string) =>
  unescapeHtml(html.replace(/<annotation[\s\S]*?<\/annotation>/g, "").replace(/<[^>]+>/g, " "))
    .replace(/\s+/g, " ")
    .trim();

/** Pages that are added one by one and written together. */
export class PageSet {
  /** Addresses of cells by the figure that they make. */
  readonly cells = new Map<string, string>();
  private readonly pages = new Map<string, {readonly content: Content; readonly text: string}>();

  constructor(
    readonly folder: string,
    private readonly name: string,
  ) {}

  /**
   * Add a page.
   *
   * @param text text that the search reads. Default: the page's.
   * @throws Error if another page has its address.
   */
  add(content: Content, text = textOf(content.html)): void {
    const other = this.pages.get(content.address)?.content.title;
    if (other !== undefined)
      throw new Error(`${content.address}: expected one page, found two: "${other}" and "${content.title}".`);
    this.pages.set(content.address, {content, text: text.slice(0, SEARCHED)});
  }

  /** Add the page of a notebook, which is given as JSON. */
  addNotebook(address: string, json: string, linking: Linking, storePicture: StorePicture): void {
    const page = renderNotebook(path.parse(address).name, json, linking, storePicture);
    page.figures.forEach((id, figure) => this.cells.set(figure, `${address}#${id}`));
    this.add({...page, address}, page.text);
  }

  /**
   * Show the figures and, without a picture, the tables of a folder, each with the cell that makes it; files of its name are its
   * forms.
   *
   * @param addressOf address of a figure's file from the page.
   */
  gallery(folder: string, addressOf: (file: string) => string, forms: readonly string[] = FORMS): string {
    const files = (existsSync(folder) ? readdirSync(folder) : []).filter((file) => FORMS.includes(path.extname(file)));
    const names = [...new Set(files.map((file) => path.parse(file).name))].sort();
    const shown = names.flatMap((name) => {
      const present = FORMS.filter((form) => files.includes(name + form));
      const picture = present.find((form) => form === ".gif" || form === ".png");
      if (!picture && !present.includes(".csv")) return [];
      const cell = this.cells.get(name);
      const caption = cell ? linkTo(cell, `${name}: the cell that makes it`) : escapeHtml(`${name}: made by a program`);
      const others = present.filter((form) => form !== picture && forms.includes(form)).sort();
      const links = others.map((form) => linkTo(addressOf(name + form), form.slice(1)));
      const whole = picture && escapeHtml(addressOf(name + picture));
      const image = whole ? `<a href="${whole}"><img src="${whole}" alt="${escapeHtml(name)}" loading="lazy"></a>` : "";
      const below = [caption, ...links].join(" ");
      return [`<figure id="${escapeHtml(name)}">${image}<figcaption>${below}</figcaption></figure>`];
    });
    return `<div class="gallery">${shown.join("\n")}</div>`;
  }

  /** List pages by their addresses, as entries of the navigation. */
  entries(addresses: readonly string[]): Group["entries"] {
    return addresses.map((address) => ({title: this.pages.get(address)!.content.title, address}));
  }

  put(address: string, bytes: string | Buffer): void {
    const file = path.join(this.folder, address);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, bytes);
  }

  async write(groups: readonly Group[]): Promise<void> {
    const all = [...this.pages.values()];
    for (const {content} of all) this.put(content.address, documentOf(content, this.name, groups));
    const search = all.map(({content: {title, address}, text}) => ({title, address, text}));
    this.put("page/search-index.js", `window.lolaSearch = ${JSON.stringify(search)};\n`);
    this.put("page/site.js", await bundle("site/pages/site.ts", {minify: true}));
    writeStyle("site/pages/site.css", path.join(this.folder, "page/site.css"));
    const plotly = path.join(root, "node_modules/plotly.js/dist/plotly.min.js");
    cpSync(plotly, path.join(this.folder, "page/plotly.min.js"));
    copyKatex(path.join(this.folder, "page/katex"));
  }
}

/** Write a style sheet, after the colours and rules of all pages. */
export function writeStyle(file: string, to: string): void {
  writeFileSync(to, ["site/theme.css", file].map((name) => readFileSync(path.join(root, name), "utf8")).join(""));
}

/** Copy the style and the fonts of formulas. */
export function copyKatex(folder: string): void {
  const from = path.join(root, "node_modules/katex/dist");
  mkdirSync(folder, {recursive: true});
  cpSync(path.join(from, "katex.min.css"), path.join(folder, "katex.min.css"));
  copyFonts(path.join(folder, "fonts"));
}

/** Copy the fonts of formulas, in the form that browsers read. */
export function copyFonts(folder: string): void {
  cpSync(path.join(root, "node_modules/katex/dist/fonts"), folder, {
    recursive: true,
    filter: (file) => path.extname(file) === "" || file.endsWith(".woff2"),
  });
}
