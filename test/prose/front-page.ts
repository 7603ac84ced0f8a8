/** The README's tables and statements that rest on data, each computed from committed files. */
import path from "node:path";
import {horizonsOf, judge, readCsv, summary, type Result} from "lola/evaluate";
import {systems} from "./results-rows";

export type Row = Readonly<Record<string, string>>;
/** Reads a committed table by its path in the project. */
export type Source = (file: string) => readonly Row[];

export const committed: Source = (file) => readCsv(path.resolve(__dirname, "../..", file));

/** Names of the systems in the paper's tables; the Kolmogorov flow is not in the paper. */
const IN_PAPER: Readonly<Record<string, string | undefined>> = {convection: "RB", Euler: "Euler", cloud: "TGC"};

/** Kinds of forecasts whose errors are shown. */
const METHODS = ["autoencoder", "diffusion", "neural solver"] as const;

/** Ensembles that are made of solvers, at the middle rate. */
export const ENSEMBLES = [
  ...["4 neural solvers", "neural solver, symmetries", "solver made stochastic"],
  ...["solver dressed with residuals", "solver dressed with noise", "perturbed solver"],
];

const ascending = (values: readonly string[]) => [...new Set(values)].sort((a, b) => Number(a) - Number(b));

/** VRMSE on the first horizon in latent space, from the lowest rate to the highest. */
function errorsOf(source: Source, folder: string, method: string): {rate: number; error: number}[] {
  const rows = source(`${folder}/scorecard.csv`).filter((row) => row.space === "latent" && row.method === method);
  return ascending(rows.map((row) => row["÷"])).map((rate) => ({
    rate: Number(rate),
    error: Number(rows.find((row) => row["÷"] === rate && row.horizon.startsWith("1:"))!.VRMSE),
  }));
}

/** Diffusion's or the autoencoder's VRMSE in the paper's Table 6 on the first horizon, from the lowest rate to the highest. */
function printedErrors(source: Source, name: string, method = "diffusion"): {rate: number; error: number}[] {
  return source("data/paper/table-06.csv")
    .filter((row) => row.dataset === IN_PAPER[name] && row.method === method && row.metric === "VRMSE")
    .filter(({space, horizon}) => space === "latent" && horizon.startsWith("1:"))
    .map(({compression, value}) => ({rate: Number(compression), error: Number(value)}))
    .sort((a, b) => a.rate - b.rate);
}

const ends = (all: readonly {error: number}[]) =>
  all.length === 0 ? "–" : [all[0], all.at(-1)!].map(({error}) => error.toFixed(2)).join(" → ");

/** Rows of the table of absolute errors. */
export const errorRows = (source: Source) =>
  systems.map(({name, folder}) => {
    const [from, to] = [0, -1].map((i) => errorsOf(source, folder, "diffusion").at(i)!.rate);
    const cells = METHODS.map((method) => ends(errorsOf(source, folder, method)));
    return [name, `÷${from} to ÷${to}`, ...cells, ends(printedErrors(source, name))];
  });

/** Scores by trajectory, with the parameters of each. */
function scoresOf(source: Source, folder: string) {
  const all = source(`${folder}/scores.csv`);
  const samplesIn = (row: Row) => Object.keys(row).filter((column) => column.startsWith("trajectory "));
  const results = all.slice(1).map((row): Result => {
    const samples = samplesIn(row).map((column) => (row[column] === "" ? NaN : Number(row[column])));
    const {dataset, method, space, horizon, metric} = row;
    const labels = {dataset, method, space, horizon, metric} as Pick<Result, "dataset" | "method" | "space">;
    return {...labels, horizon, metric, compression: Number(row.compression), ...summary(samples), samples} as Result;
  });
  const whole = results.filter(({horizon}) => new Set(horizon.split(":")).size > 1);
  const first = results.filter(({horizon}) => new Set(horizon.split(":")).size === 1);
  return {whole, first, blocks: samplesIn(all[0]).map((column) => all[0][column])};
}

/** Judge one method's CRPS against another's, cell by cell at the given rates. */
function sidesOf(source: Source, folder: string, own: string, other: string, rates: readonly number[]): string[] {
  const {whole, blocks} = scoresOf(source, folder);
  const find = (method: string, rate: number, horizon: string) =>
    whole.find(
      (one) =>
        one.method === method && one.compression === rate && one.horizon === horizon && one.metric === "crpsClimate",
    )!;
  const comparisons = rates.flatMap((rate) =>
    horizonsOf(whole).map((horizon) => ({
      label: `÷${rate} ${horizon}`,
      above: [find(own, rate, horizon)],
      below: [find(other, rate, horizon)],
    })),
  );
  return judge(comparisons, {about: "models", blocks}).cells.map(({side}) => side);
}

