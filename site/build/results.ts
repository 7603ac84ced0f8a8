/**
 * Renders the results of a run as pages: its notebooks with their outputs, and its figures and tables. Nothing is run, and the
 * pages open as files, without a server.
 */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {defaultRun, escapeHtml} from "@lola-ts/core";
import {root} from "./library";
import {isLesson} from "./pages/notebook";
import {linkList, PageSet} from "./pages/page-set";

export interface ResultsOptions {
  readonly title: string;
  /** Folder of the notebooks with their outputs. Default: notebooks in the run's folder. */
  readonly notebooks?: string;
  /** Folder of the figures and tables. Default: figures in the run's folder. */
  readonly figures?: string;
}

const between = (folder: string, file: string) => path.relative(folder, file).split(path.sep).join("/");

/**
 * Write index.html into the folder of a run, and a page of each of its notebooks into notebooks/.
 *
 * @returns path of index.html.
 */
export async function renderResults(folder: string, options: ResultsOptions): Promise<string> {
  const {title, notebooks = path.join(folder, "notebooks"), figures = path.join(folder, "figures")} = options;
  const pages = new PageSet(folder, title);
  const lessons = existsSync(notebooks) ? readdirSync(notebooks).filter(isLesson).sort() : [];
  if (lessons.length === 0) throw new Error(`${notebooks}: expected notebooks named 01-….ipynb, found none.`);

  /** Find what a notebook links to: a page or file of the run, or else the project's file. */
  const addressOf = (file: string): string | undefined => {
    const {dir, base, name} = path.parse(file);
    if (dir === "notebooks" && lessons.includes(base)) return `${name}.html`;
    const places = [path.join(root, file)];
    const own = [`figures/${defaultRun().system}/`, "figures/"].find((one) => file.startsWith(one));
    if (own) places.unshift(path.join(figures, file.slice(own.length)));
    if (file.startsWith("notebooks/")) places.unshift(path.join(notebooks, file.slice("notebooks/".length)));
    const place = places.find((one) => existsSync(one));
    return place && between(path.join(folder, "notebooks"), place);
  };

  const addresses = lessons.map((file) => `notebooks/${path.parse(file).name}.html`);
  lessons.forEach((file, i) =>
    pages.addNotebook(
      addresses[i],
      readFileSync(path.join(notebooks, file), "utf8"),
      {source: `notebooks/${file}`, addressOf},
      (base64, mime) => `data:${mime};base64,${base64.replace(/\s/g, "")}`,
    ),
  );
  const entries = pages.entries(addresses);
  const gallery = pages.gallery(figures, (file) => encodeURI(between(folder, path.join(figures, file))));
  const html = `<h1>${escapeHtml(title)}</h1><p>Notebooks, figures and tables as the run left them.</p>
<h2 id="notebooks">Notebooks</h2>${linkList(entries)}
<h2 id="figures">Figures and tables</h2>${gallery}`;
  pages.add({title, address: "index.html", html});
  await pages.write([{title: "Notebooks", entries}]);
  return path.join(folder, "index.html");
}
