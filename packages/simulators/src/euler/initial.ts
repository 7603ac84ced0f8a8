/**
 * Initial states of the Euler system: the unit square cut by lines parallel to its axes, constant in each rectangle.
 *
 * Every 2 x 2 group of rectangles is one of the 19 four-state Riemann problems of Lax and Liu, in a random orientation,
 * its density and pressure multiplied by a random factor. Lines along an axis therefore alternate between a block's
 * corner (odd) and a border of two blocks (even); on a periodic domain the ends of the axis are one more border.
 *
 * @see Lax & Liu, SIAM J. Sci. Comput. 19 (1998) 319
 */
import {type Rng, having, checkOptions, checkParts, list, number, oneOf} from "@lola-ts/core";
import type {Primitive} from "./solver";

/** A 2 x 2 block, `block[i][j]` with $i = 1$ on the right and $j = 1$ on top. */
export type Block = readonly [readonly [Primitive, Primitive], readonly [Primitive, Primitive]];

/** Lines across each axis and the states between them: `states[i][j]`, one more than lines in each direction. */
export interface Quadrants {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly states: readonly (readonly Primitive[])[];
}

/** Number of lines: as in The Well (1 to 3 blocks an axis), or fewer, for small grids (1 to 2 blocks, mostly one). */
export type Lines = "well" | "few";

/** Configurations: pressure, density, $u$, $v$ of the quadrants upper right, upper left, lower left, lower right. */
// prettier-ignore
const LAX_LIU: readonly (readonly number[])[] = [
  [1, 1, 0, 0,             0.4, 0.5197, -0.7259, 0,       0.0439, 0.1072, -0.7259, -1.4045,  0.15, 0.2579, 0, -1.4045],
  [1, 1, 0, 0,             0.4, 0.5197, -0.7259, 0,       1, 1, -0.7259, -0.7259,            0.4, 0.5197, 0, -0.7259],
  [1.5, 1.5, 0, 0,         0.3, 0.5323, 1.206, 0,         0.029, 0.138, 1.206, 1.206,        0.3, 0.5323, 0, 1.206],
  [1.1, 1.1, 0, 0,         0.35, 0.5065, 0.8939, 0,       1.1, 1.1, 0.8939, 0.8939,          0.35, 0.5065, 0, 0.8939],
  [1, 1, -0.75, -0.5,      1, 2, -0.75, 0.5,              1, 1, 0.75, 0.5,                   1, 3, 0.75, -0.5],
  [1, 1, 0.75, -0.5,       1, 2, 0.75, 0.5,               1, 1, -0.75, 0.5,                  1, 3, -0.75, -0.5],
  [1, 1, 0.1, 0.1,         0.4, 0.5197, -0.6259, 0.1,     0.4, 0.8, 0.1, 0.1,                0.4, 0.5197, 0.1, -0.6259],
  [0.4, 0.5197, 0.1, 0.1,  1, 1, -0.6259, 0.1,            1, 0.8, 0.1, 0.1,                  1, 1, 0.1, -0.6259],
  [1, 1, 0, 0.3,           1, 2, 0, -0.3,                 0.4, 1.039, 0, -0.8133,            0.4, 0.5197, 0, -0.4259],
  [1, 1, 0, 0.4297,        1, 0.5, 0, 0.6076,             0.3333, 0.2281, 0, -0.6076,        0.3333, 0.4562, 0, -0.4297],
  [1, 1, 0.1, 0,           0.4, 0.5313, 0.8276, 0,        0.4, 0.8, 0.1, 0,                  0.4, 0.5313, 0.1, 0.7276],
  [0.4, 0.5313, 0, 0,      1, 1, 0.7276, 0,               1, 0.8, 0, 0,                      1, 1, 0, 0.7276],
  [1, 1, 0, -0.3,          1, 2, 0, 0.3,                  0.4, 1.0625, 0, 0.8145,            0.4, 0.5313, 0, 0.4276],
  [8, 2, 0, -0.5606,       8, 1, 0, -1.2172,              2.6667, 0.4736, 0, 1.2172,         2.6667, 0.9474, 0, 1.1606],
  [1, 1, 0.1, -0.3,        0.4, 0.5197, -0.6259, -0.3,    0.4, 0.8, 0.1, -0.3,               0.4, 0.5313, 0.1, 0.4276],
  [0.4, 0.5313, 0.1, 0.1,  1, 1.0222, -0.6179, 0.1,       1, 0.8, 0.1, 0.1,                  1, 1, 0.1, 0.8276],
  [1, 1, 0, -0.4,          1, 2, 0, -0.3,                 0.4, 1.0625, 0, 0.2145,            0.4, 0.5197, 0, -1.1259],
  [1, 1, 0, 1,             1, 2, 0, -0.3,                 0.4, 1.0625, 0, 0.2145,            0.4, 0.5197, 0, 0.2741],
  [1, 1, 0, 0.3,           1, 2, 0, -0.3,                 0.4, 1.0625, 0, 0.2145,            0.4, 0.5197, 0, -0.4259],
];

export const CONFIGURATIONS = LAX_LIU.length;

/**
 * Look up a configuration of Lax and Liu by its number in their paper.
 *
 * @throws RangeError unless the number is from 1 to 19.
 */
