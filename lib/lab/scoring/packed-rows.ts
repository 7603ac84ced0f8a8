/** Scores of many states in little memory: numbers in typed arrays, one block per trajectory, rows only while they are read. */
import {metricNames, type MetricRow} from "../../evaluate/evaluate";

/** Numbers of a row that not every row has. */
const OPTIONAL = ["transport", "mass"] as const;
const NUMBERS = [...metricNames, ...OPTIONAL];

/** The rows of one trajectory. */
interface Block {
  readonly trajectory: number;
  readonly fields: readonly string[];
  /** Per row: index of the field, state. */
  readonly places: Int32Array;
  /** Per row: all numbers, NaN for one that is missing. */
  readonly numbers: Float64Array;
  /** Per row: which of the optional numbers it has, a bit for each. */
  readonly has: Uint8Array;
  /** Per row: counts of the truth's ranks; `width` 0 without any. */
  readonly ranks: Uint32Array;
  readonly width: number;
}

function pack(rows: readonly MetricRow[]): Block {
  const fields = [...new Set(rows.map(({field}) => field))];
  const width = rows.reduce((most, {ranks}) => Math.max(most, ranks?.length ?? 0), 0);
  const block = {
    trajectory: rows[0].trajectory,
    fields,
    places: Int32Array.from(rows.flatMap(({field, state}) => [fields.indexOf(field), state])),
    numbers: new Float64Array(rows.length * NUMBERS.length),
    has: Uint8Array.from(rows, (row) => OPTIONAL.reduce((bits, name, i) => bits | (Number(name in row) << i), 0)),
    ranks: new Uint32Array(rows.length * width),
    width,
  };
  rows.forEach((row, i) => {
    NUMBERS.forEach((name, j) => (block.numbers[i * NUMBERS.length + j] = row[name] ?? NaN));
    if (row.ranks) block.ranks.set(row.ranks, i * width);
    else if (width > 0) block.ranks[i * width] = NO_RANKS;
  });
  return block;
}

/** First count of a row without ranks in a trajectory where others have some (a diverged forecast). */
const NO_RANKS = 2 ** 32 - 1;

function unpack({trajectory, fields, places, numbers, has, ranks, width}: Block): MetricRow[] {
  return Array.from(has, (bits, i) => {
    const row: Record<string, unknown> = {trajectory, field: fields[places[2 * i]], state: places[2 * i + 1]};
    NUMBERS.forEach((name, j) => {
      const optional = j - metricNames.length;
      if (optional < 0 || ((bits >> optional) & 1) === 1) row[name] = numbers[i * NUMBERS.length + j];
    });
    const counts = ranks.subarray(i * width, (i + 1) * width);
    if (width > 0 && counts[0] !== NO_RANKS) row.ranks = Array.from(counts);
    return row as unknown as MetricRow;
  });
}

/** Rows that are added trajectory by trajectory, and made again from their numbers when they are read. */
export class PackedRows {
  private readonly blocks: Block[] = [];

  /** Add rows; those of a trajectory are kept together. */
  add(rows: readonly MetricRow[]): void {
    const groups = new Map<number, MetricRow[]>();
    for (const row of rows) {
      const group = groups.get(row.trajectory);
      if (group) group.push(row);
      else groups.set(row.trajectory, [row]);
    }
    for (const group of groups.values()) this.blocks.push(pack(group));
  }

  /** Make all rows, in the order in which they were added. */
  all(): MetricRow[] {
    return this.blocks.flatMap(unpack);
  }
}