const ratesOf = (source: Source, folder: string) => errorsOf(source, folder, "diffusion").map(({rate}) => rate);

/** The ensemble of solvers with the lowest CRPS at the middle rate, over all horizons, and its network calls. */
export function strongestRival(source: Source, folder: string): {method: string; calls: string} {
  const rows = ["rivals", "untrained"].flatMap((file) => source(`${folder}/${file}.csv`));
  const middle = `${ratesOf(source, folder)[1]}`;
  const found = ENSEMBLES.map((method) => {
    const own = rows.filter((row) => row.method === method && row["÷"] === middle);
    const log = own.reduce((sum, row) => sum + Math.log(Number(row["CRPS / climate"])), 0);
    return {method, log, calls: own[0].calls};
  });
  return found.reduce((best, one) => (one.log < best.log ? one : best));
}

const strongSides = (source: Source, folder: string) =>
  sidesOf(source, folder, "diffusion, seed 0", strongestRival(source, folder).method, [ratesOf(source, folder)[1]]);

/** Count sides in words: "better in 1, worse in 2 of 3". */
export function counted(sides: readonly string[]): string {
  const parts = ["better", "worse", "equal"].flatMap((side) => {
    const count = sides.filter((one) => one === side).length;
    return count > 0 || side === "better" ? [`${side} in ${count}`] : [];
  });
  return `${parts.join(", ")} of ${sides.length}`;
}

const verdictsIn = (source: Source, file: string, metric: string) =>
  systems.map(({folder}) =>
    source(`${folder}/${file}.csv`)
      .filter((row) => row.metric === metric)
      .map(({verdict}) => verdict),
  );

const CRPS = "CRPS / climate";

/** Rows of the table of rivals: the strongest first, then the bare solver. */
export const rivalRows = (source: Source) =>
  systems.map(({name, folder}, i) => {
    const {method, calls} = strongestRival(source, folder);
    const seeds = ["VRMSE", CRPS].map((metric) => counted(verdictsIn(source, "verdicts-seeds", metric)[i]));
    return [name, `${method} (${calls})`, counted(strongSides(source, folder)), seeds[1], seeds[0]];
  });

/** What a change from the lowest rate to the highest adds to the squared error. */
function addedSquares(all: readonly {error: number}[]): number {
  return all.at(-1)!.error ** 2 - all[0].error ** 2;
}

/** Rows of the table of what compression adds, on a scale of VRMSE and of its square, ours and the paper's. */
export const addedRows = (source: Source) =>
  systems.map(({name, folder}) => {
    const own = METHODS.map((method) => errorsOf(source, folder, method));
    const printed = METHODS.slice(0, 2).map((method) => printedErrors(source, name, method));
    const squares = (all: typeof own) =>
      all.map((one) => (one.length > 0 ? addedSquares(one).toFixed(3).replace("-", "−") : "–"));
    return [
      name,
      ...own.map((all) => (all.at(-1)!.error - all[0].error).toFixed(2)),
      ...squares(own),
      ...squares(printed),
    ];
  });

/** Rows of the table of ensembles at the middle rate, the strongest first, and how diffusion compares with each. */
export const ensembleRows = (source: Source) =>
  systems.flatMap(({name, folder}) => {
    const middle = ratesOf(source, folder)[1];
    const rows = ["rivals", "untrained"].flatMap((file) => source(`${folder}/${file}.csv`));
    const found = [...ENSEMBLES, "diffusion, seed 0", "diffusion, symmetries"].map((method) => {
      const own = rows.filter((row) => row.method === method && row["÷"] === `${middle}`);
      return {method, calls: own[0].calls, scores: own.map((row) => Number(row[CRPS]))};
    });
    const size = ({scores}: (typeof found)[number]) => scores.reduce((product, one) => product * one, 1);
    return found
      .sort((a, b) => size(a) - size(b))
      .map(({method, calls, scores}) => {
        const isRival = ENSEMBLES.includes(method);
        const sides = isRival ? sidesOf(source, folder, "diffusion, seed 0", method, [middle]).join(", ") : "–";
        return [`${name}, ${method}`, calls, scores.map((one) => one.toFixed(3)).join(", "), sides];
      });
  });

