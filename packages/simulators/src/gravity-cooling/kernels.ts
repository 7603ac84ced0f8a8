/**
 * Inner loops of the three-dimensional solver, each over one row of cells (fixed $x$ and $y$, all $z$).
 *
 * A cell holds primitive states $W = (\rho, u, v, w, p)$ and, in an array of their own, conserved ones
 * $U = (\rho, \rho u, \rho v, \rho w, E, \rho e)$ with the flow out of the cell, $\Delta t \, \nabla \cdot v$, beside them.
 * For speed, the loops allocate nothing and take numbers and typed arrays only.
 */
import * as gas from "../gas";

// Bound once: where modules run in a context of their own (as in tests), looking up a global or an import is slow.
const {abs, sqrt} = Math;
const {greater, halfSlopes, lesser} = gas;

export const STATE = 5;

/** Numbers per cell of the conserved states: $\rho, \rho u, \rho v, \rho w, E, \rho e$ and $\Delta t \, \nabla \cdot v$. */
export const CONSERVED = 7;

/** Numbers per cell of a row of faces: states at the lower $x$, lower and upper $y$, lower and upper $z$ face. */
export const FACES = 5 * STATE;

/** Minimum density and pressure; a run that needs them is not to be trusted. */
export const FLOORS = {density: 1e-10, pressure: 1e-14};

/** Indices of {@link commit}'s counters. */
export const COUNT = {floors: 0, dual: 1} as const;

/**
 * Extrapolate the cells of a row to their faces, half a time step ahead (MUSCL-Hancock).
 *
 * In primitive form
 * $W \leftarrow W - \frac{\Delta t}{2 \Delta x} (A \, \delta_x W + B \, \delta_y W + C \, \delta_z W) \pm \frac{1}{2} \delta W$.
 * Where a face would keep less than a tenth of the cell's density or pressure, the cell stays constant (first order).
 *
 * @param faces Receives {@link FACES} numbers a cell.
 * @param behind Receives the state at the upper $x$ face, {@link STATE} numbers a cell, from offset `b` on.
 * @param w Primitive states with ghosts.
 * @param first Offset in `w` of the first cell of the row to extrapolate.
 * @param count Number of cells.
 * @param sx Numbers from a cell to its neighbour along $x$ in `w`.
 * @param sy The same along $y$.
 * @param a $\Delta t / \Delta x$.
 * @returns The number of cells left constant.
 */
export function extrapolate(
  faces: Float64Array,
  behind: Float64Array,
  b: number,
  w: Float64Array,
  first: number,
  count: number,
  sx: number,
  sy: number,
  a: number,
  gamma: number,
): number {
  halfSlopes(faces, 0, w, first, count, sx, STATE, FACES);
  halfSlopes(faces, STATE, w, first, count, sy, STATE, FACES);
  halfSlopes(faces, 2 * STATE, w, first, count, STATE, STATE, FACES);
  let fallbacks = 0;
  for (let c = 0, k = first, o = 0; c < count; c++, k += STATE, o += FACES, b += STATE) {
    let r = w[k];
    let u = w[k + 1];
    let v = w[k + 2];
    let q = w[k + 3];
    let p = w[k + 4];
    let rx = faces[o];
    let ux = faces[o + 1];
    let vx = faces[o + 2];
    let qx = faces[o + 3];
    let px = faces[o + 4];
    let ry = faces[o + 5];
    let uy = faces[o + 6];
    let vy = faces[o + 7];
    let qy = faces[o + 8];
    let py = faces[o + 9];
    let rz = faces[o + 10];
    let uz = faces[o + 11];
    let vz = faces[o + 12];
    let qz = faces[o + 13];
    let pz = faces[o + 14];

    const divergence = ux + vy + qz;
    const dr = -a * (u * rx + v * ry + q * rz + r * divergence);
    const dp = -a * (u * px + v * py + q * pz + gamma * p * divergence);
    const rMin = r + dr - greater(greater(abs(rx), abs(ry)), abs(rz));
    const pMin = p + dp - greater(greater(abs(px), abs(py)), abs(pz));
    if (rMin >= 0.1 * r && pMin >= 0.1 * p) {
      const volume = 1 / r;
      const du = -a * (u * ux + v * uy + q * uz + volume * px);
      const dv = -a * (u * vx + v * vy + q * vz + volume * py);
      const dq = -a * (u * qx + v * qy + q * qz + volume * pz);
      r += dr;
      u += du;
      v += dv;
      q += dq;
      p += dp;
    } else {
      fallbacks++;
      rx = ux = vx = qx = px = ry = uy = vy = qy = py = rz = uz = vz = qz = pz = 0;
    }

    faces[o] = r - rx;
    faces[o + 1] = u - ux;
    faces[o + 2] = v - vx;
    faces[o + 3] = q - qx;
    faces[o + 4] = p - px;
    behind[b] = r + rx;
    behind[b + 1] = u + ux;
    behind[b + 2] = v + vx;
    behind[b + 3] = q + qx;
    behind[b + 4] = p + px;
    faces[o + 5] = r - ry;
    faces[o + 6] = u - uy;
    faces[o + 7] = v - vy;
    faces[o + 8] = q - qy;
    faces[o + 9] = p - py;
    faces[o + 10] = r + ry;
    faces[o + 11] = u + uy;
    faces[o + 12] = v + vy;
    faces[o + 13] = q + qy;
    faces[o + 14] = p + py;
    faces[o + 15] = r - rz;
    faces[o + 16] = u - uz;
    faces[o + 17] = v - vz;
    faces[o + 18] = q - qz;
    faces[o + 19] = p - pz;
    faces[o + 20] = r + rz;
    faces[o + 21] = u + uz;
    faces[o + 22] = v + vz;
    faces[o + 23] = q + qz;
    faces[o + 24] = p + pz;
  }
  return fallbacks;
}

