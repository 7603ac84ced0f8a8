/**
 * Renders the results of a run as pages: its notebooks with their outputs, and its figures and tables. Nothing is run, and the
 * pages open as files, without a server.
 */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {escapeHtml} from "@lola-ts/core";
import {root} from "./library";
import {figuresIn, galleryHtml} from "./pages/gallery";
import {isLesson, renderNotebook} from "./pages/notebook";
import {PageSet} from "./pages/page-set";

/** Words and folders of a run's results. */
export interface ResultsOptions {
  readonly title: string;
  /** A sentence under the title. */
  readonly lead: string;
  /** Folder of the notebooks with their outputs. Default: notebooks in the run's folder. */
  readonly notebooks?: string;
  /** Folder of the figures and tables. Default: figures in the run's folder. */
  readonly figures?: string;
}

/** Get the address of a file from a folder of pages. */
const between = (folder: string, file: string) => path.relative(folder, file).split(path.sep).join("/");

/** Renders one run. */
class ResultsBuilder {
  private readonly pages: PageSet;
  /** Addresses of cells by the figure that they make. */
  private readonly cells = new Map<string, string>();
  private readonly lessons: readonly string[];

  constructor(
    private readonly folder: string,
    private readonly options: Required<ResultsOptions>,
  ) {
    const {title, notebooks} = options;
    this.pages = new PageSet(folder, title);
    this.lessons = existsSync(notebooks) ? readdirSync(notebooks).filter(isLesson).sort() : [];
    if (this.lessons.length === 0) throw new Error(`${notebooks}: expected notebooks named 01-….ipynb, found none.`);
  }

  async build(): Promise<string> {
    const notebooks = this.lessons.map((file) => this.notebook(file));
    const entries = this.pages.entries(notebooks);
    this.index(entries);
    await this.pages.write([{title: "Notebooks", entries}]);
    return path.join(this.folder, "index.html");
  }

  private notebook(file: string): string {
    const {name} = path.parse(file);
    const address = `notebooks/${name}.html`;
    const page = renderNotebook(
      name,
      readFileSync(path.join(this.options.notebooks, file), "utf8"),
      {source: `notebooks/${file}`, addressOf: (linked) => this.addressOf(linked)},
      (base64, mime) => `data:${mime};base64,${base64.replace(/\s/g, "")}`,
    );
    page.figures.forEach((id, figure) => this.cells.set(figure, `${address}#${id}`));
    this.pages.add({...page, address}, page.text);
    return address;
  }

  /** Find what a notebook links to: a page or file of the run, or else the project's file. */
  private addressOf(file: string): string | undefined {
    const {notebooks, figures} = this.options;
    if (path.dirname(file) === "notebooks" && this.lessons.includes(path.basename(file)))
      return `${path.parse(file).name}.html`;
    const places = [path.join(root, file)];
    if (file.startsWith("figures/")) places.unshift(path.join(figures, file.slice("figures/".length)));
    if (file.startsWith("notebooks/")) places.unshift(path.join(notebooks, file.slice("notebooks/".length)));
    const place = places.find((one) => existsSync(one));
    return place && between(path.join(this.folder, "notebooks"), place);
  }

  private index(notebooks: ReturnType<PageSet["entries"]>): void {
    const {title, lead, figures} = this.options;
    const items = notebooks.map(
      (entry) => `<li><a href="${escapeHtml(entry.address)}">${escapeHtml(entry.title)}</a></li>`,
    );
    const gallery = galleryHtml(
      figuresIn(figures),
      (file) => encodeURI(between(this.folder, path.join(figures, file))),
      (name) => this.cells.get(name),
    );
    const html = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(lead)}</p>
<h2 id="notebooks">Notebooks</h2><ul>${items.join("")}</ul>
<h2 id="figures">Figures and tables</h2>${gallery}`;
    this.pages.add({title, address: "index.html", html, headings: []});
  }
}

/**
 * Write index.html into the folder of a run, and a page of each of its notebooks into notebooks/.
 *
 * @returns path of index.html.
 * @throws Error if there are no notebooks.
 */
export function renderResults(
  folder: string,
  {notebooks = path.join(folder, "notebooks"), figures = path.join(folder, "figures"), ...words}: ResultsOptions,
): Promise<string> {
  return new ResultsBuilder(folder, {...words, notebooks, figures}).build();
}