/** Growth of diffusion's error by horizon, ours and the paper's, in percent. */
export const growthRows = (source: Source) =>
  systems.map(({name, folder}) => {
    const growth = (rows: readonly {rate: string; horizon: string; error: string}[]) => {
      const horizons = [...new Set(rows.map(({horizon}) => horizon))];
      const rates = ascending(rows.map(({rate}) => rate));
      const at = (rate: string, horizon: string) =>
        Number(rows.find((row) => row.rate === rate && row.horizon === horizon)!.error);
      const changes = horizons.map((horizon) => at(rates.at(-1)!, horizon) / at(rates[0], horizon) - 1);
      const percent = (change: number) => (100 * change).toFixed(0).replace("-0", "0").replace("-", "−");
      return changes.map((change) => `${change > 0.005 ? "+" : ""}${percent(change)} %`).join(", ") || "–";
    };
    const own = source(`${folder}/scorecard.csv`)
      .filter((row) => row.method === "diffusion")
      .map((row) => ({rate: row["÷"], horizon: row.horizon, error: row.VRMSE}));
    const printed = source("data/paper/table-06.csv")
      .filter((row) => row.dataset === IN_PAPER[name] && row.method === "diffusion" && row.metric === "VRMSE")
      .filter(({space}) => space === "latent")
      .map(({compression, horizon, value}) => ({rate: compression, horizon, error: value}));
    return [name, growth(own), growth(printed)];
  });

const countOf = (words: readonly (readonly string[])[], wanted: string) =>
  words.flat().filter((one) => one === wanted).length;

const NUMBERS = ["no", "one", "two", "three", "four"];

/** A statement of the README, and a change of one row of data that must change it. */
export interface Statement {
  readonly about: string;
  readonly says: (source: Source) => string;
  /** Files that are changed, and how their rows are. */
  readonly file: RegExp;
  readonly changed: (row: Row) => Row;
}

const scaled =
  (factor: number, columns: (name: string) => boolean, isMeant: (row: Row) => boolean) =>
  (row: Row): Row =>
    isMeant(row)
      ? Object.fromEntries(
          Object.entries(row).map(([name, text]) => [
            name,
            columns(name) && text !== "" ? `${factor * Number(text)}` : text,
          ]),
        )
      : row;

const inTrajectories = (name: string) => name.startsWith("trajectory ");
const reversed = (row: Row): Row => ({
  ...row,
  verdict: row.verdict === "better" ? "worse" : "better",
});

