import {sizeOf} from "../../lib/core/shape";
import {fieldView, fieldViews} from "../../lib/figures/field-view";
import {animate} from "../../lib/figures/animation";
import {systemOf} from "../../lib/systems/registry";

/** A trajectory of a system whose values grow along x and with time. */
function ramp(system: "euler" | "rayleigh-benard" | "gravity-cooling", states: number, grid: number[]) {
  const shape = [states, ...grid, systemOf(system).channels.length];
  const cell = sizeOf(shape.slice(2));
  const data = Float32Array.from({length: sizeOf(shape)}, (_, i) => 1 + Math.floor(i / cell));
  return {data, shape};
}

const size = (gif: Buffer) => [gif.readUInt16LE(6), gif.readUInt16LE(8)];
const frames = (gif: Buffer) => gif.toString("latin1").split("\x21\xf9\x04").length - 1;

test("one frame per state, fields side by side", () => {
  const gif = animate(ramp("euler", 5, [8, 8]), {views: fieldViews(systemOf("euler")).slice(0, 2), width: 70});
  expect(size(gif)).toEqual([2 * 32 + 6, 32]);
  expect(frames(gif)).toBe(5);
});

test("wide fields are put above each other, cubes are cut or projected", () => {
  const layer = systemOf("rayleigh-benard");
  const wide = animate(ramp("rayleigh-benard", 2, [16, 4]), {views: fieldViews(layer).slice(0, 2), width: 32});
  expect(size(wide)).toEqual([32, 2 * 8 + 6]);
  const cloud = systemOf("gravity-cooling");
  const views = [fieldView(cloud, "density"), fieldView(cloud, "density", "projection")];
  expect(size(animate(ramp("gravity-cooling", 3, [4, 4, 4]), {views, width: 14}))).toEqual([14, 4]);
});

test("refuses to show nothing", () => {
  expect(() => animate(ramp("euler", 1, [2, 2]), {views: []})).toThrow("at least one field");
});
