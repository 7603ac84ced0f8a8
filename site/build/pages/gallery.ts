/** The gallery of figures and tables, each with the cell that makes it. */
import {existsSync, readdirSync} from "node:fs";
import path from "node:path";
import {escapeHtml} from "@lola-ts/core";

/** A figure or table: its picture, which a table does not have, and its other forms, such as its numbers. */
export interface Figure {
  readonly name: string;
  readonly picture?: string;
  readonly forms: readonly string[];
}

const FORMS = [".gif", ".png", ".csv", ".html", ".svg", ".tex"];

/** List the figures and tables of a folder: what has a picture or numbers; files with its name are its forms. */
export function figuresIn(folder: string): Figure[] {
  const byName = new Map<string, string[]>();
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const {name, ext} = path.parse(file);
    if (FORMS.includes(ext)) byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  const names = [...byName.keys()].sort(); // a file's name sorts otherwise: "a-b.png" before "a.png"
  return names.flatMap((name) => {
    const files = byName.get(name)!;
    const picture = files.find((file) => file.endsWith(".gif")) ?? files.find((file) => file.endsWith(".png"));
    if (picture === undefined && !files.includes(`${name}.csv`)) return [];
    return [{name, picture, forms: files.filter((file) => file !== picture)}];
  });
}

/**
 * Show figures.
 *
 * @param addressOf address of a figure's file from the page.
 * @param cellOf address of the cell that makes a figure; none: a program does.
 */
export function galleryHtml(
  figures: readonly Figure[],
  addressOf: (file: string) => string,
  cellOf: (name: string) => string | undefined,
): string {
  const link = (address: string, text: string) => `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`;
  const shown = figures.map(({name, picture, forms}) => {
    const cell = cellOf(name);
    const caption = cell ? link(cell, `${name}: the cell that makes it`) : escapeHtml(`${name}: made by a program`);
    const others = forms.map((file) => link(addressOf(file), path.extname(file).slice(1)));
    const title = escapeHtml(name);
    const whole = picture && escapeHtml(addressOf(picture));
    const image = whole ? `<a href="${whole}"><img src="${whole}" alt="${title}" loading="lazy"></a>` : "";
    return `<figure id="${title}">${image}<figcaption>${[caption, ...others].join(" ")}</figcaption></figure>`;
  });
  return `<div class="gallery">${shown.join("\n")}</div>`;
}
