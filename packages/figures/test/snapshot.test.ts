import {snapshot} from "../src/image-figures";

const trajectory = {
  data: Float32Array.from({length: 11 * 16 * 2}, (_, i) => (i % 2 ? 1000 : 1) * i),
  shape: [11, 4, 4, 2],
};

test("one row per field with its own limits and colour bar, six frames from first to last", () => {
  const {data, layout} = snapshot(trajectory, {
    fields: [{name: "density"}, {name: "energy"}],
    time: (i) => `t = ${i / 10}`,
  });
  expect((layout.xaxis as {ticktext: string[]}).ticktext).toEqual([
    "t = 0",
    "t = 0.2",
    "t = 0.4",
    "t = 0.6",
    "t = 0.8",
    "t = 1",
  ]);
  const [density, energy] = data as unknown as {zmax: number; showscale: boolean; colorbar: {y: number}}[];
  expect(energy.zmax / density.zmax).toBeGreaterThan(500);
  expect(density.showscale && energy.showscale).toBe(true);
  expect(density.colorbar.y).toBeGreaterThan(energy.colorbar.y);
});

test("channels and frames can be chosen", () => {
  const {data} = snapshot(trajectory, {fields: [{name: "energy", channel: 1}], frames: [10]});
  const [{z}] = data as unknown as {z: number[][]}[];
  expect(z[1][0]).toBeCloseTo(1000 * (10 * 32 + 3), -3); // x = 0, y = 1
});

test("states that are wider than high have four frames", () => {
  const layer = {data: new Float32Array(11 * 8 * 2).fill(1), shape: [11, 8, 2, 1]};
  const {layout} = snapshot(layer, {fields: [{name: "buoyancy"}]});
  expect((layout.xaxis as {ticktext: string[]}).ticktext).toHaveLength(4);
});