/**
 * Compute the fluxes through a row of faces with the HLLC Riemann solver and move them from the cells on the lower side
 * to those on the upper side.
 *
 * Waves and their speeds are the two-dimensional solver's. The internal energy is carried by the mass flux, at the
 * temperature of the upwind side; the work of pressure on it needs the divergence, a sum of the velocities of faces.
 *
 * @param u Conserved states.
 * @param below Offset in `u` of the first cell on the lower side; `above` on the upper one.
 * @param lower States at the faces on the lower side, one every `ls` numbers from offset `l` on.
 * @param upper States on the upper side, one every {@link FACES} numbers from offset `m` on.
 * @param normal Index of the velocity across the faces: 1 for $u$ (faces in $x$), 2 for $v$, 3 for $w$.
 * @param a $\Delta t / \Delta x$.
 * @see Toro, "Riemann Solvers and Numerical Methods for Fluid Dynamics", 3rd ed., chapter 10
 */
export function exchange(
  u: Float64Array,
  below: number,
  above: number,
  lower: Float64Array,
  l: number,
  ls: number,
  upper: Float64Array,
  m: number,
  count: number,
  normal: number,
  a: number,
  gamma: number,
): void {
  const first = normal === 1 ? 2 : 1;
  const second = normal === 3 ? 2 : 3;
  const g = gamma - 1;
  const h = gamma / g;
  for (let c = 0; c < count; c++, l += ls, m += FACES, below += CONSERVED, above += CONSERVED) {
    const rl = lower[l];
    const ul = lower[l + normal];
    const vl = lower[l + first];
    const wl = lower[l + second];
    const pl = lower[l + 4];
    const rr = upper[m];
    const ur = upper[m + normal];
    const vr = upper[m + first];
    const wr = upper[m + second];
    const pr = upper[m + 4];

    const tl = pl / rl;
    const tr = pr / rr;
    const ql = 0.5 * (ul * ul + vl * vl + wl * wl);
    const qr = 0.5 * (ur * ur + vr * vr + wr * wr);
    // Roe's average weights by the root of density.
    const sl = sqrt(rl);
    const sr = sqrt(rr);
    const weight = 1 / (sl + sr);
    const ua = (sl * ul + sr * ur) * weight;
    const va = (sl * vl + sr * vr) * weight;
    const wa = (sl * wl + sr * wr) * weight;
    const ha = (sl * (h * tl + ql) + sr * (h * tr + qr)) * weight;
    const ca = sqrt(g * (ha - 0.5 * (ua * ua + va * va + wa * wa)));
    const slow = lesser(ul - sqrt(gamma * tl), ua - ca);
    const fast = greater(ur + sqrt(gamma * tr), ua + ca);

    const ml = rl * (slow - ul);
    const mr = rr * (fast - ur);
    const middle = (pr - pl + ul * ml - ur * mr) / (ml - mr);
    // In the upwind state (left, right or one of the two between) the flux is the Euler equations'.
    let mass: number, v: number, w: number, p: number, e: number, t: number, face: number;
    if (middle >= 0) {
      v = vl;
      w = wl;
      p = pl;
      t = tl;
      e = pl / g + rl * ql;
      face = ul;
      mass = rl;
      if (slow < 0) {
        const star = 1 / (slow - middle);
        p = pl + ml * (middle - ul);
        e = ((slow - ul) * e - pl * ul + p * middle) * star;
        mass = ml * star;
        face = middle;
      }
    } else {
      v = vr;
      w = wr;
      p = pr;
      t = tr;
      e = pr / g + rr * qr;
      face = ur;
      mass = rr;
      if (fast > 0) {
        const star = 1 / (fast - middle);
        p = pr + mr * (middle - ur);
        e = ((fast - ur) * e - pr * ur + p * middle) * star;
        mass = mr * star;
        face = middle;
      }
    }

    face *= a;
    mass *= face;
    const along = mass * (face / a) + a * p;
    const energy = face * (e + p);
    const heat = (mass * t) / g;
    v *= mass;
    w *= mass;
    u[below] -= mass;
    u[below + normal] -= along;
    u[below + first] -= v;
    u[below + second] -= w;
    u[below + 4] -= energy;
    u[below + 5] -= heat;
    u[below + 6] += face;
    u[above] += mass;
    u[above + normal] += along;
    u[above + first] += v;
    u[above + second] += w;
    u[above + 4] += energy;
    u[above + 5] += heat;
    u[above + 6] -= face;
  }
}

