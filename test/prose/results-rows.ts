/** Rows of the tables in the README and docs/results.md, made from committed results. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {isOurs, recordedFindings, wordFor} from "../../packages/paper/src/claims/committed-claims";
import {claimsOf} from "./statements";

const root = path.resolve(__dirname, "../..");
export const read = (file: string) => readFileSync(path.join(root, file), "utf8");
export const csv = (file: string) => readCsv(path.join(root, file));

/** Systems by the names that both documents give them, with the folders of their results. */
export const systems = [
  {name: "convection", folder: "figures/rayleigh-benard"},
  {name: "Euler", folder: "figures/euler"},
  {name: "cloud", folder: "figures/gravity-cooling"},
  {name: "Kolmogorov flow", folder: "figures/kolmogorov"},
];
export const claims = systems.map(({folder}) => claimsOf(`${folder}/findings.md`));

type Row = Record<string, string>;

/** Compression rates of a table's rows, in ascending order. */
const ratesOf = (rows: readonly Row[]) =>
  [...new Set(rows.flatMap((row) => row["÷"] || []))].sort((a, b) => Number(a) - Number(b));

/** A percentage with its sign. */
export function signed(percent: number): string {
  const digits = Math.abs(percent).toFixed(1);
  return Number(digits) === 0 ? "0.0 %" : `${percent < 0 ? "−" : "+"}${digits} %`;
}

/** Errors on the first horizon. */
export const errorRows = () =>
  systems.flatMap(({name, folder}) => {
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
        ...[cell(solver, "CRPS / climate"), cell(diffusion, "CRPS / climate")],
      ];
    });
  });

const WORDS: Readonly<Record<string, string>> = {
  better: "lower",
  worse: "higher",
  undecided: "undecided",
  equal: "equal",
};

/** Four solvers against diffusion. */
export const solverRows = () =>
  systems.map(({name, folder}) => {
    const file = `${folder}/verdicts-solvers.csv`;
    const said = (wanted: string) =>
      csv(file)
        .filter(({metric}) => metric === wanted)
        .map(({verdict}) => WORDS[verdict])
        .join(", ");
    return [name, said("VRMSE"), said("CRPS / climate"), `[table](../${file})`];
  });

/** Diffusion against rivals without training. */
export const rivalRows = () =>
  systems.flatMap(({name, folder}) => {
    const untrained = csv(`${folder}/untrained.csv`);
    const diffusion = csv(`${folder}/scorecard.csv`).filter(({method}) => method === "diffusion");
    return ratesOf(untrained).map((rate) => {
      const at = (rows: typeof untrained) => rows.filter((row) => row["÷"] === rate);
      const verdicts = (kind: string) =>
        at(csv(`${folder}/verdicts-${kind}.csv`).filter(({metric}) => metric === "CRPS / climate")).map(
          ({verdict}) => verdict,
        );
      const changes = (wanted: string) => {
        const rows = at(untrained).filter(({method}) => method === wanted);
        return at(diffusion).map(({VRMSE}, i) => signed(100 * (Number(rows[i].VRMSE) / Number(VRMSE) - 1)));
      };
      const cells = [verdicts("noise"), verdicts("residuals"), changes("one call of the denoiser")];
      return [`${name} ÷${rate}`, ...[...cells, changes("diffusion, mean of latents")].map((one) => one.join(", "))];
    });
  });

/** What compression alone costs. */
export const floorRows = () =>
  systems.flatMap(({name, folder}) => {
    const rows = csv(`${folder}/compression-floor.csv`);
    return ratesOf(rows).map((rate) => {
      const shares = (method: string) =>
        rows
          .filter((row) => row["÷"] === rate)
          .map((row) => Number((100 * Number(row[`floor / ${method}, squared`])).toPrecision(2)));
      return [`${name} ÷${rate}`, ...["solver", "diffusion"].map((method) => shares(method).join(", "))];
    });
  });

/** Steepness of fields over the truth's, the geometric mean over fields. */
export const sharpnessRows = () =>
  systems.flatMap(({name, folder}) => {
    const rows = csv(`${folder}/sharpness.csv`);
    const times = Object.keys(rows[0]).filter((column) => column.startsWith("τ"));
    return ratesOf(rows).map((rate) => {
      const ratios = (method: string) =>
        times.map((time) => {
          const own = rows.filter((row) => row.method === method && row["÷"] === rate);
          return Math.exp(own.reduce((sum, row) => sum + Math.log(Number(row[time])), 0) / own.length).toFixed(2);
        });
      return [
        `${name} ÷${rate}`,
        ...["autoencoder", "neural solver", "diffusion"].map((one) => ratios(one).join(", ")),
      ];
    });
  });

const STATISTICS = ["energy", "enstrophy", "vorticity", "spectrum", "decoded spectrum"].map(
  (one) => `${one} outside, %`,
);

