/** Where the images of a grid stand, in cells of an image: rows going down from 0, blocks of rows side by side. */

/** Sizes of a grid: of an image and of the gap between two in cells, of the room beside a block in pixels. */
export interface Grid {
  readonly nx: number;
  readonly ny: number;
  readonly gap: number;
  /** Cells from the first to the last column. */
  readonly total: number;
  /** Room of the labels, left of a block. */
  readonly left: number;
  /** Room of the colour bars, right of it. */
  readonly right: number;
}

/** A row as far as its place depends on it. */
export interface GridRow {
  readonly bar?: boolean | number;
  readonly apart?: boolean;
}

/** A grid with the size and the place of everything in it. */
export interface Form {
  /** Pixels per cell. */
  readonly cell: number;
  /** First column and lowest cell of each row. */
  readonly places: readonly {readonly offset: number; readonly bottom: number}[];
  /** First column of each block. */
  readonly offsets: readonly number[];
  /** Cells of the whole. */
  readonly across: number;
  readonly depth: number;
}

/**
 * Put all rows below each other, as wide as `width` pixels allow, but each at least `least` pixels below the one before it;
 * cells of half pixels are sharp at scale 2.
 */
export function fullForm(rows: readonly GridRow[], grid: Grid, width: number, least = 0): Form {
  const fitting = Math.floor((2 * (width - grid.left - grid.right)) / grid.total) / 2;
  const readable = Math.ceil((2 * least) / (grid.ny + grid.gap)) / 2;
  return place(rows, grid, [0], Math.max(0.5, fitting, readable));
}

/** Fit a grid into a box, in one or two blocks, whichever has the larger images. */
export function compactForm(rows: readonly GridRow[], grid: Grid, box: {width: number; height: number}): Form {
  const forms = splits(rows).map((starts) => {
    const {depth} = place(rows, grid, starts, 1);
    const beside = box.width - starts.length * (grid.left + grid.right);
    const largest = Math.min(beside / (starts.length * grid.total), box.height / depth);
    return place(rows, grid, starts, Math.max(0.25, Math.floor(4 * largest) / 4));
  });
  const better = (a: Form, b: Form) => a.cell > b.cell || (a.cell === b.cell && a.depth < b.depth);
  return forms.reduce((best, form) => (better(form, best) ? form : best));
}

/** List the ways to cut rows into one or two blocks, each as the first rows of its blocks; shared bars stay whole. */
function splits(rows: readonly GridRow[]): number[][] {
  const inside = new Set(
    rows.flatMap(({bar}, r) => Array.from({length: Math.max(0, Number(bar ?? 0) - 1)}, (_, i) => r + 1 + i)),
  );
  const cuts = rows.flatMap((_, r) => (r > 0 && !inside.has(r) ? [[0, r]] : []));
  return [[0], ...cuts];
}

function place(
  rows: readonly GridRow[],
  {nx, ny, gap, total, left, right}: Grid,
  starts: number[],
  cell: number,
): Form {
  const step = total + Math.ceil((left + right) / cell);
  const offsets = starts.map((_, block) => block * step);
  let block = -1;
  let down = 0;
  const places = rows.map(({apart}, r) => {
    if (r === starts[block + 1]) {
      block++;
      down = ny;
    } else down += ny + gap * (apart ? 4 : 1);
    return {offset: offsets[block], bottom: -down};
  });
  const depth = Math.max(...places.map(({bottom}) => -bottom));
  return {cell, places, offsets, across: offsets[offsets.length - 1] + Math.max(total, nx), depth};
}
