/**
 * Types of the inner loops of Rayleigh-Bénard convection (packages/simulators/native/convection.cc).
 *
 * Functions of height are in parts (see parity.ts), $N + 1 = 2 \cdot$ `half` $+ 1$ numbers for each wavenumber, their real and
 * imaginary parts in arrays of their own. Matrices are stored column by column.
 */
/** Write `y`, complex functions of height, from `x` and matrices that act on the even and on the odd part. */
type MatrixLoop = (
  even: Float64Array,
  odd: Float64Array,
  half: number,
  xRe: Float64Array,
  xIm: Float64Array,
  yRe: Float64Array,
  yIm: Float64Array,
) => void;

/**
 * Write the right-hand side `r` of a quantity `q` and its past `p` for the next step: with the weights $c$ in turn, `r` is
 * $c_0 q + c_1 n + c_2 p$ and the new `p` is $c_3 q - n$, where $n$ comes from the other arguments.
 *
 * @param numbers Real and imaginary parts of `q`, `source`, `flux`, `gradient`, `r` and `p` in turn.
 */
export type CombineLoop = (wavenumbers: Float64Array, weights: Float64Array, ...numbers: Float64Array[]) => void;

export interface ConvectionLoops {
  /** Multiply by one matrix per wavenumber and part, which keeps the parts apart. */
  readonly applyHalves: MatrixLoop;
  /** Multiply by one matrix per part, the same for all wavenumbers, which makes it the other part. */
  readonly differentiate: MatrixLoop;
  /**
   * Leave out polynomials in place, for each part one after the other: a row of `coefficients` yields a polynomial's
   * coefficient, a row of `values` holds its values at the nodes.
   */
  readonly truncate: (
    evenCoefficients: Float64Array,
    evenValues: Float64Array,
    oddCoefficients: Float64Array,
    oddValues: Float64Array,
    half: number,
    re: Float64Array,
    im: Float64Array,
  ) => void;
  /** $n$ is `source` $- \; i k$ `flux` $-$ `gradient`. */
  readonly combineHeat: CombineLoop;
  /** $n$ is $i k$ (`source` $-$ `flux`) $-$ `gradient`; not for the first wavenumber, which has no vorticity. */
  readonly combineSpin: CombineLoop;
  /**
   * Replace the real functions `u`, `w`, `theta`, `omega` on the grid by $u \theta$, $w \theta$, $u \omega$, $w \omega$.
   * `fastest` becomes the largest $|u|$ `along` $+ |w|$ `across` at each height, NaN if one is.
   */
  readonly multiply: (
    u: Float64Array,
    w: Float64Array,
    theta: Float64Array,
    omega: Float64Array,
    along: number,
    across: Float64Array,
    fastest: Float64Array,
  ) => void;
  /** Write the modes of two real functions, `a` and `b`, as rows in a plan's order: the modes of $a + i b$, exchanged. */
  readonly spread: (
    order: Int32Array,
    half: number,
    aRe: Float64Array,
    aIm: Float64Array,
    bRe: Float64Array,
    bIm: Float64Array,
    first: Float64Array,
    second: Float64Array,
  ) => void;
  /** Write rows of the grid in a plan's order. */
  readonly arrange: (
    order: Int32Array,
    first: Float64Array,
    second: Float64Array,
    re: Float64Array,
    im: Float64Array,
  ) => void;
  /** Split the modes of $a + i b$ on `points` points, `re` and `im`, into the modes of the real functions `a` and `b`. */
  readonly collect: (
    points: number,
    half: number,
    re: Float64Array,
    im: Float64Array,
    aRe: Float64Array,
    aIm: Float64Array,
    bRe: Float64Array,
    bIm: Float64Array,
  ) => void;
}
