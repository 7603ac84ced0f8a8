/** Builds the site of committed notebooks, docs, API reference and live page, without a network. */
import {existsSync, readdirSync, readFileSync, rmSync, statSync, mkdirSync, writeFileSync} from "node:fs";
import path from "node:path";
import sharp from "sharp";
import {escapeHtml} from "@lola-ts/core";
import {root, bundle} from "./library";
import {brokenLinks, codeToHtml, renderMarkdown, type Linking} from "./pages/markdown";
import {isLesson} from "./pages/notebook";
import {linkList, PageSet, upFrom, type Group, type Preview, copyFonts, type Content, ICON} from "./pages/page-set";
import {spawnSync} from "node:child_process";

export interface SiteOptions {
  /** Default: this project. */
  readonly project?: string;
  /** Default: true. */
  readonly api?: boolean;
  /** Address of the site on its host, which ends with a slash, for previews of links. */
  readonly host?: string;
  /** Results for programs, which become results.json. Default: there are none. */
  readonly results?: string;
  /** Write the live page into a folder. Default: there is none. */
  readonly live?: (folder: string) => Promise<void>;
  /** Called with the name of each part before it is built. */
  readonly onPart?: (name: string) => void;
}

const HOME = "site/home.md";
const LIVE = "site/live/page.html";
const FIGURES = "figures/index.md";
/** The picture of links to the site: a moment of the home page's animation. */
const MOVIE = "figures/rayleigh-benard/question-animation.gif";
const PREVIEW = "assets/preview.png";
const INDEX = "docs/README.md";
const RESULTS = "results.json";
const LESSONS = "notebooks/README.html";
const SHOWN_AS_TEXT = /\.(ts|mjs|cjs|css|txt|in|json|yaml|py|sh|cc|h)$/;

function addressOfPage(file: string): string {
  if (file === HOME) return "index.html";
  return /\.(md|ipynb)$/.test(file) ? file.replace(/\.\w+$/, ".html") : `source/${file}.html`;
}

/** Show pictures in place of the links to them. */
const withThumbnails = (html: string) =>
  html.replace(
    /(<a href="([^"]*assets\/figures\/([\w/-]+)\.png)">)[^<]*<\/a>/g,
    (_, link: string, picture: string, name: string) =>
      `${link}<img src="${picture}" alt="${name}" loading="lazy"></a>`,
  );

class SiteBuilder {
  private readonly pages: PageSet;
  /** Addresses by the file of the project that they show. */
  private readonly addresses = new Map<string, string>();
  /** Files that pages link to and that have no page yet. */
  private readonly waiting: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly project: string,
    preview: Preview,
  ) {
    this.pages = new PageSet(folder, "lola in TypeScript", preview);
  }

  async build({api, live, results, onPart = () => undefined}: SiteOptions): Promise<void> {
    onPart("Notebooks and documents …");
    const lessons = this.list("notebooks").filter(isLesson);
    const notebooks = lessons.map((file) => this.notebook(`notebooks/${file}`));
    if (live) this.addresses.set(LIVE, "live/index.html");
    this.addressOf(HOME, "the site");
    const groups = this.groups();
    const tryIt = [
      ...(live ? [{title: "Live page", address: "live/index.html"}] : []),
      {title: "Run it yourself", address: this.addressOf("README.md", HOME)},
      {title: "Figures and tables", address: this.addressOf(FIGURES, HOME)},
      ...(results ? [{title: "Results for programs", address: RESULTS}] : []),
      ...(api ? [{title: "API reference", address: "api/index.html"}] : []),
    ];
    for (let file = this.waiting.shift(); file !== undefined; file = this.waiting.shift()) {
      if (file.endsWith(".md")) this.document(file, this.addresses.get(file)!);
      else this.source(file, this.addresses.get(file)!);
    }
    const inFull = groups.map(({title, entries}) => ({
      title,
      entries: entries.flatMap((entry) =>
        entry.address === LESSONS ? [entry, ...this.pages.entries(notebooks)] : [entry],
      ),
    }));
    if (api) {
      onPart("API reference …");
      await buildApi(path.join(this.folder, "api"));
      apiPages(path.join(this.folder, "api")).forEach((page) => this.pages.addSearched(page));
    }
    await this.drawPreview();
    if (results) this.pages.put(RESULTS, results);
    this.pages.put(".nojekyll", ""); // GitHub publishes the files as they are
    await this.pages.write([{title: "Try it", entries: tryIt}, ...inFull]);
    if (live) {
      await live(path.join(this.folder, "live"));
      this.pages.showPreview("live/index.html");
    }
  }

  /** Read the groups of pages in docs/README.md: a heading of the second level, and the documents that its section links. */
  private groups(): Group[] {
    const sections = this.read(INDEX).split(/^## /m).slice(1);
    return sections.map((section) => ({
      title: section.split("\n")[0],
      entries: [...section.matchAll(/\[([^\]]*)\]\(([^)#]+\.md)\)/g)].map(([, title, link]) => ({
        title,
        address: this.addressOf(path.posix.join("docs", link), INDEX),
      })),
    }));
  }

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
    this.pages.addNotebook(address, this.read(file), this.linking(file, address), (base64, mime, number) => {
      const picture = `assets/notebooks/${name}/${number}.${mime.slice("image/".length)}`;
      this.pages.put(picture, Buffer.from(base64, "base64"));
      return upFrom(address) + picture;
    });
    return address;
  }

  private document(file: string, address: string): void {
    const {html, headings} = renderMarkdown(this.read(file), this.linking(file, address));
    const shown = this.withCells(file === FIGURES ? withThumbnails(html) : html, address);
    this.pages.add({title: headings[0]?.text ?? file, address, html: shown, headings});
  }

  /** Put a link to its cell around every picture of a figure. */
  private withCells(html: string, address: string): string {
    const pictures = /<img[^>]* src="[^"]*assets\/figures\/(?:[\w-]+\/)?([\w-]+)\.\w+"[^>]*>(?!<\/a>)/g;
    return html.replace(pictures, (image, name: string) => {
      const cell = this.pages.cells.get(name);
      return cell ? `<a href="${upFrom(address)}${cell}" title="The cell that makes this figure">${image}</a>` : image;
    });
  }

  private async drawPreview(): Promise<void> {
    const place = path.join(this.project, MOVIE);
    if (!existsSync(place)) return;
    const {pages = 1} = await sharp(place).metadata();
    const page = Math.floor(pages / 5); // plumes have formed
    const picture = sharp(place, {page}).resize({width: 1200, height: 630, fit: "contain", background: "white"});
    this.pages.put(PREVIEW, await picture.png().toBuffer());
  }

  /** A file of the project with its lines, or a folder with its files. */
  private source(file: string, address: string): void {
    const place = path.join(this.project, file);
    let body: string;
    if (statSync(place).isDirectory()) {
      const names = this.list(file).filter((name) => statSync(path.join(place, name)).isFile());
      const entries = names.map((title) => ({title, address: this.addressOf(`${file}/${title}`, file)}));
      body = linkList(entries, upFrom(address));
    } else {
      const lines = codeToHtml(this.read(file)).split("\n");
      body = `<pre class="code lines"><code>${lines.map((line, i) => `<span id="L${i + 1}" class="row">${line}</span>`).join("\n")}</code></pre>`;
    }
    const [comment = ""] = /\/\*\*[^]*?\*\//.exec(body) ?? [];
    this.pages.add(
      {title: file, address, html: `<h1>${escapeHtml(file)}</h1>${body}`},
      `${escapeHtml(file)} ${comment}`,
    );
  }
}