export const STATEMENTS: readonly Statement[] = [
  {
    about: "squared errors",
    says: (source) => {
      const loses = (method: string) =>
        systems.filter(
          ({folder}) =>
            addedSquares(errorsOf(source, folder, method)) > addedSquares(errorsOf(source, folder, "autoencoder")),
        );
      const names = loses("diffusion").map(({name}) => name);
      const surely = systems.filter(({folder}) =>
        source(`${folder}/findings.csv`).some(
          ({claim, verdict}) => claim.startsWith("Compression adds less squared error") && verdict === "fails",
        ),
      );
      return [
        `In squared error, the solver's forecast loses more than the reconstruction on ${NUMBERS[loses("neural solver").length]} of four systems, and diffusion on ${names.join(" and ")}.`,
        `This is [significant](docs/claims.md) on ${surely.map(({name}) => name).join(" and ")}.`,
      ].join(" ");
    },
    file: /euler\/scorecard/,
    changed: scaled(
      2,
      (name) => name === "VRMSE",
      ({method, "÷": rate}) => method === "autoencoder" && rate === "320",
    ),
  },
  {
    about: "the distance from the paper",
    says: (source) => {
      const pairs = systems.flatMap(({name, folder}) =>
        printedErrors(source, name).map((printed, i) => ({own: errorsOf(source, folder, "diffusion")[i], printed})),
      );
      const range = (values: readonly number[]) =>
        [Math.min(...values), Math.max(...values)].map((value) => Number(value.toPrecision(2))).join(" to ");
      const errors = range(pairs.map(({own, printed}) => own.error / printed.error));
      const rates = range(pairs.map(({own, printed}) => printed.rate / own.rate));
      return `diffusion's errors are ${errors} times the paper's, at rates that are ${rates} times lower`;
    },
    file: /table-06/,
    changed: scaled(
      2,
      (name) => name === "value",
      () => true,
    ),
  },
  {
    about: "the strongest rival",
    says: (source) => {
      const sides = systems.flatMap(({folder}) => strongSides(source, folder));
      const [better, worse] = ["better", "worse"].map((side) => sides.filter((one) => one === side).length);
      return `diffusion is better in ${better} of ${sides.length} cells and worse in ${worse}, for one seed`;
    },
    file: /euler\/scores/,
    changed: scaled(0.5, inTrajectories, ({method}) => method === "diffusion, seed 0"),
  },
  {
    about: "one solver, by CRPS",
    says: (source) => {
      const words = verdictsIn(source, "verdicts-seeds", CRPS);
      return `diffusion is better by CRPS in ${countOf(words, "better")} of ${words.flat().length} cells`;
    },
    file: /euler\/verdicts-seeds/,
    changed: reversed,
  },
  {
    about: "white noise around the solver",
    says: (source) => {
      const sides = systems.flatMap(({folder}) =>
        sidesOf(source, folder, "solver dressed with noise", "neural solver", ratesOf(source, folder)),
      );
      return `white noise around the solver beats it in ${countOf([sides], "better")} of ${sides.length} cells`;
    },
    file: /euler\/scores/,
    changed: scaled(2, inTrajectories, ({method}) => method === "solver dressed with noise"),
  },
  {
    about: "the noisy solver",
    says: (source) => {
      const words = verdictsIn(source, "verdicts-noise", CRPS);
      return `Against that noisy solver, diffusion is better in [${countOf(words, "better")} of ${words.flat().length}]`;
    },
    file: /euler\/verdicts-noise/,
    changed: reversed,
  },
  {
    about: "one solver, by VRMSE",
    says: (source) => {
      const words = verdictsIn(source, "verdicts-seeds", "VRMSE");
      return `By VRMSE, it beats one solver in ${countOf(words, "better")} of ${words.flat().length} cells and loses in ${countOf(words, "worse")}`;
    },
    file: /euler\/verdicts-seeds/,
    changed: reversed,
  },
  {
    about: "a coarse simulator",
    says: (source) => {
      const ratiosOf = ({folder}: (typeof systems)[number]) => {
        const rows = source(`${folder}/break-even-table.csv`);
        const first = Object.keys(rows[0]).find((column) => column.startsWith("VRMSE"))!;
        const cost = (row: Row) => Number(row["cost, ms"]);
        return rows
          .filter(({forecast}) => forecast === "diffusion")
          .flatMap((row) => {
            const equal = rows.filter(
              (one) =>
                one.forecast.startsWith("simulator") &&
                one["÷"] === row["÷"] &&
                one[first] !== "" &&
                Number(one[first]) <= Number(row[first]),
            );
            return equal.length > 0 ? [{rate: row["÷"], ratio: cost(row) / Math.min(...equal.map(cost))}] : [];
          });
      };
      const least = (found: ReturnType<typeof ratiosOf>) => Math.floor(Math.min(...found.map(({ratio}) => ratio)));
      const isCloud = ({name}: (typeof systems)[number]) => name === "cloud";
      const cloud = systems.filter(isCloud).flatMap(ratiosOf);
      const others = systems.filter((system) => !isCloud(system)).flatMap(ratiosOf);
      return (
        `of no greater error is at least ${least(others)} times cheaper than 16 members of diffusion, at ${others.length === 9 ? "every" : "some"} compression, ` +
        "on convection, Euler and Kolmogorov flow. On the cloud, where it must guess the gas around the cube, only the data's " +
        `own grid is as exact, at ${cloud.map(({rate}) => `÷${rate}`).join(" and ")}, and it is ${least(cloud)} times cheaper`
      );
    },
    file: /break-even-table/,
    changed: scaled(
      0.5,
      (name) => name === "cost, ms",
      ({forecast}) => forecast === "diffusion",
    ),
  },
  {
    about: "four solvers on Kolmogorov flow",
    says: (source) => {
      const words = source("figures/kolmogorov/verdicts-solvers.csv").map(({verdict}) => verdict);
      return `four solvers together are ${words.includes("worse") ? "somewhere" : "nowhere"} behind diffusion`;
    },
    file: /kolmogorov\/verdicts-solvers/,
    changed: (row) => ({...row, verdict: "worse"}),
  },
  {
    about: "where curves cross on Kolmogorov flow",
    says: (source) => {
      const CALL = 16; // four states, four units of time apart
      const within = source("figures/kolmogorov/crossings.csv").filter(({lead}) => Number(lead) < CALL);
      const [lowest] = within.map(({block}) => Number(block.replace("Re = ", ""))).sort((a, b) => a - b);
      return `At Reynolds numbers from ${lowest} on, the curves cross within the first network call`;
    },
    file: /kolmogorov\/crossings/,
    changed: scaled(
      3,
      (name) => name === "lead",
      () => true,
    ),
  },
  {
    about: "persistence on the cloud",
    says: (source) => {
      const {first} = scoresOf(source, "figures/gravity-cooling");
      const errors = (methods: readonly string[]) =>
        first
          .filter(({method, metric, space}) => metric === "vrmse" && methods.includes(method) && space !== "pixel")
          .map(({value}) => value);
      const [persistence] = errors(["first frame"]);
      const emulators = errors(["diffusion", "neural solver"]);
      const beats = emulators.every((error) => persistence < error) ? "every emulator" : "some emulators";
      const range = [Math.min(...emulators), Math.max(...emulators)].map((error) => error.toFixed(2)).join(" to ");
      return `persistence (${persistence.toFixed(2)}) beats ${beats} (${range})`;
    },
    file: /gravity-cooling\/scores/,
    changed: scaled(2, inTrajectories, ({method}) => method === "first frame"),
  },
];