/** Share of the states outside of the simulator's band, and trajectories that leave its attractor. */
export const longRunRows = () => {
  const rows = csv("figures/kolmogorov/long-run.csv");
  const nameOf = (row: Row) => row.method + (row["÷"] ? ` ÷${row["÷"]}` : "");
  return [...new Set(rows.map(nameOf))].map((name) => {
    const own = rows.filter((row) => nameOf(row) === name);
    const mean = (column: string) => own.reduce((sum, row) => sum + Number(row[column]), 0) / own.length;
    const shares = STATISTICS.map((column) => (own[0][column] ? `${Number(mean(column).toPrecision(2))}` : "–"));
    const times = own.flatMap((row) => (row["leaves at"] ? Number(row["leaves at"]) : []));
    const when = times.length > 0 ? [...new Set([Math.min(...times), Math.max(...times)])].join(" to ") : "–";
    const energy = (100 * mean("energy / simulator's")).toFixed(0);
    return [name, energy, ...shares, `${times.length} of ${own.length}`, when];
  });
};

/** Autoencoders and simpler codes. */
export const codeRows = () =>
  systems.flatMap(({name, folder}) => {
    const rows = csv(`${folder}/yardstick-table.csv`);
    return ratesOf(rows).map((rate) => {
      const own = rows.filter((row) => row["÷"] === rate);
      const errors = ["autoencoder", "PCA", "Fourier", "wavelets"].map(
        (code) => own.find(({method}) => method.startsWith(code))?.error,
      );
      return [`${name} ÷${rate}`, ...errors.map((error) => (error ? Number(error).toFixed(3) : "–"))];
    });
  });

/** Emulators and simulators on coarser grids. */
export const simulatorRows = () =>
  systems.flatMap(({name, folder}) => {
    const rows = csv(`${folder}/break-even-table.csv`);
    const first = Object.keys(rows[0]).find((column) => column.startsWith("VRMSE"))!;
    const rate = ratesOf(rows)[1]; // after that of pixels
    const own = rows.filter((row) => row["÷"] === rate);
    const simulators = own.filter(({forecast}) => forecast.startsWith("simulator"));
    return ["neural solver", "diffusion"].map((method) => {
      const row = own.find(({forecast}) => forecast === method)!;
      const equal = simulators
        .filter((one) => one[first] !== "" && Number(one[first]) <= Number(row[first]))
        .sort((a, b) => Number(a["cost, ms"]) - Number(b["cost, ms"]))[0];
      const milliseconds = (one: typeof row) => Number(Number(one["cost, ms"]).toPrecision(2)).toString();
      const cheapest = equal ? [Number(equal[first]).toFixed(3), milliseconds(equal)] : ["–", "–"];
      const cells = [Number(row[first]).toFixed(3), milliseconds(row), milliseconds(simulators[0]), ...cheapest];
      return [`${name} ÷${rate}, ${method}`, ...cells];
    });
  });

/** Solvers at the lowest rate: what was spent before the first forecast, and after how many forecasts it is saved. */
export const accountRows = () =>
  systems.map(({name, folder}) => {
    const rows = csv(`${folder}/break-even-table.csv`);
    const own = rows.find((row) => row.forecast === "neural solver" && row["÷"] !== "1")!;
    const full = rows.find((row) => row.forecast.startsWith("simulator") && row["÷"] === own["÷"])!;
    const saved = Number(full["cost, ms"]) - Number(own["cost, ms"]);
    const parts = ["data, s", "training, s", "search, s"].map((column) => Number(own[column]));
    const forecasts = (seconds: number) => Math.ceil((1000 * seconds) / saved);
    const sum = parts.reduce((total, part) => total + part, 0);
    const counts = [sum, sum - parts[2]].map(forecasts);
    expect([own["break-even, forecasts"], own["without search"]].map(Number)).toEqual(counts);
    return [
      `${name} ÷${own["÷"]}`,
      ...parts.map((part) => part.toFixed(0)),
      String(Number(saved.toPrecision(2))),
      ...counts.map(String),
    ];
  });

const WORDS_OF_CLAIMS = ["holds here", "fails our rule here", "undecided", "out of range", "not measured"];

/** Number of claims by verdict, the paper's and ours. */
export const claimRows = () =>
  systems.flatMap(({name, folder}) => {
    const system = path.basename(folder);
    return [false, true].map((ours) => {
      const own = recordedFindings(system).filter((one) => isOurs(one) === ours);
      const counts = WORDS_OF_CLAIMS.map((word) => `${own.filter((one) => wordFor(system, one) === word).length}`);
      return [ours ? `${name}, ours` : `[${name}](../${folder}/findings.md), the paper's`, `${own.length}`, ...counts];
    });
  });
