import {systemOf} from "@lola-ts/simulators";
import {displayedView, fieldView, fieldViews, imageOf, limitsIn} from "../src/field-view";

const [euler, layer, cloud] = ["euler", "rayleigh-benard", "gravity-cooling"].map(systemOf);

test("every channel has a view, and the density of a cube is also projected", () => {
  expect(fieldViews(euler).map(({name}) => name)).toEqual([
    "energy",
    "density",
    "pressure",
    "momentum x",
    "momentum y",
  ]);
  expect(fieldViews(layer)).toHaveLength(4);
  expect(
    fieldViews(cloud)
      .map(({name, depth}) => `${name} ${depth}`)
      .slice(2),
  ).toEqual([
    "log₁₀ temperature slice",
    "velocity x slice",
    "velocity y slice",
    "velocity z slice",
    "log₁₀ density, projected projection",
  ]);
  expect([euler, layer, cloud].map((system) => displayedView(system).name)).toEqual([
    "density",
    "buoyancy",
    "log₁₀ temperature",
  ]);
});

test("fields have colours of their own, those with a sign are white at 0", () => {
  const scales = new Set(fieldViews(euler).map(({scale}) => JSON.stringify(scale)));
  expect(scales.size).toBe(4); // both components of the momentum share one
  const velocity = fieldView(layer, "velocity_y");
  expect(velocity.signed).toBe(true);
  expect(velocity.scale[32]).toEqual([0.5, "rgb(247,247,247)"]);
  const image = {data: Float32Array.of(-1, 0, 3), shape: [3, 1] as const};
  const [low, high] = limitsIn([image], true);
  expect(low).toBe(-high);
  expect(limitsIn([image], false)[0]).toBeCloseTo(-0.98, 6);
});

test("a cube is a middle plane or a mean along its last axis, in decades where fields range over them", () => {
  const shape = [1, 1, 2, 4, 6];
  const data = new Float32Array(48).fill(7);
  const densities = [1, 10, 100, 1000, 0, 0, 0, 40];
  densities.forEach((value, cell) => (data[6 * cell] = value));
  const slice = imageOf({data, shape}, 0, fieldView(cloud, "density"));
  const projection = imageOf({data, shape}, 0, fieldView(cloud, "density", "projection"));
  expect(Array.from(slice.data)).toEqual([2, -6]); // 0 is shown as the least value
  expect(projection.data[0]).toBeCloseTo(Math.log10(1111 / 4), 6);
  expect(projection.data[1]).toBeCloseTo(1, 6);
  expect(Array.from(imageOf({data, shape}, 0, {channel: 0}).data)).toEqual([100, 0]);
});

test("refuses a channel that the system does not have", () => {
  expect(() => fieldView(layer, "density")).toThrow(
    'fieldView: expected one of buoyancy, pressure, velocity_x, velocity_y, found "density"',
  );
});

test("an image without a view is refused by name", () => {
  expect(() => imageOf({} as never, 0, undefined as never)).toThrow("imageOf: expected view to be a view of a field");
});
