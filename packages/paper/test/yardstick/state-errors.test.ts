import {fejer, quantityOf} from "../../src/yardstick/state-errors";

test("Fejér's rule integrates polynomials of a degree below the number of nodes", () => {
  for (const n of [4, 7]) {
    const nodes = Array.from({length: n}, (_, j) => Math.sin((Math.PI * (2 * j + 1)) / (4 * n)) ** 2);
    for (let degree = 0; degree < n; degree++) {
      const sum = fejer(n).reduce((total, weight, j) => total + weight * nodes[j] ** degree, 0);
      expect(sum).toBeCloseTo(1 / (degree + 1), 12);
    }
  }
});

test("a system has the number of its fields: enstrophy, Nusselt number or mass", () => {
  const grid = [4, 8];
  const heights = Array.from({length: 8}, (_, j) => Math.sin((Math.PI * (2 * j + 1)) / 32) ** 2);
  const fields: Record<string, Float64Array> = {
    vorticity: Float64Array.from({length: 32}, () => 2),
    density: Float64Array.from({length: 32}, (_, i) => i % 2),
    buoyancy: Float64Array.from({length: 32}, (_, i) => heights[i % 8]),
    velocity_y: Float64Array.from({length: 32}, (_, i) => 1 - heights[i % 8]),
  };
  const value = (channels: string[]) => {
    const {name, of} = quantityOf(channels, grid);
    return [name, of((channel) => fields[channel], {Rayleigh: 9e4, Prandtl: 4})];
  };
  expect(value(["vorticity", "velocity_x"])).toEqual(["enstrophy", 2]);
  expect(value(["energy", "density"])).toEqual(["mass", 0.5]);
  // √(Ra Pr) = 600, and the mean of z (1 − z) is a sixth
  expect(value(["buoyancy", "velocity_y"])).toEqual(["Nusselt number", expect.closeTo(101, 9)]);
});
