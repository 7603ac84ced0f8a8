import {sharpness, steepness} from "../../src/studies/sharpness";
import {smokeLabs, three} from "../../../laboratory/test/smoke";

const {open} = smokeLabs();

describe("steepness", () => {
  test("of a ramp is its slope, in two dimensions and in three", () => {
    const plane = Float64Array.from({length: 30}, (_, i) => 3 * Math.floor(i / 6) + 4 * (i % 6));
    expect(steepness({data: plane, shape: [5, 6]})).toBeCloseTo(5, 12);
    const solid = Float64Array.from(
      {length: 60},
      (_, i) => 2 * Math.floor(i / 20) + 3 * (Math.floor(i / 4) % 5) + 6 * (i % 4),
    );
    expect(steepness({data: solid, shape: [3, 5, 4]})).toBeCloseTo(7, 12);
  });

  test("of a wave is nearly its largest slope", () => {
    const size = 128;
    const wave = Float64Array.from({length: size ** 2}, (_, i) => Math.sin((2 * Math.PI * (i % size)) / size));
    expect(steepness({data: wave, shape: [size, size]})).toBeCloseTo((2 * Math.PI) / size, 3);
  });

  test("refuses a field without a cell inside", () => {
    expect(() => steepness({data: new Float64Array(6), shape: [2, 3]})).toThrow(
      "expected 3 cells or more on each axis, found 2 × 3",
    );
  });
});

test("every latent method has a row per rate and field, and a perfect forecast would have 1", async () => {
  const lab = open((config) => ({...three(config), latentChannels: [16]}));
  const {rows} = await sharpness(lab);
  const fields = lab.system.channels;
  expect(rows.map(({method, field}) => [method, field])).toEqual(
    ["autoencoder", "diffusion", "neural solver"].flatMap((method) => fields.map((field) => [method, field])),
  );
  for (const row of rows) for (const time of [8, 20]) expect(row[`τ = ${time}`]).toBeGreaterThan(0);
  await expect(sharpness({} as never)).rejects.toThrow("sharpness: expected lab to be a laboratory");
});
