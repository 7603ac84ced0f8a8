/** The README and docs/results.md repeat committed results: every row and verdict is made again from the files. */
import {emulatorNetwork, preset} from "@lola-ts/laboratory/stages";
import {Autoencoder} from "../../lib/models/autoencoder";
import {Solver} from "../../lib/models/solver";
import {systemOf} from "@lola-ts/simulators";
import {addedRows, committed, ensembleRows, growthRows} from "./front-page";
import {tableWith, visible} from "./markdown";
import * as rows from "./results-rows";
import {claims, csv, read, systems} from "./results-rows";

const readme = read("README.md");
const results = read("docs/results.md");

test("notebook 6 and findings.md say the same of every statement", () => {
  systems.forEach(({folder}, i) => {
    const scored = csv(`${folder}/claims-scored.csv`);
    expect(scored.length).toBeGreaterThan(10);
    for (const {claim, here, "on the paper's numbers": printed} of scored) {
      expect(claims[i].filter((one) => one.claim === claim)).toEqual([{claim, verdict: here, printed}]);
    }
  });
});

describe("docs/results.md", () => {
  test.each([
    ["the errors of the scorecards", "compression", rows.errorRows],
    ["what compression adds to errors and squared errors", "VRMSE², autoencoder", () => addedRows(committed)],
    ["how far diffusion's error grows, here and in the paper", "growth, the paper's", () => growthRows(committed)],
    ["the ensembles of each system, the strongest first", "network calls", () => ensembleRows(committed)],
    ["the number of claims by verdict", "not measured", rows.claimRows],
    ["four solvers beside diffusion", "verdicts", rows.solverRows],
    ["rivals that need no training", "against the solver dressed with noise", rows.rivalRows],
    ["what compression alone costs", "share of the solver's squared error, %", rows.floorRows],
    ["the sharpness of forecasts", "diffusion, one member", rows.sharpnessRows],
    ["who stays on the attractor", "leaves at", rows.longRunRows],
    ["simpler codes beside autoencoders", "principal components", rows.codeRows],
    ["simulators on coarser grids beside emulators", "its cost, ms", rows.simulatorRows],
    ["after how many forecasts data, training and search are paid", "search, s", rows.accountRows],
  ])("has %s", (_, column, expected) => {
    expect(tableWith(column, results).rows).toEqual(expected());
  });

  test("says how many times larger the paper's experiment is", () => {
    const cells = (text: string) => text.split(/ ?[x×] ?/).reduce((product, one) => product * Number(one), 1);
    const [gas, convection, cloud] = csv("data/paper/table-02.csv").filter(({property}) => property === "resolution");
    const expected = Object.entries({"rayleigh-benard": convection, euler: gas, "gravity-cooling": cloud}).map(
      ([system, large], i) => {
        const [paper, own] = (["paper", "mini"] as const).map((name) => sizesOf(system, name));
        const [, number, power] = /(\d[\d ×]*)([²³]?) states/.exec(read(`${systems[i].folder}/findings.md`))!;
        const ownCells = cells(number) ** (power === "³" ? 3 : power === "²" ? 2 : 1);
        const ratios = [cells(large.value) / ownCells, ...paper.map((size, j) => size / own[j])];
        return [systems[i].name, ...ratios.map((ratio) => `${Number(ratio.toPrecision(2))}`)];
      },
    );
    expect(tableWith("cells of a state", results).rows).toEqual(expected);
    const range = (columns: readonly number[]) => {
      const values = expected.flatMap((row) => columns.map((column) => Number(row[column])));
      return `${Math.min(...values)} to ${Math.max(...values)} times`;
    };
    expect(readme).toContain(`states have ${range([1])} as many cells`);
    expect(visible(readme)).toContain(
      `networks [${range([2, 3])}] as many parameters and ${range([4])} as many training steps`,
    );
  });
});

/** Parameters of autoencoder and latent emulator at the middle rate, and the emulator's training steps. Nothing is allocated. */
function sizesOf(system: string, name: "paper" | "mini"): number[] {
  const {autoencoder, latent, latentChannels} = preset(system, name);
  const {channels, scalars, axes} = systemOf(system);
  const latChannels = latentChannels[1];
  const purpose = {channels: latChannels, labelFeatures: scalars.length + 2 * axes.length, space: axes.length};
  return [
    new Autoencoder({...autoencoder.model, pixChannels: channels.length, latChannels}).layout.size,
    new Solver(emulatorNetwork(latent, purpose)).layout.size,
    latent.training.steps,
  ];
}
