/** Convolution of the planes of a spectrum, in JavaScript: the reference of the compiled one, and what runs without it. */
import {fft} from "@lola-ts/core";

/** A spectrum along $x$, whose planes are padded with zeros along $y$ and $z$. */
export interface Spectrum {
  /** Real parts: planes of `ny` rows of `nz` numbers. */
  readonly re: Float64Array;
  /** Imaginary parts, laid out alike. */
  readonly im: Float64Array;
  /** Numbers by which all wave numbers are multiplied: for each plane the first half of those along $z$, then $y$. */
  readonly kernel: Float64Array;
  /** Number of planes. */
  readonly planes: number;
  readonly ny: number;
  readonly nz: number;
  /** Length along $y$ with the padding. */
  readonly my: number;
  /** Length along $z$ with the padding. */
  readonly mz: number;
}

/** Multiply all planes by the kernel, between transforms there and back. */
export type Convolution = () => void;

/** Copy a matrix of `rows` x `columns` numbers to its transpose. */
function transpose(from: Float64Array, to: Float64Array, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0, a = i * columns, b = i; j < columns; j++, b += rows) to[b] = from[a + j];
  }
}

/** Multiply a plane by the kernel's, which is even in both directions. */
function multiply([re, im]: readonly Float64Array[], {kernel, my, mz}: Spectrum, plane: number): void {
  const hy = my / 2 + 1;
  const hz = mz / 2 + 1;
  for (let k = 0, at = 0; k < mz; k++) {
    const row = (plane * hz + Math.min(k, mz - k)) * hy;
    for (let j = 0; j < my; j++, at++) {
      const factor = kernel[row + (j < hy ? j : my - j)];
      re[at] *= factor;
      im[at] *= factor;
    }
  }
}

/** Make the convolution of a spectrum. */
export function scriptConvolution(spectrum: Spectrum): Convolution {
  const {ny, nz, my, mz} = spectrum;
  const parts = [spectrum.re, spectrum.im];
  // A plane of the padded grid, and its transpose: y slowest, z slowest.
  const y = parts.map(() => new Float64Array(my * nz));
  const z = parts.map(() => new Float64Array(mz * my));

  const convolvePlane = (plane: number) => {
    const [start, end] = [plane * ny * nz, (plane + 1) * ny * nz];
    parts.forEach((part, p) => {
      y[p].fill(0);
      y[p].set(part.subarray(start, end));
    });
    fft(my)(y[0], y[1], 0, nz);
    parts.forEach((_, p) => {
      z[p].fill(0);
      transpose(y[p], z[p], my, nz);
    });
    fft(mz)(z[0], z[1], 0, my);
    multiply(z, spectrum, plane);
    fft(mz)(z[1], z[0], 0, my); // exchanged parts make the inverse transform
    parts.forEach((_, p) => transpose(z[p], y[p], nz, my));
    fft(my)(y[1], y[0], 0, nz);
    parts.forEach((part, p) => part.set(y[p].subarray(0, end - start), start));
  };
  return () => {
    for (let plane = 0; plane < spectrum.planes; plane++) convolvePlane(plane);
  };
}
