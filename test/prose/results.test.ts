/** The README and docs/results.md repeat committed results: every row and verdict is made again from the files. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {emulatorNetwork, preset} from "@lola-ts/laboratory/stages";
import {Autoencoder} from "../../lib/models/autoencoder";
import {Solver} from "../../lib/models/solver";
import {systemOf} from "@lola-ts/simulators";
import {tableWith, visible} from "./markdown";
import {claimsOf} from "./statements";

const root = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const csv = (file: string) => readCsv(path.join(root, file));
const readme = read("README.md");
const results = read("docs/results.md");

/** Systems by the names that both documents give them, with the folders of their results. */
const systems = [
  {name: "Euler", folder: "figures"},
  {name: "convection", folder: "figures/rayleigh-benard"},
  {name: "cloud", folder: "figures/gravity-cooling"},
  {name: "Kolmogorov flow", folder: "figures/kolmogorov"},
];
const claims = systems.map(({folder}) => claimsOf(`${folder}/findings.md`));

/** Row of the README's table. */
function readmeRow(name: string, folder: string): string[] {
  const scores = csv(`${folder}/scorecard.csv`).filter(({horizon}) => horizon.startsWith("1:"));
  const rates = [...new Set(scores.flatMap((row) => Number(row["÷"]) || []))].filter((rate) => rate > 1);
  const [from, to] = [Math.min(...rates), Math.max(...rates)];
  const error = (method: string, rate: number) =>
    Number(scores.find((row) => row.method === method && Number(row["÷"]) === rate)!.VRMSE);
  const growth = ["autoencoder", "diffusion", "neural solver"].map((method) => {
    const percent = (100 * (error(method, to) / error(method, from) - 1)).toFixed(0);
    return Number(percent) === 0 ? "0 %" : `${Number(percent) > 0 ? "+" : "−"}${percent.replace("-", "")} %`;
  });
  const counts = (metric: string) => {
    const sides = csv(`${folder}/verdicts.csv`).flatMap((row) => (row.metric === metric ? [row.verdict] : []));
    const parts = ["better", "worse", "equal"].flatMap((side) => {
      const count = sides.filter((one) => one === side).length;
      return count > 0 || side === "better" ? [`${side} in ${count}`] : [];
    });
    return `${parts.join(", ")} of ${sides.length}`;
  };
  return [name, `÷${from} to ÷${to}`, ...growth, counts("CRPS"), counts("VRMSE")];
}

const listed = (words: readonly string[]) => words.join(", ").replace(/, ([^,]*)$/, " and $1");

describe("the README", () => {
  test("has a row for each system", () => {
    const {rows} = tableWith("compression", readme);
    expect(rows).toEqual(systems.map(({name, folder}) => readmeRow(name, folder)));
  });

  test("counts the claims that hold on Euler and those that do not", () => {
    const of = (wanted: string) => claims[0].filter(({verdict}) => verdict === wanted).length;
    expect(readme).toContain(
      `We judged ${claims[0].length} claims on Euler: ${of("holds")} hold, ${of("fails")} fail, ${of("undecided")} are undecided ` +
        `and ${of("not measured")} are not measured.`,
    );
  });

  test("names the systems on which central claims fail", () => {
    const failing = (claim: string) =>
      systems.flatMap(({name}, i) =>
        claims[i].find((one) => one.claim.startsWith(claim))?.verdict === "fails" ? [name] : [],
      );
    const growing = failing("Diffusion's error does not grow with compression");
    expect(readme).toContain(
      `on ${listed(growing).replace("cloud", "the cloud")}, diffusion's error grows with compression by more than a tenth`,
    );
    expect(failing("Diffusion has a lower VRMSE than the neural solver")).toEqual(systems.map(({name}) => name));
    expect(readme).toContain("Its mean is often worse than the solver's answer.");
    expect(failing("Latent emulators match or beat the pixel-space solver")).toEqual(["Euler"]);
    expect(readme).toContain("On Euler, the pixel-space solver beats latent emulators at the highest rate");
    expect(failing("The distance between distributions is smaller for diffusion")).toContain("Euler");
    expect(readme).toContain("diffusion's distance between distributions is worse in all cells");
    const rivals = csv("figures/verdicts-solvers.csv");
    expect(new Set(rivals.map(({verdict}) => verdict))).toEqual(new Set(["better"]));
    expect(readme).toContain("beat diffusion on Euler by both scores");
  });
});

