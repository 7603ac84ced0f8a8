/** Pages in one folder, with their frame, their navigation, their search and the files that they share. */
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import MiniSearch from "minisearch";
import {escapeHtml, unescapeHtml} from "@lola-ts/core";
import {searchOptions, type SearchEntry} from "../../pages/search";
import {bundle, root} from "../library";
import type {Heading, Linking} from "./markdown";
import {renderNotebook, type StorePicture} from "./notebook";

export interface Group {
  readonly title: string;
  /** Pages by their addresses from the folder of all pages. */
  readonly entries: readonly {readonly title: string; readonly address: string}[];
}

export interface Content {
  readonly title: string;
  readonly address: string;
  readonly html: string;
  readonly headings?: readonly Heading[];
}

/** Preview of a page behind a link. */
export interface Preview {
  /** Address of a picture, from the folder of all pages. */
  readonly picture?: string;
  /** Address of the folder on its host, without which most programs load no picture. */
  readonly host?: string;
}

/** Characters of a description that messages and search engines show. */
const DESCRIBED = 200;

/** Forms of a figure, the moving picture first. */
const FORMS = [".gif", ".png", ".csv", ".html", ".svg", ".tex"];

/** The icon of every page. */
export const ICON = "site/icon.svg";

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

/** Describe a page by its first paragraph. */
function descriptionOf({html, title}: Content): string {
  const text = textOf(/<p>([^]*?)<\/p>/.exec(html)?.[1] ?? title);
  return text.length > DESCRIBED ? `${text.slice(0, text.lastIndexOf(" ", DESCRIBED))} …` : text;
}

/** Make the lines of a document's head that links to it show elsewhere; its title and description are HTML. */
function previewOf(
  address: string,
  title: string,
  description: string,
  {picture, host = upFrom(address)}: Preview,
): string {
  const shown = {type: "website", title, description, ...(picture && {image: host + picture})};
  const properties = Object.entries(shown).map(([name, value]) => `<meta property="og:${name}" content="${value}">`);
  return ['<meta name="twitter:card" content="summary_large_image">', ...properties].join("\n");
}

/** Make a document of the pages that have a name together. */
function documentOf(content: Content, name: string, groups: readonly Group[], preview: Preview): string {
  const {title, address, html, headings = []} = content;
  const up = upFrom(address);
  const description = escapeHtml(descriptionOf(content));
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
<title>${escapeHtml(title === name ? name : `${title} · ${name}`)}</title>
<meta name="description" content="${description}">
${previewOf(address, escapeHtml(title), description, preview)}
<link rel="icon" href="${up}page/icon.svg">
<link rel="stylesheet" href="${up}page/katex/katex.min.css">
<link rel="stylesheet" href="${up}page/site.css">
</head>
<body data-up="${up}">
<a class="skip" href="#content">Skip to the content</a>
<nav class="site" aria-label="Site">
<a class="home" href="${up}index.html">${escapeHtml(name)}</a>
<input type="search" id="search" aria-label="Search" placeholder="Search" autocomplete="off" aria-controls="found">
<p id="count" role="status"></p>
<ol id="found"></ol>
<details class="pages"><summary>Menu</summary>
${navigation.join("\n")}
</details>
</nav>
${sections.length > 2 ? `<nav class="beside" aria-label="On this page"><details class="contents"><summary>On this page</summary>${contents}</details></nav>` : ""}
<main id="content">
${html}
</main>
<script src="${up}page/site.js"></script>
</body>
</html>
`;
}

const textOf = (html: string) =>
  unescapeHtml(html.replace(/<(script|math|style)\b[^]*?<\/\1>/g, " ").replace(/<[^>]+>/g, " "))
    .replace(/\s+/g, " ")
    .trim();

function sectionsOf({title, address}: Content, html: string): Omit<SearchEntry, "id">[] {
  return html.split(/(?=<h[1-3] id=")/).flatMap((part) => {
    const [heading, level, id] = /^<h(.) id="([^"]*)">[^]*?<\/h.>/.exec(part) ?? [""];
    const text = textOf(part.slice(heading.length));
    if (!text) return [];
    const isTop = !id || level === "1";
    return [{page: title, section: isTop ? "" : textOf(heading), address: isTop ? address : `${address}#${id}`, text}];
  });
}

