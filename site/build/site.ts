/** Builds the site of committed notebooks, docs, API reference and live page, without a network. */
import {existsSync, readdirSync, readFileSync, rmSync, statSync} from "node:fs";
import path from "node:path";
import {escapeHtml} from "@lola-ts/core";
import {buildApi} from "./api";
import {root} from "./library";
import {figuresIn, galleryHtml} from "./pages/gallery";
import {upFrom} from "./pages/layout";
import {brokenLinks} from "./pages/links";
import {codeToHtml, renderMarkdown, type Linking} from "./pages/markdown";
import {isLesson, renderNotebook} from "./pages/notebook";
import {PageSet} from "./pages/page-set";

/** Parts of the site, and the project that it shows. */
export interface SiteOptions {
  /** Default: this project. */
  readonly project?: string;
  /** Default: true. */
  readonly api?: boolean;
  /** Write the live page into a folder. Default: there is none. */
  readonly live?: (folder: string) => Promise<void>;
  /** Called with the name of each part before it is built. */
  readonly onPart?: (name: string) => void;
}

const GALLERY = "figures.html";
const SHOWN_AS_TEXT = /\.(ts|mjs|cjs|css|txt|in|json|yaml|py|sh|cc|h)$/;

/** Name the page of a file of the project; no two have one name. */
function addressOfPage(file: string): string {
  if (file === "README.md") return "index.html";
  return /\.(md|ipynb)$/.test(file) ? file.replace(/\.\w+$/, ".html") : `source/${file}.html`;
}

/** Builds into a folder. */
class SiteBuilder {
  private readonly pages: PageSet;
  /** Addresses by the file of the project that they show. */
  private readonly addresses = new Map<string, string>();
  /** Files that pages link to and that have no page yet. */
  private readonly waiting: string[] = [];
  /** Addresses of cells by the figure that they make. */
  private readonly cells = new Map<string, string>();

  constructor(
    private readonly folder: string,
    private readonly project: string,
  ) {
    this.pages = new PageSet(folder, "lola in TypeScript");
  }

  async build({api, live, onPart = () => undefined}: SiteOptions): Promise<void> {
    onPart("Notebooks and documents …");
    const lessons = this.list("notebooks").filter(isLesson);
    const notebooks = lessons.map((file) => this.notebook(`notebooks/${file}`));
    const start = this.documents("notebooks/README.md");
    const results = this.documents("figures/index.md", "figures/findings.md");
    const docs = this.list("docs").filter((file) => file.endsWith(".md"));
    const others = ["CONTRIBUTING.md", "SECURITY.md", "data/README.md"];
    const documents = this.documents("README.md", ...docs.map((file) => `docs/${file}`), ...others);
    this.gallery();
    for (let file = this.waiting.shift(); file !== undefined; file = this.waiting.shift()) this.show(file);
    const tryIt = [
      ...(live ? [{title: "Live page", address: "live/index.html"}] : []),
      ...this.pages.entries([GALLERY, ...results]),
      ...(api ? [{title: "API reference", address: "api/index.html"}] : []),
    ];
    await this.pages.write([
      {title: "Try it", entries: tryIt},
      {title: "Notebooks", entries: this.pages.entries([...start, ...notebooks])},
      {title: "Documents", entries: this.pages.entries(documents)},
    ]);
    await live?.(path.join(this.folder, "live"));
    if (api) onPart("API reference …");
    if (api) await buildApi(path.join(this.folder, "api"));
  }

  /** List the files of a folder of the project. */
  private list(folder: string): string[] {
    const place = path.join(this.project, folder);
    return existsSync(place) ? readdirSync(place).sort() : [];
  }

  private read(file: string): string {
    return readFileSync(path.join(this.project, file), "utf8");
  }

  private linking(source: string, address: string): Linking {
    return {source, addressOf: (file) => upFrom(address) + this.addressOf(file, source)};
  }

  /** Plan the pages of those documents that the project has, and get their addresses. */
  private documents(...files: readonly string[]): string[] {
    return files.filter((file) => existsSync(path.join(this.project, file))).map((file) => this.addressOf(file, file));
  }

