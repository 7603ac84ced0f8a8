/** What the site's pages do: search, and figures that answer to the mouse. */

interface SearchEntry {
  readonly title: string;
  readonly address: string;
  readonly text: string;
}

interface Plotly {
  newPlot(place: HTMLElement, figure: unknown): Promise<unknown>;
}

const page = window as unknown as {lolaSearch?: readonly SearchEntry[]; Plotly?: Plotly};
const up = document.body.dataset.up ?? "";

const MOST = 12;

/** Count how well an entry answers a question: words in its title weigh more, sources less; all words must be there. */
function rank({title, text, address}: SearchEntry, words: readonly string[]): number {
  const [head, body] = [title.toLowerCase(), text.toLowerCase()];
  const scores = words.map((word) => (head.includes(word) ? 10 : 0) + Math.min(9, body.split(word).length - 1));
  const sum = scores.every((score) => score > 0) ? scores.reduce((a, b) => a + b, 0) : 0;
  return address.startsWith("source/") ? sum / 100 : sum;
}

function excerpt(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  return `${at > 0 ? "…" : ""}${text.slice(at, at + 110)}…`;
}

function search(question: string, place: HTMLElement): void {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  const found =
    words.length === 0
      ? []
      : (page.lolaSearch ?? [])
          .map((entry) => ({entry, score: rank(entry, words)}))
          .filter(({score}) => score > 0)
          .sort((a, b) => b.score - a.score)
          .slice(0, MOST);
  place.replaceChildren(
    ...found.map(({entry}) => {
      const link = document.createElement("a");
      link.href = up + entry.address;
      link.textContent = entry.title;
      const words_ = document.createElement("small");
      words_.textContent = excerpt(entry.text, words[0]);
      const item = document.createElement("li");
      item.append(link, words_);
      return item;
    }),
    ...(words.length > 0 && found.length === 0 ? [document.createTextNode("Nothing was found.")] : []),
  );
}

let plotly: Promise<Plotly> | undefined;

function loadPlotly(): Promise<Plotly> {
  return (plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${up}page/plotly.min.js`;
    script.onload = () => resolve(page.Plotly!);
    script.onerror = () => reject(new Error("plotly.min.js is missing"));
    document.head.append(script);
  }));
}

/** Draw a figure in the place of its picture, at its size. */
async function enliven(figure: HTMLElement): Promise<void> {
  const stored = figure.querySelector("script")!;
  if (figure.dataset.alive) return;
  figure.dataset.alive = "true";
  const place = document.createElement("div");
  try {
    const plot = await loadPlotly();
    const given = JSON.parse(stored.textContent) as {layout?: Record<string, unknown>};
    await plot.newPlot(place, {...given, config: {responsive: false, displaylogo: false}});
    figure.querySelector("img")?.remove();
    figure.append(place);
  } catch {
    // the picture stays
  }
}

const navigation = document.querySelector<HTMLDetailsElement>(".pages");
const isNarrow = matchMedia("(max-width: 50rem)"); // as in site.css: there the navigation stands above the page
const fold = () => navigation && (navigation.open = !isNarrow.matches);
fold();
isNarrow.addEventListener("change", fold);

const input = document.querySelector<HTMLInputElement>("#search");
const results = document.querySelector<HTMLElement>("#found");
if (input && results) input.addEventListener("input", () => search(input.value, results));
for (const script of document.querySelectorAll<HTMLElement>('.figure > script[type="application/json"]')) {
  const figure = script.parentElement!;
  if (figure.querySelector("img")) {
    figure.tabIndex = 0;
    for (const event of ["pointerenter", "focus"])
      figure.addEventListener(event, () => void enliven(figure), {once: true});
  } else void enliven(figure);
}
