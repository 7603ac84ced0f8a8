/**
 * A summary of times: ratios pair by pair to each variant of the peer, the fastest variant, an interval of the median that
 * decides when to stop, and a table.
 */

/** Times of one block of runs, in milliseconds. */
export type Block = readonly number[];

/** One variant of the peer, timed beside ours. */
export interface PeerTimes {
  readonly ms: number;
  /** Interquartile range of the times over their median. */
  readonly spread: number;
  /** Ours over theirs, pair by pair of blocks, and the median. */
  readonly ratios: number[];
  readonly ratio: number;
  /** MiB that the warm benchmark adds to the process at its peak; a compiler's too. */
  readonly mib: number;
  /** Seconds until it was warm, which a compiler takes: no part of the times. */
  readonly start_s: number;
}

/** A variant of the peer that did not run. */
export interface PeerFailure {
  readonly failed: string;
}

/** Lower and upper end. */
export type Interval = readonly [number, number];

export interface Result {
  readonly name: string;
  readonly what: string;
  readonly ours_ms: number;
  readonly ours_spread: number;
  /** Forecasts or samples of a second, where one run makes several. */
  readonly ours_per_s?: number;
  readonly ours_mib: number;
  /** The fastest of the peer's variants, its times, and ours over its. */
  readonly peer?: string;
  readonly peer_ms?: number;
  readonly peer_mib?: number;
  readonly ratios?: number[];
  readonly ratio?: number;
  /** 95 % interval of the median ratio, or of the median time in ms where there is no ratio; none of fewer than six blocks. */
  readonly interval?: Interval;
  readonly eager_ratio?: number;
  readonly peers?: Readonly<Record<string, PeerTimes | PeerFailure>>;
  /** Largest ratio that is aimed at. */
  readonly target?: number;
  /** Share of the machine that other programs used. */
  readonly foreign: number;
  readonly valid: boolean;
}

/** What was measured of a benchmark, block by block. */
export interface Measured {
  readonly name: string;
  readonly what: string;
  readonly target?: number;
  /** Forecasts or samples of a run. */
  readonly items?: number;
  readonly ours: {readonly blocks: readonly Block[]; readonly mib: number};
  readonly peers?: Readonly<
    Record<string, {readonly blocks: readonly Block[]; readonly mib: number; readonly start_s: number} | PeerFailure>
  >;
  readonly foreign: number;
}

/** Share of the machine above which others disturb. */
const DISTURBED = 0.05;

const quantile = (values: readonly number[], q: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
};
const median = (values: readonly number[]) => quantile(values, 0.5);
const spread = (values: readonly number[]) => (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);

/** An interval is narrow if it reaches at most this far from the median, as a part of the median. */
const NARROW = 0.03;

/** Blocks that are always timed: fewer have no interval. */
const LEAST = 6;

/**
 * Compute a 95 % interval of the median by order statistics, which holds for values of any distribution.
 *
 * The number of values below the median is binomial. The interval leaves out as many values at each end as this allows.
 *
 * @returns nothing for fewer than six values.
 */
export function medianInterval(values: readonly number[]): Interval | undefined {
  const n = values.length;
  let ends = 0; // the interval begins with the value of this rank from below, and ends with that from above
  let logChance = -n * Math.LN2; // of exactly that many values below the median
  let outside = 2 * Math.exp(logChance);
  while (outside <= 0.05) {
    logChance += Math.log((n - ends) / (ends + 1));
    outside += 2 * Math.exp(logChance);
    ends++;
  }
  const sorted = [...values].sort((a, b) => a - b);
  return ends === 0 ? undefined : [sorted[ends - 1], sorted[n - ends]];
}

/** Whether the interval of a result is within 3 % of its median. */
export function isNarrow({interval, ratio, ours_ms}: Pick<Result, "interval" | "ratio" | "ours_ms">): boolean {
  if (!interval) return false;
  const middle = ratio ?? ours_ms;
  return Math.max(middle - interval[0], interval[1] - middle) <= NARROW * middle;
}

/**
 * Time rounds of blocks until the result is narrow, or a number of minutes has passed; at least six.
 *
 * A look after each round makes 95 % a little less: an interval may be narrow by chance.
 */
export async function repeat(
  time: () => Promise<void>,
  result: () => Result,
  minutes: number,
  now: () => number = () => performance.now(),
): Promise<Result> {
  const end = now() + 60_000 * minutes;
  for (let round = 1; ; round++) {
    await time();
    if (round < LEAST) continue;
    const found = result();
    if (isNarrow(found) || now() >= end) return found;
  }
}

/** Whether a variant of the peer has run. */
export const hasRun = <T extends object>(peer: T | PeerFailure | undefined): peer is T =>
  peer !== undefined && !("failed" in peer);

