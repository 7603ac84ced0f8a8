import ndarray from "ndarray";
import type {HeatmapData} from "plotly.js";
import {Lazy} from "@lola-ts/core";
import {largestKept, RolloutView} from "../../src/views/rollout-view";
import {systemOf} from "@lola-ts/simulators";
import {smoke} from "../../../laboratory/test/smoke";

type Material = ConstructorParameters<typeof RolloutView>[1];

const system = systemOf("euler");
const channels = system.channels.length;

/** A trajectory [..., T, 8, 8, C] whose values are `level` plus the state. */
const rising = (level: number, ...before: number[]) => {
  const shape = [...before, 6, 8, 8, channels];
  const cell = 64 * channels;
  const size = shape.reduce((a, b) => a * b);
  return ndarray(
    Float32Array.from({length: size}, (_, i) => level + (Math.floor(i / cell) % 6)),
    shape,
  );
};
const latent = (kind: "diffusion" | "solver", latentChannels: number, compression: number, members: number) => ({
  method: {kind, latentChannels},
  compression,
  members,
  decode: jest.fn((count: number) => rising(10 * compression, count)),
});

const material = {
  dataset: {system, wells: {test: {trajectories: [{scalars: {gamma: 1.4}}]}}},
  trajectory: 0,
  truth: rising(0),
  reconstructions: [5, 20, 80].map((compression) => ({compression, states: new Lazy(() => rising(compression))})),
  decoded: [
    latent("solver", 4, 80, 1),
    latent("solver", 16, 20, 1),
    {method: {kind: "solver", latentChannels: null}, compression: 1, members: 1, decode: () => rising(10, 1)},
    latent("diffusion", 4, 80, 5),
    latent("diffusion", 16, 20, 5),
    latent("diffusion", 64, 5, 5),
  ],
} as unknown as Material;
const view = new RolloutView({config: smoke, caption: "smoke, seed 0"}, material);
const names = (data: object[]) => (data as Partial<HeatmapData>[]).map(({name}) => name);

test("Figure 4 has the truth, reconstructions, then methods from the lowest rate", () => {
  const {data} = view.rolloutFigure();
  expect(names(data)).toEqual([
    "ground truth",
    ...["autoencoder ÷5", "autoencoder ÷20", "autoencoder ÷80"],
    ...["neural solver ÷1", "neural solver ÷20", "neural solver ÷80"],
    ...["diffusion ÷5", "diffusion ÷20", "diffusion ÷80"],
  ]);
});

test("its part of a Figure 4 of several systems has the truth and every forecast at four lead times", () => {
  const {title, leads, rows} = view.comparison;
  expect(title).toBe("Euler multi-quadrants: density");
  expect(leads).toEqual([0, 4, 12, 20]);
  expect(rows.map(({method, compression = ""}) => `${method} ${compression}`)).toEqual([
    "ground truth ",
    ...["neural solver 1", "neural solver 20", "neural solver 80"],
    ...["diffusion 5", "diffusion 20", "diffusion 80"],
  ]);
  expect(rows.every(({fields}) => fields.length === 4)).toBe(true);
});

test("a gallery's caption has the note that it is given, or its view's", () => {
  const texts = (shown: RolloutView, note?: string) =>
    shown
      .galleryFigure(1, note)
      .layout.annotations!.flatMap(({text}) => text)
      .join(" ");
  const nearest = new RolloutView({config: smoke, caption: "smoke, seed 0"}, material, "Nearest.");
  expect(texts(view, "Never seen.")).toContain("Never seen.");
  expect(texts(nearest)).toContain("Nearest.");
});

test("a gallery shows members of stochastic solvers by their label", () => {
  const stochastic = {
    ...latent("diffusion", 16, 20, 5),
    method: {kind: "crps", latentChannels: 16},
    label: "stochastic",
  };
  const chosen = {...material, decoded: [stochastic, latent("solver", 16, 20, 1)]} as unknown as Material;
  const {data} = new RolloutView({config: smoke, caption: "smoke, seed 0"}, chosen).galleryFigure();
  expect(names(data)).toEqual([
    "ground truth",
    ...["autoencoder ÷20", "neural solver ÷20", "stochastic ÷20 #1", "stochastic ÷20 #2"],
  ]);
});

test("extremes are those of each image, with its lead time", () => {
  const rows = view.extremes();
  expect(rows).toHaveLength(10 * 6);
  expect(rows[0]).toEqual({method: "ground truth", compression: 1, lead: 0, min: 0, mean: 0, max: 0});
  expect(rows.at(-1)).toMatchObject({method: "diffusion", compression: 80, lead: 5 * smoke.stride, max: 805});
});