export async function buildSite(
  folder: string,
  {project = root, host, api = true, ...options}: SiteOptions = {},
): Promise<void> {
  rmSync(folder, {recursive: true, force: true});
  await new SiteBuilder(folder, project, {picture: PREVIEW, host}).build({api, ...options});
  const broken = brokenLinks(folder);
  if (broken.length > 0)
    throw new Error(`The site has ${broken.length} broken link${broken.length > 1 ? "s" : ""}:\n${broken.join("\n")}`);
}

/** Packages whose doors users open, in the order of their use. */
const PACKAGES = "laboratory paper figures sweeps simulators well official-runs engine core".split(" ");
const DOORS = ["lib/index.ts", ...PACKAGES.map((name) => `packages/${name}/src/index.ts`)];

const OPTIONS = [
  ...DOORS.flatMap((file) => ["--entryPoints", file]),
  ...["--tsconfig", "tsconfig.json", "--skipErrorChecking", "--disableSources", "--excludeExternals"],
  ...["--readme", "none", "--name", "lola", "--githubPages", "false", "--logLevel", "Error", "--hideGenerator"],
  ...["--favicon", ICON],
];

/** Write the reference into a folder. @throws Error with typedoc's message. */
async function buildApi(folder: string): Promise<void> {
  const scratch = path.join(root, ".out/site-cache");
  mkdirSync(scratch, {recursive: true});
  const script = path.join(scratch, "formulas.js");
  writeFileSync(script, await bundle("site/pages/formulas.ts", {minify: true}));
  const style = path.join(root, "node_modules/katex/dist/katex.min.css");
  const typedoc = path.join(root, "node_modules/typedoc/bin/typedoc");
  const words = [typedoc, "--out", folder, "--customJs", script, "--customCss", style, ...OPTIONS];
  const {status, stderr, stdout} = spawnSync(process.execPath, words, {cwd: root, encoding: "utf8"});
  if (status !== 0) throw new Error(`The API reference cannot be made: ${(stderr || stdout).trim().slice(0, 500)}`);
  copyFonts(path.join(folder, "assets/fonts"));
}

/** List the pages of the reference by their names, with what their first comment says, for the search of a site. */
function apiPages(folder: string): Content[] {
  const files = readdirSync(folder, {recursive: true, encoding: "utf8"}).filter((file) => file.endsWith(".html"));
  return files.map((file) => {
    const html = readFileSync(path.join(folder, file), "utf8");
    const [, title] = /<title>([^|<]*)/.exec(html)!;
    const said = html.match(/<h1>[^]*?<\/h1>|<div class="tsd-comment[^]*?<\/div>/g) ?? [];
    return {title: title.trim(), address: path.posix.join("api", file), html: said.slice(0, 2).join(" ")};
  });
}
