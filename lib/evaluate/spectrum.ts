/**
 * Do the patterns have the right sizes, wherever they are? (paper, section 3.5.2)
 *
 * The isotropic power spectrum averages $|\hat u(k)|^2$ over rings (2D) or shells (3D) of equal $|k|$, in cycles per
 * pixel. Position is in the phases, which are dropped: two turbulent fields with the same statistics have the same
 * spectrum. The spectrum's range up to 0.5 is split into a low, a middle and a high band, even in $\log k$, and the
 * error of a band is the RMSE of the relative spectrum $p_v / p_u$ from 1.
 */
import type * as z from "zod";
import {
  gridRule,
  row,
  rowOf,
  trajectories,
  checkOptions,
  list,
  number,
  oneOf,
  optional,
  section,
  whole,
  sizeOf,
  fftn,
} from "@lola-ts/core";
import {fieldAt, type FieldArray} from "./fields";
import type {Values} from "./pointwise";

/** Rings of equal $|k|$ on a grid. */
export interface Rings {
  /** Per frequency, in the order of the transform: its ring, from 1 on; 0 is the mean ($k = 0$), which has none. */
  readonly index: Int32Array;
  /** Frequencies per ring. */
  readonly counts: Float64Array;
  /** Upper edge of each ring, in cycles per pixel: the $k$ of spectra. */
  readonly k: Float64Array;
}

export const bandNames = ["low", "mid", "high", "beyond"] as const;
/** A band: a third of the spectrum in $\log k$, or all beyond 0.5 cycles per pixel (the corners). */
export type Band = (typeof bandNames)[number];

const epsilonRule = number({min: 0});
const placeRule = oneOf(["inclusive", "official"]);
export const bandRule = section({
  /**
   * Place of the first ring. "inclusive": always in the low band, as intended. "official": as float32 rounding of
   * $2^{\log_2 k_1}$ decides in the official code, where it may be lost. Default: "inclusive".
   */
  firstWavenumber: optional(placeRule),
  /**
   * Added to spectra before they are divided: $10^{-6}$ in the official code, 0 as the paper writes $p_v / p_u$.
   * Default: $10^{-6}$.
   */
  spectralEpsilon: optional(epsilonRule),
});

export interface BandOptions extends z.infer<typeof bandRule> {}

const f32 = Math.fround;
const cache = new Map<string, Rings>();

/**
 * Divide the frequencies of a grid into $\lfloor \sqrt d \min(n) / 2 \rfloor$ rings of equal width between 0 and
 * $\max |k|$. Ties on an edge are decided by float32 rounding, as in the official code.
 *
 * @param shape numbers of points per axis, 2 or 3 of them (others work).
 * @throws RangeError unless they are whole numbers of 1 or more.
 */
export function rings(shape: readonly number[]): Rings {
  checkOptions("rings", gridRule, shape, "shape");
  const key = shape.join("x");
  let found = cache.get(key);
  if (!found) cache.set(key, (found = makeRings(shape)));
  return found;
}

function makeRings(shape: readonly number[]): Rings {
  let radii: number[] = [0];
  for (const n of shape) {
    const squares = Array.from({length: n}, (_, i) => f32((i < n / 2 ? i : i - n) * f32(1 / n)) ** 2);
    radii = radii.flatMap((sum) => squares.map((square) => f32(sum + f32(square))));
  }
  const largest = f32(Math.sqrt(radii.reduce((a, b) => Math.max(a, b))));
  const count = Math.floor((Math.sqrt(shape.length) * Math.min(...shape)) / 2);
  const edges = linspace32(0, largest, count + 1);

  const index = new Int32Array(radii.length);
  const counts = new Float64Array(count);
  for (let i = 1; i < radii.length; i++) {
    const radius = f32(Math.sqrt(radii[i]));
    let ring = Math.min(count, Math.ceil((radius / largest) * count));
    while (ring > 1 && radius <= edges[ring - 1]) ring--;
    while (ring < count && radius > edges[ring]) ring++;
    index[i] = ring;
    counts[ring - 1]++;
  }
  return {index, counts, k: Float64Array.from(edges.subarray(1))};
}

/** Evenly spaced float32 numbers, counted from the nearer end, product and sum rounded together (a fused operation). */
function linspace32(start: number, end: number, count: number): Float32Array {
  const step = f32(f32(end - start) / (count - 1));
  return Float32Array.from({length: count}, (_, i) =>
    i < Math.floor(count / 2) ? f32(start + step * i) : f32(end - step * (count - 1 - i)),
  );
}