test("the ensemble's figure has members, their mean, spread beside error, and the solver, all of the middle rate", () => {
  expect(names(view.ensembleFigure(2).data)).toEqual([
    ...["ground truth", "diffusion ÷20 #1", "diffusion ÷20 #2", "mean of 5", "spread", "error of the mean"],
    "neural solver ÷20",
  ]);
  expect(() => view.ensembleFigure(0)).toThrow("count");
});

test("every field has a row and a colour bar, with the forecast beside the truth", () => {
  const {data, layout} = view.fieldsFigure();
  expect(data).toHaveLength(channels);
  expect((data as Partial<HeatmapData>[]).every(({showscale}) => showscale)).toBe(true);
  expect(layout.xaxis!.ticktext).toEqual([
    "truth, τ = 0",
    "diffusion",
    "truth, τ = 4",
    "diffusion",
    "truth, τ = 12",
    "diffusion",
  ]);
});

test("members are decoded where they are shown: one or two, and all of the middle rate's for the ensemble", () => {
  const made = (material as unknown as {decoded: {compression: number; decode: jest.Mock}[]}).decoded;
  const most = () => made.flatMap(({decode}) => decode.mock?.calls.map(([count]) => count as number) ?? []);
  jest.clearAllMocks();
  view.rolloutFigure();
  view.fieldsFigure();
  view.rolloutAnimation();
  expect(new Set(most())).toEqual(new Set([1]));
  view.galleryFigure(2);
  expect(Math.max(...most())).toBe(2);
  jest.clearAllMocks();
  view.ensembleFigure();
  expect(most().sort()).toEqual([1, 5]);
});

test("the animation has truth, reconstruction, diffusion and solver at every lead time", () => {
  const {figure, movie} = view.rolloutAnimation();
  expect(names(figure.data)).toEqual(["truth", "autoencoder ÷20", "diffusion ÷20", "neural solver ÷20"]);
  expect(names(view.rolloutAnimation(80).figure.data)[1]).toBe("autoencoder ÷80");
  expect(() => view.rolloutAnimation(7)).toThrow("expected a compression rate of 5, 20, 80, found 7");
  expect(figure.frames!.map(({name}) => name)).toEqual(Array.from({length: 6}, (_, i) => `τ = ${i * smoke.stride}`));
  expect(movie.panels.map(({images}) => images.length)).toEqual([6, 6, 6, 6]);
});

test("a gallery has truth and, rate by rate, reconstruction, solver and members", () => {
  const {data, layout} = view.galleryFigure(2);
  expect(names(data)).toEqual([
    ...["ground truth", "neural solver ÷1", "autoencoder ÷5", "diffusion ÷5 #1", "diffusion ÷5 #2"],
    ...["autoencoder ÷20", "neural solver ÷20", "diffusion ÷20 #1", "diffusion ÷20 #2"],
    ...["autoencoder ÷80", "neural solver ÷80", "diffusion ÷80 #1", "diffusion ÷80 #2"],
  ]);
  const bars = (data as Partial<HeatmapData>[]).flatMap(({name, showscale}) => (showscale ? [name] : []));
  expect(bars).toEqual(["ground truth", "autoencoder ÷5", "autoencoder ÷20", "autoencoder ÷80"]);
  expect(JSON.stringify(layout.annotations)).toContain("Test trajectory");
  expect(() => view.galleryFigure(0)).toThrow("count");
});

test("the blind test has four rows, one of them the simulation, and tells a guess", () => {
  const {figure, guess} = view.blindTest(1);
  expect(names(figure.data)).toEqual(["A", "B", "C", "D"]);
  const verdicts = ["A", "B", "C", "D"].map((letter) => guess(letter).split(":")[0]);
  expect(verdicts.sort()).toEqual(["Right", "Wrong", "Wrong", "Wrong"]);
  expect(guess("A")).toBe(guess("A"));
  expect(() => guess("E")).toThrow("guess: expected letter");
  expect(new Set([0, 1, 2, 3, 4, 5].map((seed) => view.blindTest(seed).guess("A"))).size).toBeGreaterThan(1);
});

test("the most members that were decoded are kept, and fewer of them are views", () => {
  const decode = jest.fn((count: number) => rising(count, count));
  const kept = largestKept(decode);
  expect(kept(1).shape[0]).toBe(1);
  const all = kept(5);
  expect([kept(5), kept(2).shape, kept(1).data === all.data]).toEqual([all, [2, ...all.shape.slice(1)], true]);
  expect(decode.mock.calls).toEqual([[1], [5]]);
});