/** Pages that are added one by one and written together. */
export class PageSet {
  /** Addresses of cells by the figure that they make. */
  readonly cells = new Map<string, string>();
  private readonly pages = new Map<string, Content>();
  private readonly searched: Omit<SearchEntry, "id">[] = [];

  constructor(
    readonly folder: string,
    private readonly name: string,
    private readonly preview: Preview = {},
  ) {}

  /**
   * Add a page.
   *
   * @param searched HTML that the search reads. Default: the whole page.
   * @throws Error if another page has its address.
   */
  add(content: Content, searched = content.html): void {
    const other = this.pages.get(content.address)?.title;
    if (other !== undefined)
      throw new Error(`${content.address}: expected one page, found two: "${other}" and "${content.title}".`);
    this.pages.set(content.address, content);
    this.addSearched(content, searched);
  }

  /** Let the search find a page that another program writes. */
  addSearched(content: Content, html = content.html): void {
    this.searched.push(...sectionsOf(content, html));
  }

  addNotebook(address: string, json: string, linking: Linking, storePicture: StorePicture): void {
    const page = renderNotebook(path.parse(address).name, json, linking, storePicture);
    page.figures.forEach((id, figure) => this.cells.set(figure, `${address}#${id}`));
    this.add({...page, address});
  }

  /**
   * Show the figures and, without a picture, the tables of a folder, each with the cell that makes it; files of its name are its
   * forms.
   *
   * @param addressOf address of a figure's file from the page.
   */
  gallery(folder: string, addressOf: (file: string) => string): string {
    const files = (existsSync(folder) ? readdirSync(folder) : []).filter((file) => FORMS.includes(path.extname(file)));
    const names = [...new Set(files.map((file) => path.parse(file).name))].sort();
    const shown = names.flatMap((name) => {
      const present = FORMS.filter((form) => files.includes(name + form));
      const picture = present.find((form) => form === ".gif" || form === ".png");
      if (!picture && !present.includes(".csv")) return [];
      const cell = this.cells.get(name);
      const caption = cell ? linkTo(cell, `${name}: the cell that makes it`) : escapeHtml(`${name}: made by a program`);
      const others = present.filter((form) => form !== picture).sort();
      const links = others.map((form) => linkTo(addressOf(name + form), form.slice(1)));
      const whole = picture && escapeHtml(addressOf(name + picture));
      const image = whole ? `<a href="${whole}"><img src="${whole}" alt="${escapeHtml(name)}" loading="lazy"></a>` : "";
      const below = [caption, ...links].join(" ");
      return [`<figure id="${escapeHtml(name)}">${image}<figcaption>${below}</figcaption></figure>`];
    });
    return `<div class="gallery">${shown.join("\n")}</div>`;
  }

  /** Let links to a page that another program wrote show what its head says, and the picture. */
  showPreview(address: string): void {
    const html = readFileSync(path.join(this.folder, address), "utf8");
    const [, title] = /<title>([^<]*)/.exec(html)!;
    const [, description] = /<meta\s+name="description"\s+content="([^"]*)"/.exec(html)!;
    const [head, body] = html.split("</head>");
    this.put(address, `${head}${previewOf(address, title, description, this.preview)}\n</head>${body}`);
  }

  entries(addresses: readonly string[]): Group["entries"] {
    return addresses.map((address) => ({title: this.pages.get(address)!.title, address}));
  }

  put(address: string, bytes: string | Buffer): void {
    const file = path.join(this.folder, address);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, bytes);
  }

  async write(groups: readonly Group[]): Promise<void> {
    for (const content of this.pages.values())
      this.put(content.address, documentOf(content, this.name, groups, this.preview));
    const index = new MiniSearch(searchOptions);
    index.addAll(this.searched.map((entry, id) => ({id, ...entry})));
    this.put("page/search-index.js", `window.lolaSearch = ${JSON.stringify(index)};\n`);
    this.put("page/site.js", await bundle("site/pages/site.ts", {minify: true}));
    writeStyle("site/pages/site.css", path.join(this.folder, "page/site.css"));
    cpSync(path.join(root, ICON), path.join(this.folder, "page/icon.svg"));
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
