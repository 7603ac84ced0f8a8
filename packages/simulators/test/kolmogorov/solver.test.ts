import {Rng} from "@lola-ts/core";
import {energyOf, enstrophyOf} from "../../src/kolmogorov/diagnostics";
import {drawVorticity} from "../../src/kolmogorov/trajectory";
import {KolmogorovSolver, type KolmogorovOptions} from "../../src/kolmogorov/solver";
import {laminarAmplitude} from "../../src/kolmogorov/reference";

type Change = (solver: KolmogorovSolver) => void;

/** A flow at time 1 from random vorticity that is changed at the start. */
function flow(options: Partial<KolmogorovOptions> = {}, change?: Change): KolmogorovSolver {
  const solver = new KolmogorovSolver({reynolds: 50, grid: [32, 32], ...options});
  solver.start(drawVorticity(Rng.from("solver")));
  change?.(solver);
  solver.run(1);
  return solver;
}

/** Distance of two flows' vorticity, relative to the first one's. */
function distance({vorticity: a}: KolmogorovSolver, {vorticity: b}: KolmogorovSolver): number {
  let difference = 0;
  let size = 0;
  a.re.forEach((re, m) => {
    difference += (re - b.re[m]) ** 2 + (a.im[m] - b.im[m]) ** 2;
    size += re ** 2 + a.im[m] ** 2;
  });
  return Math.sqrt(difference / size);
}

/** Move the flow by a distance along each axis. */
const moved =
  (dx: number, dy: number): Change =>
  ({modes, vorticity: {re, im}}) =>
    modes.kx.forEach((kx, m) => {
      const angle = -kx * dx - modes.ky[m] * dy;
      const a = re[m];
      const b = im[m];
      re[m] = a * Math.cos(angle) - b * Math.sin(angle);
      im[m] = a * Math.sin(angle) + b * Math.cos(angle);
    });

/** Turn the box by half a turn: the vorticity at $-x$, $-y$. */
const turned: Change = ({vorticity: {im}}) => im.forEach((value, m) => (im[m] = -value));

/** Mirror the flow along $x$: the vorticity at $-x$ with the other sign. */
const mirrored: Change = ({modes, vorticity: {re, im}}) => {
  const a = re.slice();
  const b = im.slice();
  modes.i.forEach((i, m) => {
    const from = modes.i.findIndex((other, n) => other === -i && modes.j[n] === modes.j[m]);
    const opposite = from < 0; // a wave along x alone has its mirror image among the modes that are not held
    re[m] = -a[opposite ? m : from];
    im[m] = opposite ? b[m] : -b[from];
  });
};

describe("Taylor-Green vortices", () => {
  test.each([
    [1, 0],
    [2, 0.3],
  ])("decay exactly: wavenumber %d, drag %d", (k, drag) => {
    const solver = new KolmogorovSolver({reynolds: 10, drag, force: 0, grid: [12, 16]});
    solver.set((x, y) => 2 * k * Math.cos(k * x) * Math.cos(k * y));
    const start = solver.vorticity.re.slice();
    solver.run(2);
    const decay = Math.exp(-2 * ((2 * k * k) / 10 + drag));
    solver.vorticity.re.forEach((value, m) => expect(Math.abs(value - decay * start[m])).toBeLessThan(1e-14));
    expect(energyOf(solver)).toBeCloseTo(0.25 * decay ** 2, 14);
  });
});

test("laminar flow is steady", () => {
  for (const drag of [0, 0.1]) {
    const solver = new KolmogorovSolver({reynolds: 5, drag, grid: [16, 24], step: 0.02});
    const amplitude = laminarAmplitude({reynolds: 5, drag});
    if (drag === 0) expect(amplitude).toBeCloseTo(5 / 16, 14);
    solver.set((_x, y) => -4 * amplitude * Math.cos(4 * y));
    solver.run(20);
    expect(Math.sqrt(4 * energyOf(solver)) / amplitude).toBeCloseTo(1, 7);
    expect(enstrophyOf(solver) / energyOf(solver)).toBeCloseTo(16, 10);
  }
});

test("a fluid at rest is driven to laminar flow below the onset", () => {
  const solver = new KolmogorovSolver({reynolds: 5, drag: 0, grid: [8, 24]});
  solver.run(3);
  const amplitude = (5 / 16) * (1 - Math.exp((-16 / 5) * 3));
  expect(Math.sqrt(4 * energyOf(solver)) / amplitude).toBeCloseTo(1, 5);
});

test("the scheme is of fourth order", () => {
  const at = (step: number) => flow({step});
  const exact = at(1 / 640);
  const coarse = distance(exact, at(1 / 80));
  const fine = distance(exact, at(1 / 160));
  expect(fine).toBeLessThan(1e-7);
  expect(Math.log2(coarse / fine)).toBeGreaterThan(3.7);
  expect(Math.log2(coarse / fine)).toBeLessThan(4.5);
});

