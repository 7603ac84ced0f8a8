/** Widths of a table's columns and the lines of its cells: text is broken where a table would be wider than a page. */
import {wrap} from "./style";

/** Widths of a character in pixels, in a cell and in bold. */
export const CHARACTER = 8.6;
const BOLD = 9.8;

/** The same on average over a line of text. */
const PROSE = 7.7;

/** Pixels beside a cell's text. */
const PADDING = 16;

/** Pixels up to which a table's text is not broken: a picture of 1600 pixels at one and a half per CSS pixel. */
export const PAGE = 1066;

/** Characters that a column of text keeps, if it has as many. */
const NARROWEST = 14;

/** Characters of the names of rows, the first column, that stay on one line. */
const ROW_NAME = 28;

/** A column with its lines. */
export interface TableColumn {
  readonly width: number;
  readonly header: readonly string[];
  /** Lines of each cell. */
  readonly cells: readonly (readonly string[])[];
}

/** A column before its width is chosen. */
export interface ColumnText {
  readonly name: string;
  readonly cells: readonly string[];
  /** Whether its cells may be broken: numbers may not. */
  readonly isText: boolean;
}

const longest = (texts: readonly string[]) => texts.reduce((most, {length}) => Math.max(most, length), 0);
const words = (texts: readonly string[]) => texts.flatMap((text) => text.split(" "));

/** Pixels that the i-th column needs at least, and those without any break. */
function needs({name, cells, isText}: ColumnText, i: number): {least: number; whole: number} {
  const isBroken = isText && !(i === 0 && longest(cells) <= ROW_NAME);
  const inCells = isBroken ? Math.max(longest(words(cells)), Math.min(NARROWEST, longest(cells))) : longest(cells);
  return {
    least: PADDING + Math.max(BOLD * longest(words([name])), CHARACTER * inCells),
    whole: PADDING + Math.max(BOLD * name.length, CHARACTER * longest(cells)),
  };
}

/** Break the text of columns so that they fit `room` pixels together, the widest first; words, numbers and short names of rows stay whole. */
export function fitColumns(columns: readonly ColumnText[], room: number): TableColumn[] {
  const sizes = columns.map(needs);
  const widthsAt = (level: number) => sizes.map(({least, whole}) => Math.min(whole, Math.max(least, level)));
  const total = (level: number) => widthsAt(level).reduce((sum, width) => sum + width, 0);
  let [low, high] = [0, Math.max(...sizes.map(({whole}) => whole))];
  if (total(high) <= room) low = high;
  for (let i = 0; i < 24 && high - low > 0.5; i++) {
    const middle = (low + high) / 2;
    if (total(middle) <= room) low = middle;
    else high = middle;
  }
  return widthsAt(low).map((width, i) => {
    const {name, cells, isText} = columns[i];
    const fitting = (text: string, character: number) => wrap(text, Math.floor((width - PADDING) / character + 1e-9));
    return {
      width,
      header: fitting(name.replaceAll(" → ", "\u00a0→\u00a0"), BOLD),
      cells: cells.map((cell) =>
        isText ? fitting(cell, cell.length * CHARACTER + PADDING > width ? PROSE : CHARACTER) : [cell],
      ),
    };
  });
}