/** Buffers for the transforms on one grid, kept so that loops over frames allocate nothing. */
interface Workspace {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Moduli of the truth. */
  readonly modulus: Float64Array;
  /** Per frequency $k$, the place of $-k$. */
  readonly mirror: Int32Array;
}

let kept: {key: string; workspace: Workspace} | undefined;

/** The workspace of a grid; only the last grid's is kept. */
function workspaceOf(shape: readonly number[]): Workspace {
  const key = shape.join("x");
  if (kept?.key !== key) {
    const size = sizeOf(shape);
    const [re, im, modulus] = [0, 1, 2].map(() => new Float64Array(size));
    let mirror: number[] = [0];
    for (const n of shape) mirror = mirror.flatMap((at) => Array.from({length: n}, (_, i) => at * n + ((n - i) % n)));
    kept = {key, workspace: {re, im, modulus, mirror: Int32Array.from(mirror)}};
  }
  return kept.workspace;
}

/**
 * Compute the isotropic power spectrum, the mean of $|\hat u|^2$ (orthonormal transform) over each ring; for several
 * fields (an ensemble), the mean of their spectra.
 *
 * Two real fields $a, b$ make one complex transform: by the symmetry of real spectra, and since $k$ and $-k$ share a
 * ring, the sum of $|\hat a + i \hat b|^2$ over a ring is that of $|\hat a|^2 + |\hat b|^2$.
 *
 * @param fields each with the product of `shape` values, row-major.
 * @returns one value per ring, see {@link rings} for their wavenumbers.
 * @throws RangeError if there is no field or one has another size.
 */
export function powerSpectrum(fields: readonly Values[], shape: readonly number[]): Float64Array {
  checkOptions("powerSpectrum", gridRule, shape, "shape");
  checkOptions("powerSpectrum", list(rowOf(sizeOf(shape))), fields, "fields");
  const {index, counts} = rings(shape);
  const workspace = workspaceOf(shape);
  const {re, im} = workspace;
  const size = index.length;
  const power = new Float64Array(counts.length + 1);
  for (let f = 0; f < fields.length; f += 2) {
    transformPair(fields[f], fields[f + 1], workspace, shape);
    for (let i = 0; i < size; i++) power[index[i]] += re[i] * re[i] + im[i] * im[i];
  }
  return counts.map((count, ring) => power[ring + 1] / (count * size * fields.length));
}

/**
 * Compute the mean power spectrum of one channel over frames of a trajectory.
 *
 * @param trajectory [L, X, Y, C] or [L, X, Y, Z, C].
 * @param frames indices of the frames. Default: all.
 * @returns one value per ring, see {@link rings} for their wavenumbers.
 * @throws RangeError if a frame or the channel is out of range.
 */
export function trajectorySpectrum(trajectory: FieldArray, channel: number, frames?: readonly number[]): Float64Array {
  checkOptions("trajectorySpectrum", trajectories, trajectory, "trajectory");
  const [length] = trajectory.shape;
  const chosen = frames ?? Array.from({length}, (_, i) => i);
  checkOptions("trajectorySpectrum", list(whole({min: 0, max: length - 1})), chosen, "frames");
  const fields = chosen.map((frame) => fieldAt(trajectory, frame, channel));
  return powerSpectrum(fields, trajectory.shape.slice(1, -1));
}

/** Transform $a + i b$, or $a$ alone. */
function transformPair(a: Values, b: Values | undefined, {re, im}: Workspace, shape: readonly number[]): void {
  re.set(a);
  if (b) im.set(b);
  else im.fill(0);
  fftn(re, im, shape);
}

/** Find the rings of each band: `bands(k).low[i]` is true if the ring of wavenumber `k[i]` is in the low one. */
export function bands(k: Float64Array, {firstWavenumber = "inclusive"}: BandOptions = {}): Record<Band, boolean[]> {
  const edges = Float64Array.from(bandEdges(k));
  if (firstWavenumber === "inclusive") edges[0] = k[0];
  const between = (lo: number, hi: number) => Array.from(k, (value) => lo <= value && value <= hi);
  return {
    low: between(edges[0], edges[1]),
    mid: between(edges[1], edges[2]),
    high: between(edges[2], edges[3]),
    beyond: between(0.5, Infinity),
  };
}

/**
 * Compute the edges of the bands low, mid and high: four numbers from $k_1$ to 0.5, even in $\log k$, in float32.
 *
 * @throws RangeError unless there are wavenumbers.
 */
export function bandEdges(k: Float64Array): Float32Array {
  checkOptions("bandEdges", row, k, "k");
  return linspace32(f32(Math.log2(k[0])), -1, 4).map((exponent) => f32(2 ** exponent));
}

