/**
 * The reproduction as an article, a PDF of a few pages: npm run lola -- article --help
 *
 * site/article.md has the text. Numbers come from sections of the documentation, which tests compare with committed results.
 */
import {readFileSync} from "node:fs";
import path from "node:path";
import {parse} from "yaml";
import {escapeHtml, shown, writeWhole} from "@lola-ts/core";
import {Browser} from "../../packages/figures/src/render/browser";
import {root} from "./library";
import {renderMarkdown} from "./pages/markdown";

const TEXT = "site/article.md";
const SECTION = /^\{\{(.+?)#(.+)\}\}$/gm;

/** Seconds that the browser may take to print. */
const PATIENCE = 120;

/** The project in CITATION.cff. */
interface Citation {
  readonly authors: readonly {readonly name: string}[];
  readonly version: string;
}

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Find what stands below a heading of a document: up to the next one of its level, or of the second. */
function sectionOf(file: string, heading: string): string {
  const parts = read(file).split(/^(?=#{1,6} )/m);
  const start = parts.findIndex((part) => /^#+ (.*)$/m.exec(part)?.[1] === heading);
  if (start < 0) throw new Error(`${TEXT}: expected a section "${heading}" in ${file}, found none.`);
  const levelOf = (part: string) => Math.max(2, /^#+/.exec(part)![0].length);
  const end = parts.findIndex((part, i) => i > start && levelOf(part) <= levelOf(parts[start]));
  const [first, ...others] = parts.slice(start, end < 0 ? undefined : end);
  return [first.replace(/^#+ .*\n/, ""), ...others].join("").trim();
}

/** Fill the sections of other documents into a text, whose links into the project become words. */
export const filled = (text: string): string =>
  text
    .replace(SECTION, (_, file: string, heading: string) => sectionOf(file, heading))
    .replace(/(?<!!)\[([^\]]*)\]\((?!https:)[^)]*\)/g, "$1");

const STYLE = `
@page {size: A4; margin: 18mm 17mm}
body {font: 9.2pt/1.34 "DejaVu Serif", serif; hyphens: auto; margin: 0}
h1, h2, h3, th {font-family: "DejaVu Sans", sans-serif; line-height: 1.2}
h1 {font-size: 17pt; margin: 0} h2 {font-size: 12pt; margin: 14pt 0 4pt} h3 {font-size: 10pt; margin: 10pt 0 3pt}
h1, h2, h3 {break-after: avoid}
p, ul {margin: 0 0 5pt} ul {padding-left: 14pt} a {color: inherit; text-decoration: none}
table {border-collapse: collapse; width: 100%; font: 6.6pt/1.25 "DejaVu Sans", sans-serif; margin: 4pt 0 8pt}
th, td {border-bottom: 0.3pt solid #999; padding: 1.2pt 3pt; text-align: left; vertical-align: top; break-inside: avoid}
th {border-bottom: 0.8pt solid #000}
img {display: block; max-width: 100%; max-height: 120mm; margin: 6pt auto 2pt} p:has(img) {break-inside: avoid; text-align: center}
code {font-size: 0.88em}
`;

/** Write the article as a page of HTML that loads nothing. */
export function articleHtml(text = read(TEXT)): string {
  const {authors, version} = parse(read("CITATION.cff")) as Citation;
  const names = authors.map(({name}) => name).join(", ");
  const addressOf = (file: string) => `data:image/png;base64,${readFileSync(path.join(root, file)).toString("base64")}`;
  const {html, headings} = renderMarkdown(filled(text), {source: TEXT, addressOf});
  const shownBy = `<p><em>${escapeHtml(names)}, version ${escapeHtml(version)}</em></p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(headings[0].text)}</title><style>${STYLE}</style></head>
<body>${html.replace("</h1>", `</h1>${shownBy}`)}</body></html>
`;
}

export async function main({to}: {readonly to: string}): Promise<void> {
  const file = path.resolve(to);
  const browser = await Browser.start();
  try {
    await writeWhole(file, await browser.print(articleHtml(), PATIENCE));
  } finally {
    await browser.close();
  }
  process.stdout.write(`${shown(file)}\n`);
}
