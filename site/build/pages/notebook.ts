/** Notebooks as pages: texts, cells and their stored outputs; nothing is run. */
import {escapeHtml} from "@lola-ts/core";
import {codeToHtml, renderMarkdown, withLinks, type Heading, type Linking} from "./markdown";

interface Size {
  readonly width?: number;
  readonly height?: number;
}

interface Output {
  readonly output_type: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, Size | undefined>>;
  readonly ename?: string;
  readonly evalue?: string;
}

export interface Cell {
  readonly id?: string;
  readonly cell_type: string;
  readonly source: string | string[];
  readonly outputs?: readonly Output[];
  readonly metadata?: {readonly tags?: readonly string[]};
}

/** Store a stored picture, and return the address that the page has for it. */
export type StorePicture = (base64: string, mime: string, number: number) => string;

/** Test whether a file is a lesson: other notebooks in the folder are their authors'. */
export const isLesson = (name: string): boolean => /^\d\d-.+\.ipynb$/.test(name);

const PLOTLY = "application/vnd.plotly.v1+json";
const PICTURES = ["image/gif", "image/png", "image/jpeg"] as const;

export const joined = (text: string | string[]) => (Array.isArray(text) ? text.join("") : text);

const inScript = (value: unknown) => JSON.stringify(value).replace(/</g, "\\u003c");

interface LiveFigure {
  readonly layout?: {readonly annotations?: readonly {readonly name?: string; readonly text?: string}[]};
}

/** Find the caption of a live figure, which says in words what it shows. */
function captionOf(figure: unknown): string | undefined {
  const annotations = (figure as LiveFigure | undefined)?.layout?.annotations ?? [];
  return annotations.find(({name}) => name === "caption")?.text?.replace(/<[^>]+>/g, " ");
}

export class NotebookRenderer {
  /** Ids of the cells that show a figure, by the figure's name. */
  readonly figures = new Map<string, string>();
  readonly headings: Heading[] = [];
  private pictures = 0;

  constructor(
    private readonly name: string,
    private readonly linking: Linking,
    private readonly storePicture: StorePicture,
  ) {}

  cell(cell: Cell, index: number): string {
    const source = joined(cell.source);
    const id = `cell-${cell.id ?? index}`;
    if (cell.cell_type !== "code") {
      const {html, headings} = renderMarkdown(source, this.linking);
      this.headings.push(...headings);
      return `<section class="text" id="${escapeHtml(id)}">${html}</section>`;
    }
    for (const [, name] of source.matchAll(/\bname: "([\w-]+)"/g)) this.figures.set(name, id);
    const outputs = this.outputs(cell).join("");
    const anchor = `<a class="anchor" href="#${escapeHtml(id)}" aria-label="Link to this cell">¶</a>`;
    return `<section class="cell" id="${escapeHtml(id)}">${anchor}<pre class="code"><code>${codeToHtml(source)}</code></pre>${outputs}</section>`;
  }

  outputs({outputs = []}: Cell): string[] {
    return outputs.map((output) => this.output(output));
  }

  private output({output_type: type, text, data = {}, metadata, ename, evalue}: Output): string {
    if (type === "stream") return `<pre class="stream">${escapeHtml(joined(text ?? ""))}</pre>`;
    if (type === "error") return `<pre class="stream">${escapeHtml(`${ename}: ${evalue}`)}</pre>`;
    const mime = PICTURES.find((one) => one in data);
    const picture = mime && this.picture(mime, joined(data[mime] as string), captionOf(data[PLOTLY]), metadata?.[mime]);
    if (PLOTLY in data) {
      return `<div class="figure">${picture ?? ""}<script type="application/json">${inScript(data[PLOTLY])}</script></div>`;
    }
    if (picture) return `<div class="figure">${picture}</div>`;
    if ("text/html" in data)
      return `<div class="table">${withLinks(joined(data["text/html"] as string), this.linking)}</div>`;
    return `<pre class="stream">${escapeHtml(joined((data["text/plain"] ?? "") as string))}</pre>`;
  }

  private picture(mime: string, base64: string, caption = `Figure of ${this.name}`, size: Size = {}): string {
    const address = this.storePicture(base64, mime, ++this.pictures);
    const {width, height} = size;
    const sizes = width && height ? ` width="${width}" height="${height}"` : "";
    return `<img src="${address}" alt="${escapeHtml(caption)}"${sizes} loading="lazy">`;
  }
}

export function renderNotebook(name: string, json: string, linking: Linking, storePicture: StorePicture) {
  const {cells} = JSON.parse(json) as {cells: Cell[]};
  const renderer = new NotebookRenderer(name, linking, storePicture);
  const html = cells.map((cell, i) => renderer.cell(cell, i)).join("\n");
  const {figures, headings} = renderer;
  return {title: headings[0]?.text ?? name, html, headings, figures};
}
