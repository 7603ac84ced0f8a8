/**
 * Inner loops of the Euler solver, each over one row of cells (fixed $x$, all $y$).
 *
 * States are stored four numbers a cell: primitive $W = (\rho, u, v, p)$ or conserved $U = (\rho, \rho u, \rho v, E)$.
 * For speed, the loops allocate nothing and take numbers and typed arrays only. packages/simulators/native/euler-sweep.cc does the
 * same in C++, to the bit: a change here belongs there, too.
 */
import * as gas from "../gas";

// Bound once: where modules run in a context of their own (as in tests), looking up a global or an import is slow.
const {abs, max, sqrt} = Math;
const {greater, halfSlopes, lesser} = gas;

export const STATE = 4;

/** Numbers per cell of a row of faces: the states at the lower and upper $x$ face, then at the lower and upper $y$ face. */
export const FACES = 16;

/** Minimum density and pressure; a run that needs them is not to be trusted. */
export const FLOORS = {density: 1e-8, pressure: 1e-9};

/**
 * Extrapolate the cells of a row to their faces, half a time step ahead (MUSCL-Hancock).
 *
 * In primitive form $W \leftarrow W - \frac{\Delta t}{2 \Delta x} (A \, \delta_x W + B \, \delta_y W) \pm \frac{1}{2} \delta W$.
 * Where a face would keep less than a tenth of the cell's density or pressure, the cell stays constant (first order).
 *
 * @param faces Receives {@link FACES} numbers a cell.
 * @param w Primitive states with ghosts.
 * @param first Offset in `w` of the first cell of the row to extrapolate.
 * @param count Number of cells.
 * @param stride Numbers from one row to the next in `w`.
 * @param hx $\Delta t / 2 \Delta x$.
 * @param hy $\Delta t / 2 \Delta y$.
 * @returns The number of cells left constant.
 */
export function extrapolate(
  faces: Float64Array,
  w: Float64Array,
  first: number,
  count: number,
  stride: number,
  hx: number,
  hy: number,
  gamma: number,
): number {
  halfSlopes(faces, 0, w, first, count, stride, STATE, FACES);
  halfSlopes(faces, STATE, w, first, count, STATE, STATE, FACES);
  let fallbacks = 0;
  for (let c = 0, k = first, o = 0; c < count; c++, k += STATE, o += FACES) {
    let r = w[k];
    let u = w[k + 1];
    let v = w[k + 2];
    let p = w[k + 3];
    let rx = faces[o];
    let ux = faces[o + 1];
    let vx = faces[o + 2];
    let px = faces[o + 3];
    let ry = faces[o + 4];
    let uy = faces[o + 5];
    let vy = faces[o + 6];
    let py = faces[o + 7];

    const ax = 2 * hx;
    const ay = 2 * hy;
    const dr = -(ax * (u * rx + r * ux) + ay * (v * ry + r * vy));
    const dp = -(ax * (u * px + gamma * p * ux) + ay * (v * py + gamma * p * vy));
    const rMin = r + dr - greater(abs(rx), abs(ry));
    const pMin = p + dp - greater(abs(px), abs(py));
    if (rMin >= 0.1 * r && pMin >= 0.1 * p) {
      const volume = 1 / r;
      const du = -(ax * (u * ux + volume * px) + ay * (v * uy));
      const dv = -(ax * (u * vx) + ay * (v * vy + volume * py));
      r += dr;
      u += du;
      v += dv;
      p += dp;
    } else {
      fallbacks++;
      rx = ux = vx = px = ry = uy = vy = py = 0;
    }

    faces[o] = r - rx;
    faces[o + 1] = u - ux;
    faces[o + 2] = v - vx;
    faces[o + 3] = p - px;
    faces[o + 4] = r + rx;
    faces[o + 5] = u + ux;
    faces[o + 6] = v + vx;
    faces[o + 7] = p + px;
    faces[o + 8] = r - ry;
    faces[o + 9] = u - uy;
    faces[o + 10] = v - vy;
    faces[o + 11] = p - py;
    faces[o + 12] = r + ry;
    faces[o + 13] = u + uy;
    faces[o + 14] = v + vy;
    faces[o + 15] = p + py;
  }
  return fallbacks;
}

/**
 * Compute the fluxes through a row of faces with the HLLC Riemann solver.
 *
 * Three waves of speeds $S_L \le S_M \le S_R$ part four constant states; the outer speeds are the lower and upper of the
 * one-sided ones and those of Roe's average.
 *
 * @param flux Receives {@link STATE} numbers a face: the fluxes of $\rho, \rho u, \rho v, E$.
 * @param lower Row of faces ({@link extrapolate}) on the lower side, from offset `l` on.
 * @param upper Row of faces on the upper side, from offset `m` on.
 * @param normal Index of the velocity across the face: 1 for $u$ (faces in $x$), 2 for $v$.
 * @see Toro, chapter 10
 */
