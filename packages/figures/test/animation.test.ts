import {sizeOf} from "@lola-ts/core";
import {fieldView, fieldViews} from "../src/field-view";
import {animate, animatePanels, animateTrajectories, columnsOf} from "../src/animation";
import {systemOf} from "@lola-ts/simulators";

/** A trajectory of a system whose values grow along x and with time. */
function ramp(system: "euler" | "rayleigh-benard" | "gravity-cooling", states: number, grid: number[]) {
  const shape = [states, ...grid, systemOf(system).channels.length];
  const cell = sizeOf(shape.slice(2));
  const data = Float32Array.from({length: sizeOf(shape)}, (_, i) => 1 + Math.floor(i / cell));
  return {data, shape};
}

test("one frame per state, fields side by side, at least 720 pixels wide", () => {
  const {figure, movie} = animate(ramp("euler", 5, [8, 8]), {views: fieldViews(systemOf("euler")).slice(0, 2)});
  expect([movie.panels.length, movie.labels.length]).toEqual([2, 5]);
  expect(figure.frames).toHaveLength(5);
  expect(figure.layout.width).toBeGreaterThanOrEqual(720);
  expect(figure.layout.height).toBeLessThanOrEqual(620);
});

test("panels are named, states are on the slider, and values are levels between the limits", () => {
  const images = [0, 1].map((state) => ({data: Float32Array.of(state, 1, NaN, 9), shape: [2, 2] as const}));
  const scale: [number, string][] = [
    [0, "rgb(0,0,0)"],
    [1, "rgb(254,0,0)"],
  ];
  const panels = ["truth", "diffusion"].map((name) => ({name, images, limits: [0, 2] as const, scale}));
  const {figure, movie} = animatePanels(panels, {time: (state) => `τ = ${4 * state}`, caption: "seed 0"});
  const texts = (figure.layout.annotations as {text: string}[]).map(({text}) => text);
  expect(texts).toEqual(["seed 0", "truth", "diffusion"]);
  const [{steps}] = (figure.layout as unknown as {sliders: {steps: {label: string}[]}[]}).sliders;
  expect(steps.map(({label}) => label)).toEqual(["τ = 0", "τ = 4"]);
  expect((figure.frames![1].data as {z: unknown}[])[1].z).toEqual([
    [127, null],
    [127, 254],
  ]);
  expect(movie).toEqual({panels, labels: ["τ = 0", "τ = 4"], delay: 0.1});
});

test("numbers of a colour bar have a minus sign", () => {
  const image = {data: Float32Array.of(-1, 1), shape: [2, 1] as const};
  const {data} = animatePanels([{name: "a", images: [image], limits: [-1, 1], scale: []}]).figure;
  expect((data[0] as {colorbar: {ticktext: string[]}}).colorbar.ticktext).toEqual(["−0.84", "0", "0.84"]);
});

test("panels are as large as the window allows: square ones in a row, wide ones in two, under one colour bar if they share it", () => {
  const panels = (nx: number, ny: number, top = 1) =>
    [0, 1, 2, 3].map((i) => ({
      name: `${i}`,
      images: [{data: new Float32Array(nx * ny), shape: [nx, ny] as const}],
      limits: [0, i === 3 ? top : 1] as const,
      scale: [[0, "white"]] as [number, string][],
    }));
  expect([columnsOf(panels(4, 4)), columnsOf(panels(16, 4)), columnsOf(panels(16, 4).slice(0, 1))]).toEqual([4, 2, 1]);
  const {data, layout} = animatePanels(panels(16, 4)).figure;
  expect(data.map((trace) => (trace as {showscale: boolean}).showscale)).toEqual([true, false, false, false]);
  const {xaxis, xaxis2, xaxis3, yaxis, yaxis3} = layout as Record<string, {domain: [number, number]}>;
  expect([xaxis3.domain, xaxis2.domain[0] > xaxis.domain[1]]).toEqual([xaxis.domain, true]);
  expect(yaxis3.domain[1]).toBeLessThan(yaxis.domain[0]);
  const apart = animatePanels(panels(16, 4, 2)).figure.data;
  expect(apart.map((trace) => (trace as {showscale: boolean}).showscale)).toEqual([true, true, true, true]);
});

test("cubes are cut or projected", () => {
  const cloud = systemOf("gravity-cooling");
  const views = [fieldView(cloud, "density"), fieldView(cloud, "density", "projection")];
  const {figure} = animate(ramp("gravity-cooling", 3, [4, 4, 4]), {views});
  expect(figure.data).toHaveLength(2);
});

test("refuses to show nothing, and panels of unlike length", () => {
  expect(() => animate(ramp("euler", 1, [2, 2]), {views: []})).toThrow("at least one field");
  const image = {data: new Float32Array(1), shape: [1, 1] as const};
  const panel = (name: string, count: number) => ({
    name,
    images: new Array(count).fill(image) as (typeof image)[],
    limits: [0, 1] as const,
    scale: [],
  });
  expect(() => animatePanels([panel("a", 2), panel("b", 1)])).toThrow('expected 2 states, found 1 in "b"');
});

test("trajectories of one field have the limits of the first", () => {
  const view = fieldViews(systemOf("euler"))[0];
  const states = ramp("euler", 3, [4, 4]);
  const far = {...states, data: states.data.map((x) => 100 * x)};
  const ticks = (list: {name: string; states: typeof states}[]) =>
    animateTrajectories(list, {view}).figure.data.map(
      (trace) => (trace as {colorbar: {ticktext: string[]}}).colorbar.ticktext,
    );
  const [truth, forecast] = ticks([
    {name: "truth", states},
    {name: "forecast", states: far},
  ]);
  expect(forecast).toEqual(truth);
  expect(ticks([{name: "forecast", states: far}])[0]).not.toEqual(truth);
  expect(() => animateTrajectories([], {view})).toThrow("expected fields with finite values, found none");
});
