import type {HeatmapData} from "plotly.js";
import {figure1, figure2, figure7} from "../src/schematics";
import type {Figure} from "../src/style";

const image = (cells: number, value: number) => ({
  shape: [cells, cells],
  data: Float32Array.from({length: cells * cells}, (_, i) => value + i),
});
const images = (count: number) => Array.from({length: count}, (_, i) => image(4, i));
/** A heatmap as the canvas makes it. */
type Image = Required<Pick<HeatmapData, "z" | "x0" | "dx" | "y0" | "dy" | "zmin" | "zmax">>;
const heatmaps = ({data}: Figure) => data as Image[];
const words = ({layout}: Figure) => (layout.annotations ?? []).map(({text}) => text).filter(Boolean);

/** Parts of a schematic, as it was drawn: corners of boxes and images. */
function placesOf({data, layout}: Figure) {
  const drawn = (data as Image[]).map(({x0, dx, y0, dy, z}) => {
    const [rows, columns] = [z.length, (z[0] as unknown[]).length];
    const left = Number(x0) - dx / 2;
    const bottom = Number(y0) - dy / 2; // y points downwards, dy upwards
    return {x0: left, x1: left + columns * dx, y0: bottom + rows * dy, y1: bottom};
  });
  const boxes = (layout.shapes ?? []).filter(({type}) => type === "rect") as {
    x0: number;
    x1: number;
    y0: number;
    y1: number;
  }[];
  return [...drawn, ...boxes];
}

const all: Record<string, () => Figure> = {
  "figure 1": () =>
    figure1({state: image(8, 0), latent: image(4, 0), calls: [images(4), images(4)], forecast: image(8, 1)}),
  "figure 2": () => figure2({context: image(4, 0), noisy: images(4), estimates: images(5)}),
  "figure 7": () =>
    figure7(
      {config: {hidChannels: [48, 64, 96], hidBlocks: [1, 2, 1], patchSize: 4, pixChannels: 5, latChannels: 16}},
      [64, 64],
    ),
};

test.each(Object.entries(all))("%s stays on its sheet", (_, draw) => {
  const figure = draw();
  const {width = 0, height = 0} = figure.layout;
  const places = placesOf(figure);
  expect(places.length).toBeGreaterThan(0);
  for (const {x0, x1, y0, y1} of places) {
    expect(Math.min(x0, y0)).toBeGreaterThanOrEqual(0);
    expect(x1).toBeLessThanOrEqual(width);
    expect(y1).toBeLessThanOrEqual(height);
    expect([x0 < x1, y0 < y1]).toEqual([true, true]);
  }
});

test("thumbnails have the shape of the domain, none much longer than a square one", () => {
  const long = (cells: number) => ({shape: [4 * cells, cells], data: new Float32Array(4 * cells * cells)});
  const one = figure1({state: long(8), latent: long(2), calls: [[long(2), long(2)]], forecast: long(8)});
  const two = figure2({context: long(2), noisy: [long(2)], estimates: [long(2), long(2)]});
  for (const figure of [one, two]) {
    for (const {dx, dy} of heatmaps(figure)) expect(dx).toBeCloseTo(-dy, 9);
  }
  const [state] = heatmaps(one);
  expect(32 * state.dx).toBeCloseTo(1.5 * 118, 6);
  const [stretched] = heatmaps(all["figure 1"]());
  expect(8 * stretched.dx).toBeCloseTo(118, 6);
});

test("figure 1 has a stack of latents for each call, all on one colour scale, and counts the states", () => {
  const figure = all["figure 1"]();
  const latents = heatmaps(figure).filter(({z}) => z.length === 4);
  expect(latents).toHaveLength(9);
  expect(new Set(latents.map(({zmin, zmax}) => `${zmin} ${zmax}`)).size).toBe(1);
  expect(words(figure)).toEqual(
    expect.arrayContaining(["z<sup>i+1 … i+4</sup>", "z<sup>i+5 … i+8</sup>", "x̂<sup>i+8</sup>"]),
  );
});

test("figure 2 marks the known state, and each state has an estimate", () => {
  const figure = all["figure 2"]();
  expect(heatmaps(figure)).toHaveLength(10);
  expect(words(figure).filter((text) => text?.startsWith("b ="))).toEqual([
    "b = 1",
    ...new Array<string>(4).fill("b = 0"),
  ]);
  expect(() => figure2({context: image(4, 0), noisy: images(4), estimates: images(4)})).toThrow(
    /figure2: expected estimates/,
  );
});

test("figure 7 has the numbers of its model: cells, channels, blocks and resamplings", () => {
  const text = words(all["figure 7"]()).join(" ");
  for (const part of [
    "16×16<br>48 ch.<br>1 block",
    "8×8<br>64 ch.<br>2 blocks",
    "latent<br>4×4<br>16 ch.",
    "5 channels",
  ]) {
    expect(text).toContain(part);
  }
  expect(text.match(/↓2 /g)).toHaveLength(2);
  expect(text.match(/÷4|×4 /g)!.length).toBeGreaterThan(1);
});

test("an image keeps its cells: the first value is at the lower left", () => {
  const [first] = heatmaps(figure2({context: image(4, 0), noisy: images(1), estimates: images(2)}));
  expect(first.z[0]).toEqual([0, 4, 8, 12]);
  expect(first.dy).toBeLessThan(0);
});

test("what is no image, no call and no autoencoder is refused", () => {
  const fine = {state: image(8, 0), latent: image(4, 0), calls: [images(4)], forecast: image(8, 1)};
  expect(() => figure1({...fine, latent: 3 as never})).toThrow(/figure1: expected latent to be an array \[X, Y\]/);
  expect(() => figure1({...fine, calls: []})).toThrow(/figure1: expected calls/);
  expect(() => figure7({} as never, [64, 64])).toThrow("figure7: expected model to be an autoencoder");
  expect(() => figure7({config: {}} as never, [0])).toThrow(/figure7: expected grid/);
});