  /** Find the address that shows a file of the project; plan its page, or copy it, when it is asked for first. */
  private addressOf(link: string, from: string): string {
    const file = link.replace(/\/$/, "");
    const known = this.addresses.get(file);
    if (known !== undefined) return known;
    const place = path.join(this.project, file);
    if (file.startsWith("..") || !existsSync(place))
      throw new Error(`${from}: expected the file ${link} in the project, found none.`);
    const isFolder = statSync(place).isDirectory();
    if (isFolder && existsSync(path.join(place, "README.md"))) return this.addressOf(`${file}/README.md`, from);
    const isShown = isFolder || file.endsWith(".md") || SHOWN_AS_TEXT.test(file);
    const address = isShown ? addressOfPage(file) : `assets/${file}`;
    this.addresses.set(file, address);
    if (isShown) this.waiting.push(file);
    else this.pages.put(address, readFileSync(place));
    return address;
  }

  private notebook(file: string): string {
    const address = addressOfPage(file);
    this.addresses.set(file, address);
    const name = path.basename(file, ".ipynb");
    const page = renderNotebook(name, this.read(file), this.linking(file, address), (base64, mime, number) => {
      const picture = `assets/notebooks/${name}/${number}.${mime.slice("image/".length)}`;
      this.pages.put(picture, Buffer.from(base64, "base64"));
      return upFrom(address) + picture;
    });
    page.figures.forEach((id, figure) => this.cells.set(figure, `${address}#${id}`));
    this.pages.add({...page, address}, page.text);
    return address;
  }

  private show(file: string): void {
    const address = this.addresses.get(file)!;
    if (file.endsWith(".md")) this.document(file, address);
    else this.source(file, address);
  }

  private document(file: string, address: string): void {
    const {html, headings} = renderMarkdown(this.read(file), this.linking(file, address));
    this.pages.add({title: headings[0]?.text ?? file, address, html: this.withCells(html, address), headings});
  }

  /** Put a link to its cell around every picture of a figure. */
  private withCells(html: string, address: string): string {
    return html.replace(
      /<img[^>]* src="[^"]*assets\/figures\/(?:[\w-]+\/)?([\w-]+)\.\w+"[^>]*>/g,
      (image, name: string) => {
        const cell = this.cells.get(name);
        return cell
          ? `<a href="${upFrom(address)}${cell}" title="The cell that makes this figure">${image}</a>`
          : image;
      },
    );
  }

  /** All committed figures of the default system, each with the cell that makes it. */
  private gallery(): void {
    const figures = figuresIn(path.join(this.project, "figures")).filter(({picture}) => picture !== undefined);
    const title = "Figures and their cells";
    const html = galleryHtml(
      figures,
      (file) => this.addressOf(`figures/${file}`, GALLERY),
      (name) => this.cells.get(name),
    );
    this.pages.add({title, address: GALLERY, html: `<h1>${title}</h1>${html}`, headings: []});
  }

  /** A file of the project with its lines, or a folder with its files. */
  private source(file: string, address: string): void {
    const place = path.join(this.project, file);
    let body: string;
    if (statSync(place).isDirectory()) {
      const files = this.list(file).filter((name) => statSync(path.join(place, name)).isFile());
      const link = (name: string) =>
        `<li><a href="${upFrom(address)}${this.addressOf(`${file}/${name}`, file)}">${escapeHtml(name)}</a></li>`;
      body = `<ul>${files.map(link).join("")}</ul>`;
    } else {
      const lines = codeToHtml(this.read(file)).split("\n");
      body = `<pre class="code lines"><code>${lines.map((line, i) => `<span id="L${i + 1}" class="row">${line}</span>`).join("\n")}</code></pre>`;
    }
    this.pages.add({title: file, address, html: `<h1>${escapeHtml(file)}</h1>${body}`, headings: []});
  }
}

/**
 * Build the site.
 *
 * @throws Error naming every link that leads nowhere and every picture that is missing.
 */
export async function buildSite(
  folder: string,
  {project = root, api = true, live, onPart}: SiteOptions = {},
): Promise<void> {
  rmSync(folder, {recursive: true, force: true});
  await new SiteBuilder(folder, project).build({api, live, onPart});
  const broken = brokenLinks(folder);
  if (broken.length > 0)
    throw new Error(`The site has ${broken.length} broken link${broken.length > 1 ? "s" : ""}:\n${broken.join("\n")}`);
}
