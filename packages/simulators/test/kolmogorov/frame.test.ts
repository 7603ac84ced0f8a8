import {Rng} from "@lola-ts/core";
import {FrameGrid} from "../../src/kolmogorov/frame";
import {drawVorticity} from "../../src/kolmogorov/trajectory";
import {modesOf, zeros} from "../../src/kolmogorov/transforms";

test("vorticity and velocity are those of the flow at the centres of the cells", () => {
  const modes = modesOf([3, 4]);
  const vorticity = zeros(modes);
  // omega = 2 cos(2x - 3y) + sin(y): psi = 2 / 13 cos(2x - 3y) + sin(y)
  modes.i.forEach((i, m) => {
    if (i === -2 && modes.j[m] === 3) vorticity.re[m] = 1;
    if (i === 0 && modes.j[m] === 1) vorticity.im[m] = -0.5;
  });
  const nx = 8;
  const ny = 10;
  const frame = new FrameGrid(modes, [nx, ny]).frame(vorticity);
  for (let i = 0; i < nx; i++) {
    for (let j = 0; j < ny; j++) {
      const x = (2 * Math.PI * (i + 0.5)) / nx;
      const y = (2 * Math.PI * (j + 0.5)) / ny;
      const wave = 2 * x - 3 * y;
      const p = i * ny + j;
      expect(frame.vorticity[p]).toBeCloseTo(2 * Math.cos(wave) + Math.sin(y), 5);
      expect(frame.velocity[2 * p]).toBeCloseTo((6 / 13) * Math.sin(wave) + Math.cos(y), 5);
      expect(frame.velocity[2 * p + 1]).toBeCloseTo((4 / 13) * Math.sin(wave), 5);
    }
  }
});

test("a coarser grid leaves out the waves that it does not hold", () => {
  const {modes, vorticity} = drawVorticity(Rng.from(1));
  const kept = zeros(modes);
  modes.i.forEach((i, m) => {
    if (Math.abs(i) < 4 && modes.j[m] < 3) [kept.re[m], kept.im[m]] = [vorticity.re[m], vorticity.im[m]];
  });
  const grid = new FrameGrid(modes, [8, 6]);
  expect(grid.frame(vorticity)).toEqual(grid.frame(kept));
});

test("both axes reversed, a frame is that of the flow turned by half a turn", () => {
  const {modes, vorticity} = drawVorticity(Rng.from(3));
  const grid = new FrameGrid(modes, [24, 32]);
  const frame = grid.frame(vorticity);
  const turned = grid.frame({re: vorticity.re, im: vorticity.im.map((value) => -value)});
  const cells = 24 * 32;
  for (let p = 0; p < cells; p++) {
    const q = cells - 1 - p;
    expect(turned.vorticity[q]).toBeCloseTo(frame.vorticity[p], 5);
    for (const axis of [0, 1]) expect(turned.velocity[2 * q + axis]).toBeCloseTo(-frame.velocity[2 * p + axis], 5);
  }
});

test("a frame's velocity has no divergence but for rounding; one that is tampered with has", () => {
  const {modes, vorticity} = drawVorticity(Rng.from(2));
  const grid = new FrameGrid(modes, [16, 24]);
  const frame = grid.frame(vorticity);
  expect(grid.divergence(frame)).toBeLessThan(1e-6);
  const swapped = frame.velocity.map((_, p) => frame.velocity[p ^ 1]);
  expect(grid.divergence({...frame, velocity: swapped})).toBeGreaterThan(0.1);
});

test("the divergence is measured in units of the vorticity", () => {
  const modes = modesOf([3, 3]);
  const nx = 8;
  const ny = 8;
  const velocity = new Float32Array(2 * nx * ny);
  const vorticity = new Float32Array(nx * ny).fill(Math.SQRT1_2);
  // u = sin(2x) / 4: the divergence cos(2x) / 2 has the root mean square 1 / sqrt 8
  for (let p = 0; p < nx * ny; p++) velocity[2 * p] = Math.sin((4 * Math.PI * Math.floor(p / ny)) / nx) / 4;
  expect(new FrameGrid(modes, [nx, ny]).divergence({vorticity, velocity})).toBeCloseTo(0.5, 6);
});