test("without force and losses, energy and enstrophy are conserved to the order of the scheme", () => {
  const drift = (step: number) => {
    const free = {reynolds: Infinity, drag: 0, force: 0};
    const before = new KolmogorovSolver({...free, grid: [32, 32]});
    const after = flow({...free, step});
    before.start(drawVorticity(Rng.from("solver")));
    return [energyOf, enstrophyOf].map((total) => Math.abs(total(after) / total(before) - 1));
  };
  const coarse = drift(1 / 40);
  const fine = drift(1 / 80);
  for (const k of [0, 1]) {
    expect(fine[k]).toBeLessThan(1e-5);
    expect(Math.log2(coarse[k] / fine[k])).toBeGreaterThan(3.8);
  }
});

test("the account of energy is complete", () => {
  const solver = new KolmogorovSolver({reynolds: 50, grid: [32, 32]});
  solver.start(drawVorticity(Rng.from("solver")));
  const before = energyOf(solver);
  solver.run(3);
  const {injected, viscous, drag} = solver.account;
  expect(Math.min(viscous, drag)).toBeGreaterThan(0.05);
  expect(Math.abs(energyOf(solver) - before - injected + viscous + drag)).toBeLessThan(1e-3 * viscous);
});

describe("symmetries of the forced equations", () => {
  const fine = {step: 0.01}; // shorter than the flow demands: where points are in the flow makes no difference
  const straight = flow(fine);
  const wave = (2 * Math.PI) / 4;

  test("translations along x by any distance, along y by the wavelength of the force", () => {
    for (const [dx, dy] of [
      [1.234, 0],
      [0, wave],
      [-2, 3 * wave],
    ]) {
      const start = flow(fine, moved(dx, dy));
      moved(-dx, -dy)(start);
      expect(distance(straight, start)).toBeLessThan(1e-12);
    }
  });

  test("half a turn of the box", () => {
    const start = flow(fine, turned);
    turned(start);
    expect(distance(straight, start)).toBeLessThan(1e-12);
  });

  test("a mirror along x together with half a wavelength along y", () => {
    const both: Change = (solver) => {
      mirrored(solver);
      moved(0, wave / 2)(solver);
    };
    const start = flow(fine, both);
    moved(0, -wave / 2)(start);
    mirrored(start);
    expect(distance(straight, start)).toBeLessThan(1e-12);
  });

  test("neither a mirror alone nor another translation along y", () => {
    const alone = flow(fine, mirrored);
    mirrored(alone);
    expect(distance(straight, alone)).toBeGreaterThan(0.1);
    const half = flow(fine, moved(0, wave / 2));
    moved(0, -wave / 2)(half);
    expect(distance(straight, half)).toBeGreaterThan(0.1);
  });
});

test("a run in parts ends at the same time, and a finer grid gives the same flow", () => {
  const parts = flow({}, (solver) => [0.25, 0.7].forEach((time) => solver.run(time)));
  expect(parts.time).toBe(1);
  expect(distance(flow(), parts)).toBeLessThan(1e-4);
  const [coarse, fine] = [32, 64].map((n) => {
    const solver = new KolmogorovSolver({reynolds: 5, grid: [n, n]});
    solver.start(drawVorticity(Rng.from("solver")));
    solver.run(1);
    return solver;
  });
  expect(distance(coarse, fine)).toBeLessThan(1e-3);
});

test("options that make no sense are refused in words", () => {
  const make = (options: Partial<KolmogorovOptions>) => () =>
    new KolmogorovSolver({reynolds: 10, grid: [16, 16], ...options});
  expect(make({reynolds: 0})).toThrow(
    "KolmogorovSolver: expected reynolds to be a finite number above 0, or Infinity, found 0",
  );
  expect(make({grid: [16, 3]})).toThrow(
    "expected grid to be a list of 2 entries, each a whole number of 4 or more, found",
  );
  expect(make({grid: [16, 12]})).toThrow("expected forcedWavenumber to be an integer from 1 to 3");
  expect(make({length: -1})).toThrow("expected length to be a finite number above 0, found -1");
  expect(make({force: NaN})).toThrow("expected force to be a finite number, found NaN");
  expect(make({drag: -1})).toThrow("expected drag to be a finite number of 0 or more, found -1");
  expect(make({step: 0})).toThrow("expected step to be a finite number above 0, found 0");
  expect(make({courant: 3})).toThrow("expected courant to be a finite number above 0 and below 2.8, found 3");
});

test("a state that is not finite is refused in words", () => {
  const solver = new KolmogorovSolver({reynolds: 10, grid: [16, 16]});
  solver.vorticity.re[3] = NaN;
  expect(() => solver.run(1)).toThrow("expected a finite state, found modes that turn at a rate of NaN after 0 steps");
});