/** Check that spectra and their wavenumbers are as long as each other, and the options. */
function checkSpectra(where: string, rows: Record<string, Values>, options: BandOptions): void {
  const {spectralEpsilon = 1e-6, firstWavenumber = "inclusive"} = options;
  const [first] = Object.keys(rows);
  checkOptions(where, row, rows[first], first);
  for (const [name, values] of Object.entries(rows)) checkOptions(where, rowOf(rows[first].length), values, name);
  checkOptions(where, epsilonRule, spectralEpsilon, "spectralEpsilon");
  checkOptions(where, placeRule, firstWavenumber, "firstWavenumber");
}

/**
 * Compute the root mean square over each band of $1 - (p_v + \epsilon) / (p_u + \epsilon)$, see `spectralEpsilon`; a
 * band without rings gives NaN. Where the truth has next to no power in a ring, its term says nothing and may be huge.
 *
 * @param pu spectrum of the truth, @param pv of the forecast, @param k their wavenumbers.
 * @throws RangeError if they differ in length, or an option is out of range.
 */
export function bandErrors(pu: Values, pv: Values, k: Float64Array, options: BandOptions = {}): Record<Band, number> {
  const {spectralEpsilon: epsilon = 1e-6} = options;
  checkSpectra("bandErrors", {pu, pv, k}, options);
  return rootMeans(
    Array.from(pu, (p, i) => (1 - (pv[i] + epsilon) / (p + epsilon)) ** 2),
    bands(k, options),
  );
}

/**
 * Compute the mean over members and over each ring of $|\hat u \hat v^*|$: the official "cross-correlation", without
 * phase.
 *
 * Two members $a, b$ share a transform $z = \widehat{a + i b}$ and are separated by the symmetry of real spectra,
 * $\hat a(k) = (z(k) + z(-k)^*) / 2$ and $\hat b(k) = (z(k) - z(-k)^*) / 2i$.
 *
 * @throws RangeError if there is no member or one has another size.
 */
export function crossSpectrum(u: Values, members: readonly Values[], shape: readonly number[]): Float64Array {
  checkOptions("crossSpectrum", gridRule, shape, "shape");
  checkOptions("crossSpectrum", rowOf(sizeOf(shape)), u, "u");
  checkOptions("crossSpectrum", list(rowOf(sizeOf(shape))), members, "members");
  const {index, counts} = rings(shape);
  const workspace = workspaceOf(shape);
  const {re, im, modulus, mirror} = workspace;
  const size = index.length;
  transformPair(u, undefined, workspace, shape);
  for (let i = 0; i < size; i++) modulus[i] = Math.sqrt(re[i] * re[i] + im[i] * im[i]);

  const sums = new Float64Array(counts.length + 1);
  for (let m = 0; m < members.length; m += 2) {
    transformPair(members[m], members[m + 1], workspace, shape);
    for (let i = 0; i < size; i++) {
      const j = mirror[i];
      const evenRe = re[i] + re[j];
      const oddIm = im[i] - im[j];
      const evenIm = im[i] + im[j];
      const oddRe = re[i] - re[j];
      const both = Math.sqrt(evenRe * evenRe + oddIm * oddIm) + Math.sqrt(evenIm * evenIm + oddRe * oddRe);
      sums[index[i]] += 0.5 * both * modulus[i];
    }
  }
  return counts.map((count, ring) => sums[ring + 1] / (count * size * members.length));
}

/**
 * Compute the root mean square over each band of $1 - (c_{uv} + \epsilon) / \sqrt{p_u p_v + \epsilon^2}$.
 *
 * @throws RangeError if spectra and wavenumbers differ in length, or an option is out of range.
 */
export function crossErrors(
  c: Values,
  pu: Values,
  pv: Values,
  k: Float64Array,
  options: BandOptions = {},
): Record<Band, number> {
  const {spectralEpsilon: epsilon = 1e-6} = options;
  checkSpectra("crossErrors", {c, pu, pv, k}, options);
  return rootMeans(
    Array.from(c, (value, i) => (1 - (value + epsilon) / Math.sqrt(pu[i] * pv[i] + epsilon ** 2)) ** 2),
    bands(k, options),
  );
}

function rootMeans(squares: readonly number[], masks: Record<Band, boolean[]>): Record<Band, number> {
  const over = (band: Band) => {
    const chosen = squares.filter((_, i) => masks[band][i]);
    return Math.sqrt(chosen.reduce((a, b) => a + b, 0) / chosen.length);
  };
  return {low: over("low"), mid: over("mid"), high: over("high"), beyond: over("beyond")};
}
