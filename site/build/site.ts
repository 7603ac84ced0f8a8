/** Builds the site of committed notebooks, docs, API reference and live page, without a network. */
import {spawnSync} from "node:child_process";
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {escapeHtml} from "../../lib/core/html";
import {bundle, root} from "./library";
import {buildLive, copyKatex} from "./live";
import {documentOf, upFrom, type Content, type Group} from "./pages/layout";
import {brokenLinks} from "./pages/links";
import {codeToHtml, renderMarkdown, slug, type Heading, type Linking} from "./pages/markdown";
import {renderNotebook} from "./pages/notebook";

/** What of the site is built. */
export interface SiteOptions {
  /** Default: true. */
  readonly api?: boolean;
  /** Default: true. */
  readonly live?: boolean;
  /** Called with the name of each part before it is built. */
  readonly onPart?: (name: string) => void;
}

interface SearchEntry {
  readonly title: string;
  readonly address: string;
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** Text of a document without its markup. */
const textOf = (html: string) =>
  html
    .replace(/<annotation[\s\S]*?<\/annotation>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity])
    .replace(/\s+/g, " ")
    .trim();
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const titleOf = (text: string, fallback: string) => /^#\s+(.+)$/m.exec(text)?.[1].replace(/[`*]/g, "") ?? fallback;
const list = (folder: string, ending: string) =>
  readdirSync(path.join(root, folder))
    .filter((file) => file.endsWith(ending))
    .sort();

/** Builds into a folder. */
class SiteBuilder {
  /** Addresses of pages by the file that they show. */
  private readonly pages = new Map<string, string>();
  private readonly search: SearchEntry[] = [];
  /** Files of the library that pages link to, still to be written. */
  private readonly sources: string[] = [];
  private readonly groups: Group[];
  private readonly docs: readonly string[];
  private readonly notebooks: readonly string[];
  /** Cells that make a figure, by its name. */
  private readonly cells = new Map<string, string>();

  constructor(
    private readonly folder: string,
    private readonly options: Required<SiteOptions>,
  ) {
    this.docs = [
      "README.md",
      ...list("docs", ".md").map((file) => `docs/${file}`),
      "CONTRIBUTING.md",
      "SECURITY.md",
      "data/README.md",
    ];
    this.notebooks = list("notebooks", ".ipynb").map((file) => `notebooks/${file}`);
    for (const file of this.docs) {
      this.pages.set(
        file,
        file === "README.md" ? "index.html" : `${file.replace(/\.md$/, "").replaceAll("/", "-").toLowerCase()}.html`,
      );
    }
    for (const file of this.notebooks) this.pages.set(file, file.replace("notebooks/", "").replace(".ipynb", ".html"));
    const entry = (file: string, title: string) => ({title, address: this.pages.get(file)!});
    const titles = this.notebooks.map((file) => titleOf(this.firstText(file), file));
    this.groups = [
      {
        title: "Try it",
        entries: [
          ...(options.live ? [{title: "Live page", address: "live/index.html"}] : []),
          {title: "Figures and their cells", address: "figures.html"},
          ...(options.api ? [{title: "API reference", address: "api/index.html"}] : []),
        ],
      },
      {title: "Notebooks", entries: this.notebooks.map((file, i) => entry(file, titles[i]))},
      {title: "Documents", entries: this.docs.map((file) => entry(file, titleOf(read(file), file)))},
    ];
  }

  async build(): Promise<void> {
    const {onPart} = this.options;
    onPart("Notebooks and documents …");
    mkdirSync(path.join(this.folder, "assets"), {recursive: true});
    for (const file of this.notebooks) this.notebook(file);
    for (const file of this.docs) this.document(file);
    this.gallery();
    for (let next = this.sources.pop(); next !== undefined; next = this.sources.pop()) this.source(next);
    writeFileSync(path.join(this.folder, "search-index.js"), `window.lolaSearch = ${JSON.stringify(this.search)};\n`);
    cpSync(path.join(root, "site/pages/site.css"), path.join(this.folder, "site.css"));
    writeFileSync(path.join(this.folder, "site.js"), await bundle("site/pages/site.ts", {minify: true}));
    cpSync(path.join(root, "node_modules/plotly.js/dist/plotly.min.js"), path.join(this.folder, "plotly.min.js"));
    copyKatex(path.join(this.folder, "katex"));
    if (this.options.live)
      await buildLive(path.join(this.folder, "live"), (system) => onPart(`Live page: ${system} …`));
    if (this.options.api) onPart("API reference …");
    if (this.options.api) await this.api();
  }

  private firstText(notebook: string): string {
    const {cells} = JSON.parse(read(notebook)) as {cells: {cell_type: string; source: string | string[]}[]};
    return [cells.find(({cell_type}) => cell_type === "markdown")?.source ?? ""].flat().join("");
  }

  private linking(source: string, address: string): Linking {
    return {source, addressOf: (file) => upFrom(address) + this.addressOf(file, source)};
  }

  /** Find, or plan, what shows a file of the project. */
  private addressOf(file: string, from: string): string {
    const name = file.replace(/\/$/, "");
    const known = this.pages.get(name);
    if (known) return known;
    const place = path.join(root, name);
    if (!existsSync(place)) throw new Error(`${from}: expected the file ${file} in the project, found none.`);
    const isText = statSync(place).isDirectory() || /\.(ts|mjs|cjs|md|txt|in|json|yaml)$/.test(name);
    const address = isText ? `source/${name.replaceAll("/", "-")}.html` : `assets/${path.basename(name)}`;
    if (isText) this.sources.push(name);
    else cpSync(place, path.join(this.folder, address));
    this.pages.set(name, address);
    return address;
  }