/** Compare our blocks with those of each variant of the peer, and choose the fastest variant. */
export function summarise({ours, peers, items, foreign, ...entry}: Measured): Result {
  const times = ours.blocks.flat();
  const compared = Object.entries(peers ?? {}).map(([variant, peer]): [string, PeerTimes | PeerFailure] => {
    if (!hasRun(peer)) return [variant, peer];
    const all = peer.blocks.flat();
    const ratios = peer.blocks.map((block, i) => median(ours.blocks[i]) / median(block));
    const {mib, start_s} = peer;
    return [variant, {ms: median(all), spread: spread(all), ratios, ratio: median(ratios), mib, start_s}];
  });
  const run = compared.filter((each): each is [string, PeerTimes] => hasRun(each[1]));
  const fastest = run.reduce<[string, PeerTimes] | undefined>(
    (best, each) => (best && best[1].ms <= each[1].ms ? best : each),
    undefined,
  );
  const eager = run.find(([variant]) => variant === "eager")?.[1].ratio;
  const interval = medianInterval(fastest?.[1].ratios ?? ours.blocks.map(median));
  return {
    ...entry,
    ours_ms: median(times),
    ours_spread: spread(times),
    ...(items && {ours_per_s: (1000 * items) / median(times)}),
    ours_mib: ours.mib,
    ...(fastest && {
      peer: fastest[0],
      peer_ms: fastest[1].ms,
      peer_mib: fastest[1].mib,
      ratios: fastest[1].ratios,
      ratio: fastest[1].ratio,
      eager_ratio: eager,
    }),
    ...(interval && {interval}),
    ...(peers && {peers: Object.fromEntries(compared)}),
    foreign,
    valid: foreign <= DISTURBED,
  };
}

const number = (value: number | undefined, digits = 3) =>
  value === undefined ? "" : Number(value.toPrecision(digits)).toString();
const percent = (value: number | undefined) => (value === undefined ? "" : `${Math.round(100 * value)} %`);

/** Time of a variant, or of the quickest one of its kind where there are details only; a dash if none of them ran. */
function variantTime({peers = {}}: Result, kind: string): string {
  const named = kind in peers ? [kind] : Object.keys(peers).filter((variant) => variant.startsWith(kind));
  const wanted = named.map((variant) => [variant, peers[variant]] as const);
  const times = wanted.flatMap(([, peer]) => (hasRun(peer) ? [peer.ms] : []));
  return times.length > 0 ? number(Math.min(...times)) : wanted.length > 0 ? "–" : "";
}

/**
 * Compare the interval of a ratio with its target, which is one beside the fastest of eager and compiled PyTorch.
 *
 * @returns nothing without a target, an interval or a compiled variant that has run.
 */
export function verdict({interval, target, peers = {}}: Pick<Result, "interval" | "target" | "peers">): string {
  const isCompiled = Object.entries(peers).some(([variant, peer]) => !variant.startsWith("eager") && hasRun(peer));
  if (!interval || target === undefined || !isCompiled) return "";
  const [low, high] = interval;
  return high <= target ? "met" : low > target ? "missed" : "undecided";
}

const remark = (result: Result) =>
  [result.valid ? verdict(result) : "invalid", isNarrow(result) ? "" : "wider than 3 %"].filter(Boolean).join(", ");

const COLUMNS: readonly (readonly [title: string, width: number, cell: (result: Result) => string])[] = [
  ["", -21, ({name}) => name],
  ["eager ms", 9, (result) => variantTime(result, "eager")],
  ["compiled", 9, (result) => variantTime(result, "compiled")],
  ["autotuned", 10, (result) => variantTime(result, "autotuned")],
  ["ours ms", 9, ({ours_ms}) => number(ours_ms)],
  ["spread", 7, ({ours_spread}) => percent(ours_spread)],
  ["per s", 7, ({ours_per_s}) => number(ours_per_s)],
  ["fastest peer", 15, ({peer}) => peer ?? ""],
  ["ms", 7, ({peer_ms}) => number(peer_ms)],
  ["ratio", 7, ({ratio}) => number(ratio)],
  ["95 %", 12, ({interval}) => interval?.map((end) => number(end)).join("-") ?? ""],
  ["to eager", 9, ({eager_ratio}) => number(eager_ratio)],
  ["target", 7, ({target}) => number(target)],
  ["ours MiB", 9, ({ours_mib}) => number(ours_mib)],
  ["peer MiB", 9, ({peer_mib}) => number(peer_mib)],
  ["others", 7, ({foreign}) => percent(foreign)],
  [" verdict", -26, (result) => ` ${remark(result)}`],
];

const line = (cells: (column: (typeof COLUMNS)[number]) => string) =>
  COLUMNS.map((column) => {
    const text = cells(column);
    const width = column[1];
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  }).join("");

/** The table's first line. */
export const heading = (): string => line(([title]) => title);

/** The table's line of a result. */
export const row = (result: Result): string => line(([, , cell]) => cell(result));

/** Lines below a row: how long each variant of the peer took to start, and which did not run. */
export function notes({peers = {}}: Result): string[] {
  return Object.entries(peers).flatMap(([variant, peer]) => {
    if (!hasRun(peer)) return [`  ${variant}: ${peer.failed}`];
    return variant.startsWith("eager") ? [] : [`  ${variant}: warm after ${number(peer.start_s)} s`];
  });
}