export function hllc(
  flux: Float64Array,
  lower: Float64Array,
  l: number,
  upper: Float64Array,
  m: number,
  count: number,
  normal: number,
  gamma: number,
): void {
  const along = 3 - normal;
  const g = gamma - 1;
  const h = gamma / g;
  for (let c = 0, o = 0; c < count; c++, o += STATE, l += FACES, m += FACES) {
    const rl = lower[l];
    const ul = lower[l + normal];
    const vl = lower[l + along];
    const pl = lower[l + 3];
    const rr = upper[m];
    const ur = upper[m + normal];
    const vr = upper[m + along];
    const pr = upper[m + 3];

    const tl = pl / rl;
    const tr = pr / rr;
    const ql = 0.5 * (ul * ul + vl * vl);
    const qr = 0.5 * (ur * ur + vr * vr);
    // Roe's average weights by the root of density.
    const sl = sqrt(rl);
    const sr = sqrt(rr);
    const weight = 1 / (sl + sr);
    const ua = (sl * ul + sr * ur) * weight;
    const va = (sl * vl + sr * vr) * weight;
    const ha = (sl * (h * tl + ql) + sr * (h * tr + qr)) * weight;
    const ca = sqrt(g * (ha - 0.5 * (ua * ua + va * va)));
    const slow = lesser(ul - sqrt(gamma * tl), ua - ca);
    const fast = greater(ur + sqrt(gamma * tr), ua + ca);

    const ml = rl * (slow - ul);
    const mr = rr * (fast - ur);
    const middle = (pr - pl + ul * ml - ur * mr) / (ml - mr);
    // In the upwind state (left, right or one of the two between) the flux is the Euler equations'.
    let r: number, u: number, v: number, p: number, e: number;
    if (middle >= 0) {
      r = rl;
      u = ul;
      v = vl;
      p = pl;
      e = pl / g + rl * ql;
      if (slow < 0) {
        const star = 1 / (slow - middle);
        p = pl + ml * (middle - ul);
        e = ((slow - ul) * e - pl * ul + p * middle) * star;
        r = ml * star;
        u = middle;
      }
    } else {
      r = rr;
      u = ur;
      v = vr;
      p = pr;
      e = pr / g + rr * qr;
      if (fast > 0) {
        const star = 1 / (fast - middle);
        p = pr + mr * (middle - ur);
        e = ((fast - ur) * e - pr * ur + p * middle) * star;
        r = mr * star;
        u = middle;
      }
    }

    const mass = r * u;
    flux[o] = mass;
    flux[o + normal] = mass * u + p;
    flux[o + along] = mass * v;
    flux[o + 3] = u * (e + p);
  }
}

/**
 * Advance a row of cells by its fluxes and return the largest signal speed $\max(|u|, |v|) + c$ in it.
 *
 * @param u Conserved states, updated in place.
 * @param w Primitive states, recomputed.
 * @param first Offset of the row's first cell in both.
 * @param below Fluxes through the lower $x$ faces.
 * @param above Fluxes through the upper $x$ faces.
 * @param across Fluxes through the $y$ faces, one more than cells.
 * @param ax $\Delta t / \Delta x$.
 * @param ay $\Delta t / \Delta y$.
 * @param floors Its first element counts the cells where {@link FLOORS} were needed.
 */
export function advance(
  u: Float64Array,
  w: Float64Array,
  first: number,
  count: number,
  below: Float64Array,
  above: Float64Array,
  across: Float64Array,
  ax: number,
  ay: number,
  gamma: number,
  floors: Int32Array,
): number {
  let fastest = 0;
  for (let c = 0, k = first, o = 0; c < count; c++, k += STATE, o += STATE) {
    let r = u[k] - (ax * (above[o] - below[o]) + ay * (across[o + 4] - across[o]));
    const mx = u[k + 1] - (ax * (above[o + 1] - below[o + 1]) + ay * (across[o + 5] - across[o + 1]));
    const my = u[k + 2] - (ax * (above[o + 2] - below[o + 2]) + ay * (across[o + 6] - across[o + 2]));
    let e = u[k + 3] - (ax * (above[o + 3] - below[o + 3]) + ay * (across[o + 7] - across[o + 3]));

    let volume = 1 / r;
    let kinetic = 0.5 * (mx * mx + my * my) * volume;
    let p = (gamma - 1) * (e - kinetic);
    if (!(r >= FLOORS.density && p >= FLOORS.pressure)) {
      floors[0]++;
      r = max(r, FLOORS.density);
      volume = 1 / r;
      kinetic = 0.5 * (mx * mx + my * my) * volume;
      p = max((gamma - 1) * (e - kinetic), FLOORS.pressure);
      e = p / (gamma - 1) + kinetic;
    }
    const vx = mx * volume;
    const vy = my * volume;
    u[k] = r;
    u[k + 1] = mx;
    u[k + 2] = my;
    u[k + 3] = e;
    w[k] = r;
    w[k + 1] = vx;
    w[k + 2] = vy;
    w[k + 3] = p;
    const speed = max(abs(vx), abs(vy)) + sqrt(gamma * p * volume);
    if (speed > fastest || speed !== speed) fastest = speed; // keeps NaN, which `timeStep` then reports
  }
  return fastest;
}