export function laxLiu(configuration: number): Block {
  const row = LAX_LIU[configuration - 1];
  if (row === undefined) {
    throw new RangeError(`laxLiu: expected a configuration from 1 to ${CONFIGURATIONS}, found ${configuration}.`);
  }
  const [upperRight, upperLeft, lowerLeft, lowerRight] = [0, 4, 8, 12].map((k): Primitive => {
    const [p, density, u, v] = row.slice(k, k + 4);
    return [density, u, v, p];
  });
  return [
    [lowerLeft, upperLeft],
    [lowerRight, upperRight],
  ];
}

function makeBlock(state: (i: 0 | 1, j: 0 | 1) => Primitive): Block {
  return [
    [state(0, 0), state(0, 1)],
    [state(1, 0), state(1, 1)],
  ];
}

const opposite = (i: 0 | 1): 0 | 1 => (i === 0 ? 1 : 0);

export function mirrorX(block: Block): Block {
  return makeBlock((i, j) => {
    const [r, u, v, p] = block[opposite(i)][j];
    return [r, -u, v, p];
  });
}

export function mirrorY(block: Block): Block {
  return makeBlock((i, j) => {
    const [r, u, v, p] = block[i][opposite(j)];
    return [r, u, -v, p];
  });
}

export function transpose(block: Block): Block {
  return makeBlock((i, j) => {
    const [r, u, v, p] = block[j][i];
    return [r, v, u, p];
  });
}

/** Draw a block: a configuration, a factor on density and pressure, an orientation. */
function drawBlock(generator: Rng): Block {
  const configuration = laxLiu(1 + generator.integer(CONFIGURATIONS));
  const s = generator.uniform(0.8, 1.1);
  let block = makeBlock((i, j) => {
    const [r, u, v, p] = configuration[i][j];
    return [s * r, u, v, s * p];
  });
  for (const turn of [mirrorX, mirrorY, transpose]) {
    if (generator.uniform() < 0.5) block = turn(block);
  }
  return block;
}

/** Draw the lines of a number of blocks, from an offset that both axes share; drop those outside of the square. */
function drawLines(generator: Rng, blocks: number, offset: number): number[] {
  const lines = [offset + (1 + generator.integer(4)) / 16];
  while (lines.length < 2 * blocks - 1) {
    const choice = generator.uniform();
    lines.push(lines[lines.length - 1] + (choice < 0.7 ? 1 / 8 : choice < 0.9 ? 1 / 4 : 3 / 8));
  }
  return lines.filter((line) => line <= 1 - 1 / 32);
}

/**
 * Draw an initial state.
 *
 * The recipe for `"well"` was inferred from pictures and moments of The Well's data. Its lines are spaced by multiples of
 * 1/8, at an offset that both axes share. `"few"` puts one line at $\mathcal{U}(0.25, 0.75)$ in an axis with probability
 * 0.6 and takes two blocks of the recipe otherwise.
 */
export function drawQuadrants(generator: Rng, lines: Lines = "well"): Quadrants {
  checkOptions("drawQuadrants", having("a generator, e.g. Rng.from(0)", "uniform"), generator, "generator");
  checkOptions("drawQuadrants", oneOf(["well", "few"]), lines, "lines");
  const offset = generator.uniform(0, 1 / 16);
  const draw = (): number[] => {
    if (lines === "well") return drawLines(generator, 1 + generator.integer(3), offset);
    return generator.uniform() < 0.6 ? [generator.uniform(0.25, 0.75)] : drawLines(generator, 2, offset);
  };
  const x = draw();
  const y = draw();
  const across = (line: readonly number[]): number => Math.ceil((line.length + 1) / 2);
  const blocks = Array.from({length: across(x)}, () => Array.from({length: across(y)}, () => drawBlock(generator)));
  const states = Array.from({length: x.length + 1}, (_, i) =>
    Array.from({length: y.length + 1}, (_, j) => blocks[i >> 1][j >> 1][i % 2 === 0 ? 0 : 1][j % 2 === 0 ? 0 : 1]),
  );
  return {x, y, states};
}

/**
 * Make the function of position from which a solver sets its state.
 *
 * @throws RangeError unless there is a state on each side of each line.
 */
export function piecewiseConstant({x, y, states}: Quadrants): (x: number, y: number) => Primitive {
  const line = list(number(), {empty: true});
  checkParts("piecewiseConstant", {x: line, y: line}, {x, y});
  const column = list(list(number(), {length: 4}), {length: y.length + 1});
  checkOptions("piecewiseConstant", list(column, {length: x.length + 1}), states, "states");
  const between = (lines: readonly number[], position: number): number => {
    const index = lines.findIndex((line) => position < line);
    return index === -1 ? lines.length : index;
  };
  return (px, py) => states[between(x, px)][between(y, py)];
}

/** Compute the largest signal speed $\max(|u|, |v|) + c$ of an initial state: the number of steps grows with it. */
export function signalSpeed({states}: Quadrants, gamma: number): number {
  const speeds = states.flat().map(([r, u, v, p]) => Math.max(Math.abs(u), Math.abs(v)) + Math.sqrt((gamma * p) / r));
  return Math.max(...speeds);
}
