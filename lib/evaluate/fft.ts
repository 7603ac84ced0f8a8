/**
 * Discrete Fourier transforms in float64, of any length and over any number of axes:
 *
 * $$ X_k = \sum_{j=0}^{n-1} x_j \, e^{-2 \pi i j k / n}. $$
 *
 * A length that is a power of two takes the radix-2 algorithm of Cooley and Tukey. Any other one becomes a convolution
 * of such a length: with $jk = (j^2 + k^2 - (k - j)^2) / 2$ the sum is a chirp convolved with a chirped signal
 * (Bluestein).
 */

/** Transforms one complex signal in place, real and imaginary parts apart, without normalisation. */
export type Transform = (re: Float64Array, im: Float64Array) => void;

const plans = new Map<number, Transform>();

/**
 * Plan the forward transform of complex signals of length `n`; plans are kept, so a second call is free.
 *
 * @throws RangeError unless `n` is a positive integer.
 */
export function fft(n: number): Transform {
  if (!(Number.isInteger(n) && n > 0)) throw new RangeError(`fft: expected a positive integer length, found ${n}`);
  let plan = plans.get(n);
  if (!plan) plans.set(n, (plan = (n & (n - 1)) === 0 ? radix2(n) : bluestein(n)));
  return plan;
}

/**
 * Transform a complex array of shape `shape` (row-major) in place, over all its axes, without normalisation.
 *
 * @throws RangeError if `re` or `im` does not hold the product of `shape`.
 */
export function fftn(re: Float64Array, im: Float64Array, shape: readonly number[]): void {
  const size = shape.reduce((a, b) => a * b, 1);
  if (re.length !== size || im.length !== size) {
    throw new RangeError(`fftn: expected ${size} numbers for shape [${shape}], found ${re.length} and ${im.length}`);
  }
  let inner = size;
  for (const n of shape) {
    inner /= n;
    if (n > 1) transformAxis(re, im, n, inner);
  }
}

/** One axis of length `n` in an array seen as [outer, n, inner]: each line is copied out, transformed, copied back. */
function transformAxis(re: Float64Array, im: Float64Array, n: number, inner: number): void {
  const transform = fft(n);
  const lineRe = new Float64Array(n);
  const lineIm = new Float64Array(n);
  for (let outer = 0; outer < re.length; outer += n * inner) {
    for (let start = outer; start < outer + inner; start++) {
      for (let j = 0, at = start; j < n; j++, at += inner) {
        lineRe[j] = re[at];
        lineIm[j] = im[at];
      }
      transform(lineRe, lineIm);
      for (let j = 0, at = start; j < n; j++, at += inner) {
        re[at] = lineRe[j];
        im[at] = lineIm[j];
      }
    }
  }
}

function radix2(n: number): Transform {
  const reversed = new Int32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  const cos = Float64Array.from({length: n >> 1}, (_, k) => Math.cos((-2 * Math.PI * k) / n));
  const sin = Float64Array.from({length: n >> 1}, (_, k) => Math.sin((-2 * Math.PI * k) / n));

  return (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i];
      if (j > i) {
        let swap = re[i];
        re[i] = re[j];
        re[j] = swap;
        swap = im[i];
        im[i] = im[j];
        im[j] = swap;
      }
    }
    for (let half = 1; half < n; half <<= 1) {
      const step = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let a = start, k = 0; a < start + half; a++, k += step) {
          const b = a + half;
          const oddRe = re[b] * cos[k] - im[b] * sin[k];
          const oddIm = re[b] * sin[k] + im[b] * cos[k];
          re[b] = re[a] - oddRe;
          im[b] = im[a] - oddIm;
          re[a] += oddRe;
          im[a] += oddIm;
        }
      }
    }
  };
}

function bluestein(n: number): Transform {
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const transform = fft(m);
  // j^2 modulo 2n: the same angle, without the rounding of a large argument
  const angle = Float64Array.from({length: n}, (_, j) => (-Math.PI * ((j * j) % (2 * n))) / n);
  const cos = angle.map(Math.cos);
  const sin = angle.map(Math.sin);

  const kernelRe = new Float64Array(m);
  const kernelIm = new Float64Array(m);
  for (let j = 0; j < n; j++) {
    kernelRe[j] = kernelRe[(m - j) % m] = cos[j] / m; // the 1 / m of the inverse transform
    kernelIm[j] = kernelIm[(m - j) % m] = -sin[j] / m;
  }
  transform(kernelRe, kernelIm);

  const workRe = new Float64Array(m);
  const workIm = new Float64Array(m);
  return (re, im) => {
    workRe.fill(0);
    workIm.fill(0);
    for (let j = 0; j < n; j++) {
      workRe[j] = re[j] * cos[j] - im[j] * sin[j];
      workIm[j] = re[j] * sin[j] + im[j] * cos[j];
    }
    transform(workRe, workIm);
    for (let j = 0; j < m; j++) {
      const product = workRe[j] * kernelRe[j] - workIm[j] * kernelIm[j];
      workIm[j] = workRe[j] * kernelIm[j] + workIm[j] * kernelRe[j];
      workRe[j] = product;
    }
    transform(workIm, workRe); // exchanged parts make the inverse transform
    for (let k = 0; k < n; k++) {
      re[k] = workRe[k] * cos[k] - workIm[k] * sin[k];
      im[k] = workRe[k] * sin[k] + workIm[k] * cos[k];
    }
  };
}
