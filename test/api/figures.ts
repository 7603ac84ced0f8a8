/** Calls of figures. */
import * as lola from "./public";
import type {Calls} from "./judge";
import {field, row} from "./samples";

const image = (seed = 0) => field([4, 4], seed);
const trajectory = () => field([3, 4, 4, 5]);
const system = () => lola.systemOf("euler");
const look = {width: 600, title: "Title", caption: "Caption"};
const words = {title: "Title", caption: "Caption"};
/** Thumbnails may differ in size. */
const anySize = ["*: another length"];
const points = (seed: number) => ({x: Array.from(row(3, seed)), y: Array.from(row(3, seed + 1))});

/** Parts of the rows that a figure draws, and texts: NaN leaves a gap. */
const drawn = ["0.0.*", "*.title: *", "*.caption: *", "*.name: *", "*.label: *"];
const view = {name: "density", channel: 1, signed: false, decades: false, depth: "slice"};

export const figuresCalls: Calls = {
  figure1: {
    call: lola.figure1,
    options: [1],
    args: () => [{state: image(), latent: image(1), calls: [[image(2), image(3)]], forecast: image(4)}, words],
    fine: [...drawn, ...anySize],
  },
  figure2: {
    call: lola.figure2,
    options: [1],
    args: () => [{context: image(), noisy: [image(1), image(2)], estimates: [image(), image(1), image(2)]}, words],
    fine: [...drawn, ...anySize],
  },
  figure7: {
    call: lola.figure7,
    options: [2],
    args: () => [
      {config: {hidChannels: [8, 16], hidBlocks: [1, 2], patchSize: 2, pixChannels: 5, latChannels: 4}},
      [16, 16],
      words,
    ],
    fine: [...drawn, "0.config.*", "1: one less"],
  },
  figure3: {
    call: lola.figure3,
    options: [1],
    args: () => [[{dataset: "Euler", compression: 5, horizon: "1:20", value: 0.1, error: 0.01}], look],
    fine: [...drawn, "0: empty"],
  },
  figure4: {
    call: lola.figure4,
    options: [1],
    args: () => [[{method: "ground truth", fields: [image(), image(1)]}], {leads: [1, 2], ...look}],
    fine: [...drawn, "1.*: -1"],
    says: ["tiles", "limitsOf"],
  },
  figure4All: {
    call: lola.figure4All,
    options: [1],
    args: () => [
      [{title: "Euler", leads: [1, 2], rows: [{method: "ground truth", fields: [image(), image(1)]}]}],
      {caption: "words"},
    ],
    fine: [...drawn, "0.*: -1", "0.0.leads: one less"],
    says: ["figure4", "tiles", "limitsOf"],
  },
  figure5: {
    call: lola.figure5,
    options: [1],
    args: () => [
      [{method: "diffusion", compression: 5, rows: [{lead: 1, vrmse: 0.1, ratio: 1, low: 0.1, mid: 0.2, high: 0.3}]}],
      {statistic: "median", top: {vrmse: 1}, ...look},
    ],
    fine: [...drawn, "0: empty", "1.statistic: *"],
  },
  figure6: {
    call: lola.figure6,
    options: [1],
    args: () => [
      {truth: [image()], unguided: [image(1)], cases: [{name: "points", observed: [image(2)], guided: [image(3)]}]},
      {leads: [1], ...look},
    ],
    fine: [...drawn, "0.*: -1", "0.cases: empty", "0.cases.0.observed: empty", "1.leads: -1", "0.*: another length"],
    says: ["tiles", "limitsOf"],
  },
  figure22: {
    call: lola.figure22,
    options: [1],
    args: () => [[{label: "γ", fields: [image()]}], {leads: [1], ...look}],
    fine: [...drawn, "1.leads: -1"],
    says: ["tiles", "limitsOf"],
  },
  figure23: {
    call: lola.figure23,
    options: [2],
    args: () => [
      [
        [1, 2],
        [3, 4],
      ],
      [{title: "γ", values: [1, 2], logarithmic: true}],
      look,
    ],
    fine: [...drawn, "0.*: -1", "1.0.values: -1", "1.0.logarithmic: *"],
  },
  matrixFigure: {
    call: lola.matrixFigure,
    options: [1],
    args: () => [
      [{title: "τ", values: [[0, 1], [1, 0]]}], // prettier-ignore
      {labels: ["a", "b"], scale: "positive", unit: "distance", numbers: true, ...look},
    ],
    fine: [...drawn, "0.0.values.*: -1", "1.unit: *", "1.numbers: *", "1.labels.0: *"],
  },
  figure8: {
    call: lola.figure8,
    options: [1],
    args: () => [
      [
        {
          title: "Euler",
          curves: [
            {
              method: "diffusion",
              compression: 5,
              rows: [{lead: 1, vrmse: 0.1, ratio: 1, low: 0.1, mid: 0.2, high: 0.3}],
            },
          ],
        },
      ],
      {statistic: "median", top: {vrmse: 1}, caption: "Caption", width: 600},
    ],
    fine: [...drawn, "0.0.curves*", "1.statistic: *"],
    says: ["figure5"],
  },
  lines: {
    call: lola.lines,
    options: [1],
    args: () => [
      [{x: "a", y: "b", title: "Title", logarithmic: true, curves: [{name: "c", x: [1, 2], y: [1, 2], error: [1, 1]}]}],
      {height: 300, ...look},
    ],
    fine: [...drawn, "0: empty", "0.0.curves: empty", "0.0.curves.0.*"],
  },
  ablation: {
    call: lola.ablation,
    options: [1],
    args: () => [[{optimiser: "AdamW", identity: true, steps: [1, 2], error: [0.2, 0.1], seconds: [1, 2]}], look],
    fine: [...drawn, "0: empty"],
  },
  calibration: {
    call: lola.calibration,
    options: [1],
    args: () => [
      [{method: "diffusion", compression: 5, horizon: "1:20", ranks: [1, 1], curve: [{level: 0.5, covered: 0.4}]}],
      look,
    ],
    fine: drawn,
  },
  histogram: {
    call: lola.histogram,
    options: [1],
    args: () => [[{name: "density", before: row(9), after: row(9, 1)}], look],
    fine: [...drawn, "0: empty"],
  },
  inferenceTime: {
    call: lola.inferenceTime,
    options: [1],
    args: () => [[{label: "diffusion", generation: 1, total: 2, paper: 3}], look],
    fine: [...drawn, "0: empty"],
  },
  powerSpectra: {
    call: lola.powerSpectra,
    options: [3],
    args: () => [
      row(4),
      [row(4, 1)],
      [{method: "diffusion", compression: 5, power: [row(4, 2)]}],
      {bands: row(4, 3), ...look},
    ],
    fine: [...drawn, "2.0.*", "2: empty"],
  },
  snapshot: {
    call: lola.snapshot,
    options: [1],
    args: () => [trajectory(), {fields: [view], frames: [0, 2], ...look}],
    fine: [...drawn, "0: another length", "1.fields.0.channel: *", "1.frames: one less"],
    says: ["fieldOf", "tiles", "width"],
  },
  displayedView: {call: lola.displayedView, args: () => [system()], says: ["fieldView"]},
  fieldView: {call: lola.fieldView, args: () => [system(), "density", "slice"]},
  fieldViews: {call: lola.fieldViews, args: () => [system()], says: ["fieldView"]},
  imageOf: {
    call: lola.imageOf,
    args: () => [trajectory(), 1, view],
    fine: [...drawn, "0: another length"],
    says: ["fieldOf"],
  },
  limitsIn: {
    call: lola.limitsIn,
    args: () => [[image(), null], true],
    fine: ["0.0: another length"],
    says: ["limitsOf"],
  },
  animate: {
    call: (...args: [never, never]) => lola.animate(...args).figure,
    options: [1],
    args: () => [trajectory(), {views: [lola.fieldViews(system())[0]], ...look}],
    fine: [...drawn, "0: another length", "1.views.0.channel: *", "1.views.0.scale*"],
    says: ["fieldOf", "scale"],
  },
  validationFigure: {
    call: lola.validationFigure,
    args: () => [{axes: ["x", "y"], exact: points(1), ours: points(3), names: ["a", "b"], ...look}],
    fine: [...drawn, "0.axes*", "0.names*", "0.exact*", "0.ours*"],
  },
  fieldOf: {call: lola.fieldOf, args: () => [trajectory(), 1, 2, 128, "slice"], fine: ["0: another length"]},
  limitsOf: {call: lola.limitsOf, args: () => [[image(), null], 0.01, 0.01], fine: ["0.0: another length", "2: -1"]},
  tiles: {
    call: lola.tiles,
    options: [0],
    args: () => [
      {
        columns: ["a"],
        rows: [{label: "row", fields: [image()], limits: [0, 1], bar: true}],
        ...look,
      },
    ],
    fine: [...drawn, "0.columns.0: *", "0.rows.0.*"],
  },
  trainingCurve: {
    call: lola.trainingCurve,
    options: [1],
    args: () => [
      [{label: "run", loss: [3, 2, 1], steps: [1, 2, 3], compression: 5}],
      {window: 2, loss: "loss", height: 300, ...look},
    ],
    fine: [...drawn, "0: empty", "1.loss: *"],
  },
  toHtmlTable: {
    call: lola.toHtmlTable,
    args: () => [[{a: 1.5, b: "x"}], "Caption", {digits: 3}],
    fine: [...drawn, "0: empty", "1: another text"],
  },
};
