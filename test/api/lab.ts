/** Calls of the laboratory, of runs and of files of The Well. */
import * as lola from "./public";
import {temporaryFolder} from "../folder";
import {FIELDS, LATENT, tinyAutoencoder} from "../tiny";
import {contents, writeContents} from "../../packages/well/test/wells";
import type {Calls} from "./judge";
import {field} from "./samples";

const folder = temporaryFolder();
const euler = lola.systemOf("euler");
/** Where no server is. */
const HUB = "http://localhost/datasets/well/{dataset}/resolve/main";
/** A file of The Well. */
const file = () => writeContents(folder("euler.hdf5"), contents(euler));
const {mean, std} = euler.paper!.standardization;
const constants = () => ({transform: euler.channels.map(() => "identity"), mean: [...mean], std: [...std]});
const run = () => ({
  kind: "autoencoder",
  model: tinyAutoencoder(),
  data: lola.dataOf(euler, constants() as lola.Standardization),
});
/** Parts of a run that are written as they are. */
const ofRun = ["0: another text", "1.kind: another text", "1.data*"];

const model = tinyAutoencoder();
const trained = () => [{model, history: {loss: [2, 1]}}];
const ofPixels = () => ({transform: ["identity", "log", "identity"], mean: [0, 1, 2], std: [1, 2, 3]});

export const labCalls: Calls = {
  encodeStates: {call: lola.encodeStates, args: () => [model, field([2, 8, 4, FIELDS])], says: ["Autoencoder"]},
  decodeStates: {
    call: lola.decodeStates,
    args: () => [model, field([2, 2, 1, LATENT]), {random: lola.Random.of(1)}],
    says: ["Autoencoder"],
  },
  decodeRollout: {
    call: lola.decodeRollout,
    args: () => [
      {
        method: {kind: "diffusion", latentChannels: LATENT},
        trajectories: [3, 5],
        states: field([2, 1, 2, 2, 1, LATENT]),
      },
      5,
      ofPixels(),
      model,
      {random: lola.Random.of(1)},
    ],
    fine: ["0.method*", "2.mean: -1"],
    says: ["Autoencoder", "channels"],
  },
  trajectoryAt: {call: lola.trajectoryAt, args: () => [field([3, 4, 4, 2]), 1], fine: ["0: another length"]},
  methodName: {call: lola.methodName, args: () => [{kind: "diffusion"}]},
  compressionOf: {call: lola.compressionOf, args: () => [{latentChannels: LATENT}, trained()], fine: ["1.0.history*"]},
  methodCosts: {
    call: lola.methodCosts,
    args: () => [
      trained(),
      [{method: {kind: "solver", latentChannels: LATENT}, model: {layout: {size: 9}}, history: {loss: [2, 1, 0]}}],
    ],
    fine: ["0.0.history*", "1.0.history*", "1.0.model*", "1: empty"],
    says: ["latent channels"],
  },
  validationCurve: {
    call: lola.validationCurve,
    args: () => [
      {
        validation: [
          [10, 0.5],
          [20, 0.25],
        ],
      },
    ],
    fine: ["0.validation: empty", "0.validation.0: NaN", "0.validation.0: -1"],
  },
  openLab: {
    call: (options: never) => lola.openLab(options).config.system,
    args: () => [{system: "euler", preset: "smoke", name: "api"}],
    fine: ["0.name: another text"],
  },
  rivals: {call: lola.rivals, args: () => [lola.preset("euler", "smoke")], fine: ["0.*"]},
  rivalCosts: {
    call: lola.rivalCosts,
    args: () => [lola.preset("euler", "smoke"), [{kind: "solver", latentChannels: 16}]],
    fine: ["0.*", "1: empty"],
  },
  changesOf: {call: lola.changesOf, args: () => [lola.preset("euler", "smoke")], fine: ["0.*"]},
  preset: {call: lola.preset, args: () => ["euler", "smoke"]},
  presetNames: {call: lola.presetNames, args: () => ["euler"]},
  systemNames: {call: lola.systemNames, args: () => []},
  Progress: {
    call: (...args: [never, never]) => void new lola.Progress(...args),
    args: () => ["steps", 3, {}],
    fine: ["0: another text"],
  },
  track: {call: lola.track, args: () => ["steps", 3, () => 1], fine: ["0: another text"], says: ["Progress"]},
  parametersInWords: {call: lola.parametersInWords, args: () => [{gamma: 1.4}], fine: ["0.gamma: -1", "0.gamma: NaN"]},
  dataOf: {
    call: lola.dataOf,
    args: () => [euler, constants(), {physics: ["a"], periodic: false}],
    fine: ["1.mean: -1", "2.physics.0: another text", "2.physics: empty"],
  },
  saveRun: {
    call: (path: string, made: never) => lola.saveRun(folder("runs", path), made),
    args: () => ["one", run()],
    options: [1],
    fine: ofRun,
  },
  exportRun: {
    call: (path: string, made: never) => lola.exportRun(folder("runs", path), made),
    args: () => ["two", run()],
    fine: ofRun,
  },
  loadRun: {
    call: async (path: string, options: never) => {
      await lola.saveRun(folder("runs/three"), run() as never);
      return lola.loadRun(folder("runs", path), options).kind;
    },
    args: () => ["three", {kind: "autoencoder"}],
    options: [1],
  },
  planDownload: {
    call: async (name: never, options: never) => (await lola.planDownload(name && folder(name), options)).files,
    args: () => ["well", {url: HUB, system: "euler", splits: [], files: 0, tries: 1, patience: 0, stall: 1}],
    fine: ["0: another text", "1.splits: empty"],
  },
  downloadWell: {
    call: lola.downloadWell,
    args: () => [
      {folder: folder("well"), url: HUB, files: [], size: 0, missing: 0, free: 1},
      {tries: 1, patience: 0, stall: 1},
    ],
    fine: ["0.folder: another text", "0.files: empty"],
  },
  openWell: {
    call: async (path: never, options: never) =>
      (await lola.openWell(path === "a file" ? [await file()] : path, options)).channels,
    args: () => ["a file", {fields: ["density"], broken: "throw"}],
    says: ["fields"],
  },
  writeWell: {
    call: (path: string, made: never) => lola.writeWell(folder("written", path), made),
    args: () => [
      "one.hdf5",
      {...contents(euler, {trajectories: 1, frames: 2}), fields: euler.fields.map((one) => ({...one}))},
    ],
    fine: [
      "0: another text",
      "1.dataset: another text",
      "1.scalars.gamma: -1",
      "1.times: -1",
      "1.*.name: another text",
      "1.*.colours: another text",
    ],
    options: [1],
    says: ["one.hdf5", "coordinates", "trajectory 0"],
  },
};
