/** Behaviour of the site's pages: search, figures that answer to the mouse, and pictures that stop moving when asked. */
import MiniSearch, {type AsPlainObject, type SearchResult} from "minisearch";
import {searchOptions, type SearchEntry} from "./search";

interface Plotly {
  newPlot(place: HTMLElement, figure: unknown): Promise<unknown>;
}

const page = window as unknown as {readonly lolaSearch: AsPlainObject; readonly Plotly: Plotly};
const up = document.body.dataset.up ?? "";

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

/** Run a program of the site once; a page that is opened as a file can load nothing else. */
function once<Result>(file: string, result: () => Result): () => Promise<Result> {
  let loading: Promise<Result> | undefined;
  const load = () =>
    new Promise<Result>((resolve, reject) => {
      const onerror = () => reject(new Error(`${file} is missing`));
      document.head.append(make("script", {src: `${up}page/${file}`, onload: () => resolve(result()), onerror}));
    });
  return () => (loading ??= load());
}

/** Answers that are shown, and how many of them a page may have. */
const MOST = 12;
const OF_ONE = 3;
const BEFORE = 40;
const EXCERPT = 120;

const loadIndex = once("search-index.js", () => MiniSearch.loadJS<SearchEntry>(page.lolaSearch, searchOptions));

function excerpt(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0);
  const at = places.length > 0 ? Math.max(0, Math.min(...places) - BEFORE) : 0;
  return `${at > 0 ? "…" : ""}${text.slice(at, at + EXCERPT)}${at + EXCERPT < text.length ? "…" : ""}`;
}

function answerOf(found: SearchResult): HTMLElement {
  const {page: title, section, address, text} = found as SearchResult & SearchEntry;
  const link = make("a", {href: up + address}, section ? `${title}: ${section}` : title);
  return make("li", {}, link, make("small", {}, excerpt(text, found.terms)));
}

async function search(input: HTMLInputElement, place: HTMLElement, status: HTMLElement): Promise<void> {
  const question = input.value.trim();
  const all = question ? (await loadIndex()).search(question) : [];
  const found = all.filter((one, i) => all.slice(0, i).filter(({page: title}) => title === one.page).length < OF_ONE);
  if (question !== input.value.trim()) return; // another one was typed meanwhile
  const shown = found.slice(0, MOST).map(answerOf);
  place.replaceChildren(...shown);
  status.textContent =
    question && (shown.length > 0 ? `${shown.length} of ${all.length} places` : "Nothing was found.");
}

const loadPlotly = once("plotly.min.js", () => page.Plotly);

/** Draw a figure in the place of its picture, at its size. */
async function enliven(figure: HTMLElement): Promise<void> {
  const stored = figure.querySelector("script")!;
  if (figure.dataset.alive) return;
  figure.dataset.alive = "true";
  const place = make("div");
  try {
    const plot = await loadPlotly();
    const given = JSON.parse(stored.textContent) as object;
    await plot.newPlot(place, {...given, config: {responsive: false, displaylogo: false}});
    figure.querySelectorAll("img, .stop, canvas").forEach((element) => element.remove());
    figure.append(place);
  } catch {
    // the picture stays
  }
}

/** Give a moving picture a button that stops it; where less motion is asked for, it waits. */
async function govern(image: HTMLImageElement): Promise<void> {
  await image.decode();
  const still = make("canvas", {width: image.naturalWidth, height: image.naturalHeight, hidden: true});
  still.setAttribute("role", "img");
  still.setAttribute("aria-label", image.alt);
  const button = make("button", {className: "stop", type: "button"}, "Pause");
  const stop = (isStopped: boolean) => {
    if (isStopped) still.getContext("2d")!.drawImage(image, 0, 0);
    still.hidden = !isStopped;
    image.hidden = isStopped;
    button.textContent = isStopped ? "Play" : "Pause";
  };
  button.addEventListener("click", () => stop(!image.hidden));
  image.after(still);
  (image.closest("a") ?? still).after(button);
  stop(matchMedia("(prefers-reduced-motion: reduce)").matches);
}

/** Let the keyboard scroll what is wider than its place. */
function reach(): void {
  for (const element of document.querySelectorAll<HTMLElement>(
    "main pre, .table, .table > div, .figure, .katex-display",
  ))
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
}

/** Lists unfold where there is room beside the page; widths as in site.css. */
for (const [selector, width] of [
  [".pages", 50],
  [".contents", 80],
] as const) {
  const list = document.querySelector<HTMLDetailsElement>(selector);
  const isWide = matchMedia(`(min-width: ${width}rem)`);
  const fold = () => list && (list.open = isWide.matches);
  fold();
  isWide.addEventListener("change", fold);
}

const input = document.querySelector<HTMLInputElement>("#search")!;
const [results, status] = ["#found", "#count"].map((id) => document.querySelector<HTMLElement>(id)!);
input.addEventListener("focus", () => void loadIndex(), {once: true});
input.addEventListener("input", () => void search(input, results, status));
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || (event.target as HTMLElement).matches("input, select, textarea")) return;
  event.preventDefault();
  input.focus();
});

for (const script of document.querySelectorAll<HTMLElement>('.figure > script[type="application/json"]')) {
  const figure = script.parentElement!;
  if (figure.querySelector("img")) {
    figure.tabIndex = 0;
    for (const event of ["pointerenter", "focus"])
      figure.addEventListener(event, () => void enliven(figure), {once: true});
  } else void enliven(figure);
}
for (const image of document.querySelectorAll<HTMLImageElement>('img[src*=".gif"], img[src^="data:image/gif"]'))
  void govern(image);
reach();
addEventListener("resize", reach);