/**
 * Finish a step in a row of cells: choose between the two internal energies and update the primitive states.
 *
 * The carried one receives the work of the mean of its old and its new pressure,
 * $(\rho e)' = \rho e - \frac{1}{2} (p + p') \Delta t \, \nabla \cdot v$. It is taken where $E - \frac{1}{2} \rho v^2$ is
 * less than `dual` times $E$, a difference of large numbers; elsewhere it is updated from $E$.
 *
 * @param u Conserved states, from offset `k` on.
 * @param w Primitive states, from offset `o` on.
 * @param counts Counts floors and choices of the carried energy at the indices {@link COUNT}.
 */
export function commit(
  u: Float64Array,
  k: number,
  w: Float64Array,
  o: number,
  count: number,
  gamma: number,
  dual: number,
  counts: Int32Array,
): void {
  const g = gamma - 1;
  for (let c = 0; c < count; c++, k += CONSERVED, o += STATE) {
    let r = u[k];
    let e = u[k + 4];
    if (!(r >= FLOORS.density) && r === r) {
      counts[COUNT.floors]++;
      r = u[k] = FLOORS.density;
    }
    const volume = 1 / r;
    const vx = u[k + 1] * volume;
    const vy = u[k + 2] * volume;
    const vz = u[k + 3] * volume;
    const kinetic = 0.5 * r * (vx * vx + vy * vy + vz * vz);
    const work = 0.5 * u[k + 6];
    let heat = e - kinetic;
    if (heat <= dual * e) {
      counts[COUNT.dual]++;
      heat = (u[k + 5] - work * w[o + 4]) / (1 + g * work);
      if (!(heat * g >= FLOORS.pressure)) {
        counts[COUNT.floors]++;
        heat = FLOORS.pressure / g;
      }
      e = kinetic + heat;
    }
    u[k + 4] = e;
    u[k + 5] = heat;
    u[k + 6] = 0;
    w[o] = r;
    w[o + 1] = vx;
    w[o + 2] = vy;
    w[o + 3] = vz;
    w[o + 4] = g * heat;
  }
}
