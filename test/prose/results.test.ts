/** The README and docs/results.md repeat committed results: every row and verdict is made again from the files. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {emulatorNetwork, preset} from "@lola-ts/laboratory/stages";
import {Autoencoder} from "../../lib/models/autoencoder";
import {Solver} from "../../lib/models/solver";
import {systemOf} from "@lola-ts/simulators";
import {passagesOf, tableWith, visible} from "./markdown";
import {claimsOf, faultsOf, findingOf, findingsOf, statementsIn, type Finding} from "./statements";

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
function readmeRow(name: string, findings: readonly Finding[]): string[] {
  const named = (wanted: string) => findings.find((finding) => finding.name === wanted)!;
  const growth = named("robust emulation");
  const [, from, to] = /From (÷\d+) to (÷\d+)/.exec(growth.statement)!;
  const [, ...percent] = /^\S+ autoencoder (.+?), diffusion (.+?), neural solver (.+?);/.exec(growth.numbers)!;
  const counts = (wanted: string) => {
    const [, better, worse, all] = /better in (\d+) and .* better in (\d+) of (\d+) cells/.exec(named(wanted).numbers)!;
    return `better in ${better}${worse === "0" ? "" : `, worse in ${worse}`} of ${all}`;
  };
  return [
    ...[name, `${from} to ${to}`, ...percent.map((text) => text.replace(/^[+−](?=0 )/, ""))],
    ...[counts("diffusion as a distribution"), counts("diffusion against solver")],
  ];
}

const listed = (words: readonly string[]) => words.join(", ").replace(/, ([^,]*)$/, " and $1");

describe("the README", () => {
  test("has a row of findings for each system", () => {
    const {rows} = tableWith("compression", readme);
    expect(rows).toEqual(systems.map(({name, folder}) => readmeRow(name, findingsOf(`${folder}/findings-shown.json`))));
  });

  test("counts the claims that hold on Euler and those that do not", () => {
    const of = (wanted: string) => claims[0].filter(({verdict}) => verdict === wanted).length;
    expect(readme).toContain(
      `We tested ${claims[0].length} claims of the paper on Euler: ${of("holds")} hold, ${of("does not at this size")} do not hold ` +
        `at this size, ${of("undecided")} are undecided and ${of("not measured")} are not measured.`,
    );
  });

  test("names the systems on which central claims fail", () => {
    const failing = (claim: string) =>
      systems.flatMap(({name}, i) =>
        claims[i].find((one) => one.claim.startsWith(claim))?.verdict === "does not at this size" ? [name] : [],
      );
    const growing = failing("Diffusion's error does not grow with compression");
    expect(readme).toContain(
      `on ${listed(growing).replace("cloud", "the cloud")}, diffusion's error grows with compression by more than a tenth`,
    );
    expect(failing("Diffusion has a lower VRMSE than the neural solver")).toEqual(systems.map(({name}) => name));
    expect(readme).toContain("Its mean is often worse than the solver's answer.");
    expect(failing("Latent emulators match or beat the pixel-space solver")).toEqual(["Euler"]);
    expect(readme).toContain("On Euler, the pixel-space solver beats latent emulators at the highest rate");
    const [distance] = findingsOf("figures/findings-shown.json").filter(({name}) => name === "distributions");
    expect(distance.numbers).toContain("the solver better in 9 of 9 cells");
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
    const verdicts = ["holds", "does not at this size", "undecided", "not measured"];
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
      const own = claims.map((list) => list.filter((one) => one.claim.startsWith(start)).map(({verdict}) => verdict));
      expect([claim, ...verdicts.map((one) => [one])]).toEqual([claim, ...own]);
    }
  });

  test("says how four solvers compare with diffusion", () => {
    const words: Record<string, string> = {better: "lower", worse: "higher", undecided: "undecided"};
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

describe.each(systems)("statements in docs/results.md, $name", ({name, folder}) => {
  const findings = findingsOf(`${folder}/findings-shown.json`);
  const [, section] = /## Weaker statements([^]*?)\n## /.exec(results)!;
  const statements = statementsIn(passagesOf("docs/results.md", section), name);
  const ofTheTour = "Latent solvers are faster than the pixel solver"; // times depend on the machine: Table 1

  test("have the verdict and the numbers of the findings that they repeat", () => {
    const shown = statements.filter(({statement}) => statement !== ofTheTour);
    expect(shown.length).toBe(statements.length - 1);
    for (const {statement, cell} of shown)
      expect([statement, ...faultsOf(cell, findingOf(statement, findings))]).toEqual([statement]);
    expect(new Set(shown.map(({statement}) => findingOf(statement, findings).statement)).size).toBe(shown.length);
  });

  test("a changed verdict or number is found", () => {
    const [finding] = findings;
    const [, factor] = /×([\d.]+)/.exec(finding.numbers)!;
    const {verdict} = finding;
    const other = verdict === "holds" ? "does not hold" : "holds";
    expect(faultsOf(`${verdict}: by a factor of ${factor}`, finding)).toEqual([]);
    expect(faultsOf(`${other}: by a factor of 7.77`, finding)).toEqual([`${other} instead of ${verdict}`, "7.77"]);
  });
});