  private write(content: Content, searched = textOf(content.html)): void {
    const file = path.join(this.folder, content.address);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, documentOf(content, this.groups));
    this.search.push({title: content.title, address: content.address, text: searched.slice(0, 40_000)});
  }

  private document(file: string): void {
    const address = this.pages.get(file)!;
    const {html, headings} = renderMarkdown(read(file), this.linking(file, address));
    this.write({title: titleOf(read(file), file), address, html: this.withCells(html, address), headings});
  }

  private notebook(file: string): void {
    const address = this.pages.get(file)!;
    const name = path.basename(file, ".ipynb");
    const page = renderNotebook(name, read(file), this.linking(file, address));
    for (const {name, bytes} of page.assets) writeFileSync(path.join(this.folder, "assets", name), bytes);
    page.figures.forEach((id, figure) => this.cells.set(figure, `${address}#${id}`));
    this.write(
      {title: titleOf(this.firstText(file), name), address, html: page.html, headings: page.headings},
      page.text,
    );
  }

  /** Put a link to its cell around every picture of a figure. */
  private withCells(html: string, address: string): string {
    return html.replace(/<img[^>]* src="[^"]*assets\/([\w-]+)\.(?:png|gif)"[^>]*>/g, (image, name: string) => {
      const cell = this.cells.get(name);
      return cell ? `<a href="${upFrom(address)}${cell}" title="The cell that makes this figure">${image}</a>` : image;
    });
  }

  /** All committed figures, each with the cell that makes it. */
  private gallery(): void {
    const headings: Heading[] = [{id: "figures", text: "Figures and their cells", level: 1}];
    const figures = list("figures", ".png").map((file) => {
      const name = path.basename(file, ".png");
      const address = this.addressOf(`figures/${file}`, "figures.html");
      const cell = this.cells.get(name);
      const caption = cell
        ? `<a href="${cell}">${escapeHtml(name)}: the cell that makes it</a>`
        : `${escapeHtml(name)}: made by a program`;
      return `<figure id="${slug(name)}"><img src="${address}" alt="${escapeHtml(name)}" loading="lazy"><figcaption>${caption}</figcaption></figure>`;
    });
    const html = `<h1 id="figures">Figures and their cells</h1><div class="gallery">${figures.join("")}</div>`;
    this.write({title: "Figures and their cells", address: "figures.html", html, headings});
  }

  /** A file of the project with its lines, or a folder with its files. */
  private source(file: string): void {
    const address = this.pages.get(file)!;
    const place = path.join(root, file);
    const title = `<h1 id="source">${escapeHtml(file)}</h1>`;
    let body: string;
    if (statSync(place).isDirectory()) {
      const files = readdirSync(place).filter((name) => statSync(path.join(place, name)).isFile());
      const link = (name: string) =>
        `<li><a href="${upFrom(address)}${this.addressOf(`${file}/${name}`, file)}">${escapeHtml(name)}</a></li>`;
      body = `<ul>${files.map(link).join("")}</ul>`;
    } else {
      const lines = codeToHtml(read(file)).split("\n");
      body = `<pre class="code lines"><code>${lines.map((line, i) => `<span id="L${i + 1}" class="row">${line}</span>`).join("\n")}</code></pre>`;
    }
    this.write({title: file, address, html: title + body, headings: []});
  }

  /** The reference of all public names, by typedoc. */
  private async api(): Promise<void> {
    const out = path.join(this.folder, "api");
    const scratch = path.join(root, ".out/site-cache");
    mkdirSync(scratch, {recursive: true});
    const script = path.join(scratch, "formulas.js");
    writeFileSync(script, await bundle("site/pages/formulas.ts", {minify: true}));
    const style = path.join(root, "node_modules/katex/dist/katex.min.css");
    const options = [
      "--disableSources",
      "--readme",
      "none",
      "--name",
      "lola",
      "--githubPages",
      "false",
      "--logLevel",
      "Error",
    ];
    const more = ["--customJs", script, "--customCss", style, "--tsconfig", "lib/tsconfig.json", "--skipErrorChecking"];
    const {status, stderr, stdout} = spawnSync(
      process.execPath,
      [
        path.join(root, "node_modules/typedoc/bin/typedoc"),
        "--out",
        out,
        "--entryPoints",
        "lib/index.ts",
        ...options,
        ...more,
      ],
      {cwd: root, encoding: "utf8"},
    );
    if (status !== 0) throw new Error(`The API reference cannot be made: ${(stderr || stdout).trim().slice(0, 500)}`);
    cpSync(path.join(this.folder, "katex/fonts"), path.join(out, "assets/fonts"), {recursive: true});
  }
}

/**
 * Build the site.
 *
 * @throws Error naming every link that leads nowhere and every picture that is missing.
 */
export async function buildSite(
  folder: string,
  {api = true, live = true, onPart = () => undefined}: SiteOptions = {},
): Promise<void> {
  rmSync(folder, {recursive: true, force: true});
  await new SiteBuilder(folder, {api, live, onPart}).build();
  const broken = brokenLinks(folder, ["api/"]);
  if (broken.length > 0) throw new Error(`The site has ${broken.length} broken links:\n${broken.join("\n")}`);
}
