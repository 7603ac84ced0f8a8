/** The frame of every page of the site and of a run's results. */
import {escapeHtml} from "@lola-ts/core";
import type {Heading} from "./markdown";

/** An entry of the navigation. */
export interface Entry {
  readonly title: string;
  /** Address from the folder of all pages. */
  readonly address: string;
}

/** A group of the navigation. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** What is in the frame. */
export interface Content {
  readonly title: string;
  readonly address: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** Path back to the folder of all pages. */
export const upFrom = (address: string): string => "../".repeat(address.split("/").length - 1);

/** Make a document of the pages that have a name together. */
export function documentOf({title, address, html, headings}: Content, name: string, groups: readonly Group[]): string {
  const up = upFrom(address);
  const link = (entry: Entry) =>
    `<li><a href="${up}${entry.address}"${entry.address === address ? ' aria-current="page"' : ""}>${escapeHtml(entry.title)}</a></li>`;
  const navigation = groups.map(
    (group) => `<h2>${escapeHtml(group.title)}</h2><ul>${group.entries.map(link).join("")}</ul>`,
  );
  const sections = headings.filter(({level}) => level === 2);
  const contents = sections
    .map(({id, text}) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`)
    .join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · ${escapeHtml(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}page/katex/katex.min.css">
<link rel="stylesheet" href="${up}page/site.css">
</head>
<body data-up="${up}">
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Site">
<a class="home" href="${up}index.html">${escapeHtml(name)}</a>
<label class="search">Search <input type="search" id="search" autocomplete="off" aria-controls="found"></label>
<ol id="found" aria-live="polite"></ol>
<details class="pages" open><summary>All pages</summary>
${navigation.join("\n")}
</details>
</nav>
<main id="content">
${contents && sections.length > 2 ? `<details class="contents"><summary>On this page</summary><ul>${contents}</ul></details>` : ""}
${html}
</main>
<script src="${up}page/search-index.js"></script>
<script src="${up}page/site.js"></script>
</body>
</html>
`;
}
