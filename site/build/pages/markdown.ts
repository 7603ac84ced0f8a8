/** Markdown of docs and notebooks as HTML, with formulas, ids of headings, and links into the site. */
import path from "node:path";
import katex from "katex";
import MarkdownIt from "markdown-it";
import {escapeHtml, unescapeHtml} from "@lola-ts/core";
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";

export interface Heading {
  readonly id: string;
  readonly text: string;
  readonly level: number;
}

/** The site as a page sees it. */
export interface Linking {
  /** Path of the source in the project, e.g. docs/metrics.md. */
  readonly source: string;
  /** Find the address of a file of the project, relative to the page; undefined drops the link. */
  readonly addressOf: (file: string) => string | undefined;
}

/** Name a heading as GitHub does. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replace(/ /g, "-");

const isOutside = (link: string) => /^(https?:|mailto:|data:|#)/.test(link);

function resolved(link: string, {source, addressOf}: Linking): string | undefined {
  if (isOutside(link)) return link;
  const [, file, fragment = ""] = /^([^#]*)(#.*)?$/.exec(link)!;
  const address = addressOf(path.posix.join(path.posix.dirname(source), decodeURI(file)));
  return address === undefined ? undefined : encodeURI(address) + fragment;
}

/** Lead the links and pictures of HTML to the addresses that they have on a page. */
export function withLinks(html: string, linking: Linking): string {
  return html.replace(
    /(<(?:a|img)\b[^>]*?) (href|src)=(["'])(.*?)\3/g,
    (_, before: string, attribute: string, __, link: string) => {
      const address = resolved(unescapeHtml(link), linking);
      return address === undefined ? before : `${before} ${attribute}="${escapeHtml(address)}"`;
    },
  );
}

/** Formulas are set aside before Markdown is read: their characters mean other things there. */
function withFormulas(text: string, render: (safe: string) => string): string {
  const formulas: string[] = [];
  const keep = (formula: string, displayMode: boolean) => {
    formulas.push(katex.renderToString(formula, {displayMode, throwOnError: true}));
    return `\u{e000}${formulas.length - 1}\u{e001}`;
  };
  const parts = text.split(/(```[\s\S]*?```|`[^`\n]*`)/); // code stays as it is
  const safe = parts.map((part, i) =>
    i % 2 === 1
      ? part
      : part
          .replace(/\$\$([\s\S]+?)\$\$/g, (_, formula: string) => keep(formula, true))
          .replace(/\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)/g, (_, formula: string) => keep(formula, false)),
  );
  return render(safe.join("")).replace(/\u{e000}(\d+)\u{e001}/gu, (_, n: string) => formulas[Number(n)]);
}

export function renderMarkdown(text: string, linking: Linking) {
  const markdown = new MarkdownIt({html: true});
  const headings: Heading[] = [];
  const {rules} = markdown.renderer;
  rules.heading_open = (tokens, i) => {
    const plain = tokens[i + 1].children!.map(({content}) => content).join("");
    const same = headings.filter(({text: other}) => slug(other) === slug(plain)).length;
    const id = same > 0 ? `${slug(plain)}-${same}` : slug(plain);
    headings.push({id, text: plain, level: Number(tokens[i].tag.slice(1))});
    return `<${tokens[i].tag} id="${escapeHtml(id)}">`;
  };
  rules.table_open = () => '<div class="table"><table>';
  rules.table_close = () => "</table></div>";
  const html = withLinks(
    withFormulas(text, (safe) => markdown.render(safe)),
    linking,
  );
  return {html, headings};
}

const TOKENS =
  /(\/\/[^\n]*|\/\*[\s\S]*?\*\/)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\b(import|export|from|const|let|return|await|async|for|of|if|else|new|function|class|interface|type|readonly|throw|try|catch|finally|extends|implements|as|in|private|static|switch|case|while|yield)\b|\b(\d[\d._e]*)\b/g;

export function codeToHtml(code: string): string {
  const kinds = ["comment", "text", "word", "number"];
  let html = "";
  let at = 0;
  for (const match of code.matchAll(TOKENS)) {
    const kind = kinds[match.slice(1).findIndex((group) => group !== undefined)];
    const lines = match[0].split("\n").map((line) => `<span class="${kind}">${escapeHtml(line)}</span>`);
    html += escapeHtml(code.slice(at, match.index)) + lines.join("\n");
    at = match.index + match[0].length;
  }
  return html + escapeHtml(code.slice(at));
}

/**
 * List what is broken in a folder of documents, in sentences.
 *
 * @param within folder that links may lead to. Default: the documents'.
 */
export function brokenLinks(folder: string, within = folder): string[] {
  const places = new Map<string, Set<string>>();
  const placesOf = (file: string) => {
    const known =
      places.get(file) ??
      new Set([...readFileSync(file, "utf8").matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id]) => unescapeHtml(id)));
    places.set(file, known);
    return known;
  };
  const problemOf = (document: string, link: string): string | undefined => {
    if (/^(https?:|mailto:|data:)/.test(link)) return undefined;
    const [, file, fragment] = /^([^#?]*)(?:\?[^#]*)?(?:#(.*))?$/.exec(link)!;
    const target =
      file === "" ? path.join(folder, document) : path.resolve(folder, path.dirname(document), decodeURI(file));
    const page = existsSync(target) && statSync(target).isDirectory() ? path.join(target, "index.html") : target;
    if (path.relative(within, page).startsWith("..") || !existsSync(page))
      return `${document}: expected ${link} in the site, found none.`;
    const isState = path.basename(path.dirname(page)) === "live"; // its fragments are states
    if (!fragment || !page.endsWith(".html") || isState || placesOf(page).has(decodeURIComponent(fragment)))
      return undefined;
    return `${document}: expected a place "${fragment}" in ${file || document}, found none.`;
  };
  const documents = readdirSync(folder, {recursive: true, encoding: "utf8"}).filter((file) => file.endsWith(".html"));
  return documents.flatMap((document) => {
    const text = readFileSync(path.join(folder, document), "utf8");
    const html = text.replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/g, "$1");
    const links = [...html.matchAll(/<(?:a|img|script|link)\b[^>]*? (?:href|src)="([^"]*)"/g)];
    return [...new Set(links.map(([, link]) => unescapeHtml(link)))].flatMap((link) => problemOf(document, link) ?? []);
  });
}