describe("docs/results.md", () => {
  test("has the errors of the scorecards", () => {
    const expected = systems.flatMap(({name, folder}) => {
      const rows = csv(`${folder}/scorecard.csv`);
      const first = rows.filter(({horizon}) => horizon.startsWith("1:"));
      const rates = [...new Set(first.flatMap((row) => row["÷"] || []))].sort((a, b) => Number(a) - Number(b));
      return rates.map((rate) => {
        const cell = (method: string, metric: string) => {
          const row = first.find((one) => one.method === method && one["÷"] === rate);
          return row ? `${Number(row[metric]).toFixed(3)} ± ${Number(row[`${metric} ±`]).toFixed(3)}` : "–";
        };
        const [solver, diffusion] = ["neural solver", "diffusion"];
        return [
          ...[`${name} ÷${rate}`, cell("autoencoder", "VRMSE"), cell(solver, "VRMSE"), cell(diffusion, "VRMSE")],
          ...[cell(solver, "CRPS"), cell(diffusion, "CRPS")],
        ];
      });
    });
    expect(expected.length).toBeGreaterThan(12);
    expect(tableWith("compression", results).rows).toEqual(expected);
  });

  test("counts the claims by verdict", () => {
    const {rows} = tableWith("not measured", results);
    const verdicts = ["holds", "fails", "undecided", "not measured"];
    expect(rows).toEqual(
      systems.map(({name, folder}, i) => [
        ...[`[${name}](../${folder}/findings.md)`, `${claims[i].length}`],
        ...verdicts.map((wanted) => `${claims[i].filter(({verdict}) => verdict === wanted).length}`),
      ]),
    );
  });

  test("has the verdicts of central claims", () => {
    const {columns, rows} = tableWith("claim", results);
    expect(columns.slice(1)).toEqual(systems.map(({name}) => name));
    for (const [claim, ...verdicts] of rows) {
      const start = claim.replace(/ \(by .*/, "");
      const own = claims.map((list) =>
        list
          .filter((one) => one.claim.startsWith(start))
          .map(({verdict, printed}) => (printed === "–" ? verdict : `${verdict} (${printed})`)),
      );
      expect([claim, ...verdicts.map((one) => [one])]).toEqual([claim, ...own]);
    }
  });

  test("says how four solvers compare with diffusion", () => {
    const words: Record<string, string> = {better: "lower", worse: "higher", undecided: "undecided", equal: "equal"};
    const expected = systems.map(({name, folder}) => {
      const file = `${folder}/verdicts-solvers.csv`;
      const said = (wanted: string) =>
        csv(file)
          .filter(({metric}) => metric === wanted)
          .map(({verdict}) => words[verdict])
          .join(", ");
      return [name, said("VRMSE"), said("CRPS"), `[table](../${file})`];
    });
    expect(tableWith("verdicts", results).rows).toEqual(expected);
  });

  test("says how many times larger the paper's experiment is", () => {
    const cells = (text: string) => text.split(/ ?[x×] ?/).reduce((product, one) => product * Number(one), 1);
    const large = csv("data/paper/table-02.csv").filter(({property}) => property === "resolution");
    const expected = ["euler", "rayleigh-benard", "gravity-cooling"].map((system, i) => {
      const [paper, own] = (["paper", "mini"] as const).map((name) => sizesOf(system, name));
      const [, number, power] = /(\d[\d ×]*)([²³]?) states/.exec(read(`${systems[i].folder}/findings.md`))!;
      const ownCells = cells(number) ** (power === "³" ? 3 : power === "²" ? 2 : 1);
      const ratios = [cells(large[i].value) / ownCells, ...paper.map((size, j) => size / own[j])];
      return [systems[i].name, ...ratios.map((ratio) => `${Number(ratio.toPrecision(2))}`)];
    });
    expect(tableWith("cells of a state", results).rows).toEqual(expected);
    const range = (columns: readonly number[]) => {
      const values = expected.flatMap((row) => columns.map((column) => Number(row[column])));
      return `${Math.min(...values)} to ${Math.max(...values)} times`;
    };
    expect(readme).toContain(`states have ${range([1])} as many cells`);
    expect(visible(readme)).toContain(`networks [${range([2, 3])}] as many parameters`);
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
