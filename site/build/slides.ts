/**
 * Notebooks as slides: npm run lola -- slides --help
 *
 * Pictures, short tables and equations stand on the slides, and texts are the speaker's notes. A code cell tagged "code" shows its
 * code, too, and one tagged "skip" is left out. The folder needs nothing but a browser.
 */
import {cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {writeFile} from "node:fs/promises";
import path from "node:path";
import {escapeHtml, LabError} from "@lola-ts/core";
import {root} from "./library";
import {codeToHtml, renderMarkdown, type Linking} from "./pages/markdown";
import {isLesson, joined, NotebookRenderer, type Cell} from "./pages/notebook";
import {copyKatex} from "./pages/page-set";

interface Slide {
  readonly title: string;
  readonly html: string;
  readonly notes: string;
}

const FORMULA = /\$\$[^]+?\$\$/g;
const HEADING = /^##? (.+)$/gm;

class SlideDeck {
  readonly slides: Slide[] = [];
  private title = "";
  private notes = "";

  constructor(
    private readonly renderer: NotebookRenderer,
    private readonly linking: Linking,
  ) {}

  private html(text: string): string {
    return renderMarkdown(text, this.linking).html;
  }

  private push(html: string): void {
    this.slides.push({title: this.title, html, notes: this.notes});
    this.notes = "";
  }

  first(text: string): void {
    this.title = /^# (.+)$/m.exec(text)![1];
    this.notes = this.html(text);
    this.push(`<p class="question">${escapeHtml(/^\*(.+)\*$/m.exec(text)?.[1] ?? "")}</p>`);
  }

  /** Keep a text for the notes of the next picture; its equations are a slide of each section. */
  text(text: string): void {
    for (const section of text.split(/^(?=##? )/m)) {
      this.title = HEADING.exec(section)?.[1] ?? this.title;
      HEADING.lastIndex = 0;
      this.notes += this.html(section);
      const formulas = section.match(FORMULA);
      if (formulas) this.push(this.html(formulas.join("\n\n")));
    }
  }

  /** Show what a cell made: a slide for each picture or open table. */
  code(cell: Cell): void {
    const tags = cell.metadata?.tags ?? [];
    if (tags.includes("skip")) return;
    if (tags.includes("code")) this.push(`<pre class="code"><code>${codeToHtml(joined(cell.source))}</code></pre>`);
    for (const output of this.renderer.outputs(cell)) {
      const html = output.replace(/<script[^]*?<\/script>/g, "").replace(/<details>[^]*?<\/details>/g, "");
      if (/<img |<table/.test(html)) this.push(html);
    }
  }

  last(text: string): void {
    this.title = "What to notice";
    const [, noticed = ""] = /\*\*What to notice\.\*\*([^]*?)(?:\*\*Try it|$)/.exec(text) ?? [];
    this.push(this.html(noticed.trim()));
  }
}

export function slidesOf(
  name: string,
  json: string,
  linking: Linking,
  storePicture: ConstructorParameters<typeof NotebookRenderer>[2],
): Slide[] {
  const {cells} = JSON.parse(json) as {cells: Cell[]};
  const deck = new SlideDeck(new NotebookRenderer(name, linking, storePicture), linking);
  cells.forEach((cell, i) => {
    if (cell.cell_type === "code") return deck.code(cell);
    const text = joined(cell.source);
    if (i === 0) deck.first(text);
    else if (i === cells.length - 1) deck.last(text);
    else deck.text(text);
  });
  return deck.slides;
}

const STYLE = `
.reveal .slides {text-align: left; font-size: 30px}
.reveal h2 {font-size: 52px; text-transform: none; margin: 0 0 24px}
.reveal .question {font-size: 44px; font-style: italic}
.reveal section img {width: 100%; height: 720px; object-fit: contain; margin: 0; display: block; border: 0}
.reveal table {font-size: 26px !important; margin: 0}
.reveal pre.code {font-size: 20px; width: 100%; box-shadow: none; line-height: 1.35}
.reveal section > p .katex, .reveal section > .katex-display .katex {font-size: 1.7em}
.reveal .comment {color: #5f6b76} .reveal .text {color: #0a6b3b} .reveal .word {color: #8a2be2} .reveal .number {color: #a6480b}
`;

function documentOf(title: string, slides: readonly Slide[]): string {
  const sections = slides.map(
    (slide) =>
      `<section><h2>${escapeHtml(slide.title)}</h2>${slide.html}<aside class="notes">${slide.notes}</aside></section>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="reveal/reset.css"><link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="reveal/theme/white.css"><link rel="stylesheet" href="katex/katex.min.css">
<style>${STYLE}</style></head>
<body><div class="reveal"><div class="slides">
${sections.join("\n")}
</div></div>
<script src="reveal/reveal.js"></script><script src="reveal/plugin/notes.js"></script>
<script>Reveal.initialize({width: 1600, height: 900, margin: 0.05, center: false, hash: true, slideNumber: "c/t", plugins: [RevealNotes]});</script>
</body></html>
`;
}

/** Write the slides of a lesson, which its number or name names. @returns the path of its page. */
export async function writeSlides(
  lesson: string,
  into = path.join(root, ".out/slides"),
  notebooks = path.join(root, "notebooks"),
): Promise<string> {
  const lessons = readdirSync(notebooks).filter(isLesson).sort();
  const file = lessons.find(
    (name) => name === lesson || path.parse(name).name === lesson || name.startsWith(`${lesson}-`),
  );
  if (!file) {
    const known = lessons.map((name) => name.slice(0, 2)).join(", ");
    throw new LabError("usage", `slides: expected the number or name of a notebook (${known}), found "${lesson}".`);
  }
  const {name} = path.parse(file);
  const folder = path.join(into, name);
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(path.join(folder, "reveal/plugin"), {recursive: true});
  const storePicture = (base64: string, mime: string, number: number) => {
    const picture = `picture-${number}.${mime.split("/")[1]}`;
    writeFileSync(path.join(folder, picture), base64, "base64");
    return picture;
  };
  const linking = {source: `notebooks/${file}`, addressOf: () => undefined};
  const slides = slidesOf(name, readFileSync(path.join(notebooks, file), "utf8"), linking, storePicture);
  const copy = (part: string) =>
    cpSync(path.join(root, "node_modules/reveal.js/dist", part), path.join(folder, "reveal", part), {recursive: true});
  for (const part of ["reset.css", "reveal.css", "reveal.js", "plugin/notes.js", "theme/white.css"]) copy(part);
  copyKatex(path.join(folder, "katex"));
  const page = path.join(folder, "index.html");
  await writeFile(page, documentOf(slides[0].title, slides));
  return page;
}

export async function main({words, to}: {readonly words: readonly string[]; readonly to: string}): Promise<void> {
  for (const lesson of words) {
    const page = await writeSlides(lesson, path.resolve(to));
    process.stdout.write(`${path.relative(root, page)}\n`);
  }
}
