/** The paper's numbered tables of a laboratory: computed, captioned, shown and written under their numbers. */
import {processorName, checkParts, whole, type TableRow} from "@lola-ts/core";
import {printedMatrix} from "./tables/matrix-table";
import {printedTable, type PaperTable, type TableContent} from "./tables/paper-table";
import {systemNames, systemOf} from "@lola-ts/simulators";
import type {Lab} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {ablationStudy, ablationTable} from "./ablation-runs";
import {latentDistanceTable, latentDistributionTable} from "./latent-tables";
import {parameterAt} from "./parameter-forecasts";
import {
  comparedContexts,
  comparedTable,
  contextsTable,
  distributionTable,
  errorTable,
  printedHorizonsNote,
  publishedNotes,
  sharedStart,
  spectrumTable,
} from "./score-tables";
import {autoencoderTable, datasetTable, emulatorTable} from "./settings-tables";
import {table1} from "lola/evaluate";
import {pixelDiffusion} from "./studies/pixel-diffusion";

interface Maker {
  readonly title: string | ((lab: Lab) => string);
  readonly make: (lab: Lab, number: number) => Promise<TableContent>;
  /** Sentences between title and the laboratory's caption. */
  readonly notes?: (lab: Lab) => Promise<string[]> | string[];
}

const BEST = "Bold: the best of each row, of ours and of the paper's.";

/** Say what ± means. */
function errorNote(seeds: number, trajectories: number): string {
  const over = seeds > 1 ? `and ${seeds} seeds` : "of one seed";
  return trajectories > 1 ? `± is the standard error over ${trajectories} test trajectories ${over}.` : "";
}

/** Say which horizon is longer than the forecasts are. */
function horizonEndNote({config}: Lab, last: number): string {
  const cut = config.horizons.filter(([, to]) => to > last).map((horizon) => horizon.join(":"));
  return cut.length > 0 ? `Forecasts end at lead time ${last}: of ${cut.join(", ")} only that part counts.` : "";
}

/** Say for a table of scores how many contexts its forecasts have, and what is uncertain. */
async function scoreNotes(lab: Lab): Promise<string[]> {
  const {testTrajectories, testWindow} = await lab.dataset();
  const {context = 1} = lab.config.rollout;
  const states = `Ours start from ${context} context state${context === 1 ? "" : "s"}`;
  const pooled = lab.system.paper ? `${states}; the paper pools latent forecasts from 1 to 3.` : `${states}.`;
  const last = (testWindow.length - context) * lab.config.stride;
  return [BEST, pooled, horizonEndNote(lab, last), errorNote(lab.config.seeds ?? 1, testTrajectories.length)];
}

async function contextNotes(lab: Lab): Promise<string[]> {
  const start = sharedStart(lab, comparedContexts(lab));
  const {testTrajectories} = await lab.dataset();
  const {config} = lab;
  const [, frames] = (await lab.dataset()).shape("test");
  const last = (frames - 1) * config.stride - start;
  const shared = `Pooled over compression rates. All forecasts predict the same states: lead time 0 is at ${start}.`;
  const printed = printedHorizonsNote(lab.system);
  return [BEST, shared, horizonEndNote(lab, last), printed, errorNote(1, testTrajectories.length)];
}

/** Say what the distances of Tables 16 and 17 are of, and if the paper's are of another parameter. */
function tokenNotes(lab: Lab, number: number, place: number): string[] {
  const isPrinted = printedMatrix(printedTable(number), parameterAt(lab, place).name) !== undefined;
  return [
    "States of all validation and test trajectories, lowest compression rate.",
    "± is the deviation over resampled trajectories; halves: the distance between two halves of a value's own trajectories.",
    isPrinted ? "" : "The paper's table is of convection.",
  ];
}

function symbolAt(lab: Lab, place: number): string {
  const {name, symbol = name} = parameterAt(lab, place);
  return symbol;
}

const CPU_NOTE = "Hours × devices: of the longest training.";

const MAKERS: Readonly<Record<number, Maker>> = {
  1: {
    title: "inference time per state, and of a whole trajectory",
    make: costTable,
    notes: () => [
      `Measured on ${processorName()}, all used by the engine, one by the simulator.`,
      "Medians of 7 calls and of 3 trajectories, each rolled out and decoded (the simulator: of 3 test trajectories, from their first state on); ± is half the interquartile range.",
      "GFLOP: operations of networks for one state, decoded. VRMSE ±: the standard error over test trajectories, of pixel-space diffusion over its three seeds.",
      "The paper: an Euler trajectory of 7 calls takes 3 s on one A100, about 1 CPU-hour in the simulator.",
    ],
  },
  2: {
    title: "dataset",
    make: async (lab) => datasetTable(printedTable(2), lab.config, await datasetFacts(lab)),
    notes: () => ["The paper prints velocity for Euler and momentum for RB; it is the other way round."],
  },
  3: {
    title: "autoencoders",
    make: async (lab) => {
      const seconds = (await lab.autoencoders()).map((one) => one.seconds);
      return autoencoderTable(printedTable(3), lab.config, {seconds, threads: lab.config.threads});
    },
    notes: () => [CPU_NOTE],
  },
  4: {
    title: "ablation of the autoencoder's training",
    make: async (lab) => ablationTable((await ablationStudy(lab)).runs, printedTable(4)),
    notes: (lab) => [
      `Ours: validation MAE of one seed, ${lab.config.ablationSteps} steps, SOAP as the preconditioned optimiser; the paper: Rayleigh-Bénard, PSGD.`,
    ],
  },
  5: {
    title: "emulators",
    make: async (lab) => {
      const {threads} = lab.config;
      const all = await lab.emulators();
      const inPixels = all.filter(({method}) => method.latentChannels === null);
      const inLatents = all.filter(({method}) => method.latentChannels !== null);
      const [latent, pixel] = [inLatents, inPixels].map((list) => ({seconds: list.map((one) => one.seconds), threads}));
      return emulatorTable(printedTable(5), lab.config, {latent, pixel});
    },
    notes: () => ["Diffusion and solver share the architecture.", CPU_NOTE],
  },
  6: {
    title: "VRMSE by compression rate",
    make: errorTable,
    notes: async (lab) => [printedHorizonsNote(lab.system), ...(await scoreNotes(lab))],
  },
  7: {
    title: "VRMSE by number c of context states",
    make: contextsTable,
    notes: contextNotes,
  },
  14: {
    title: "VRMSE of published results, and of this run where lead times allow it",
    make: comparedTable,
    notes: publishedNotes,
  },
  15: {
    title: (lab) => `Euclidean distance of latents by ${symbolAt(lab, 0)}`,
    make: (lab) => latentDistanceTable(lab),
    notes: (lab) => [
      `Diffusion at the lowest compression rate, from the same initial states under each ${symbolAt(lab, 0)}.`,
      "± is the standard error over initial states; on the diagonal two forecasts differ by their noise alone (the paper prints 0).",
      "The paper's lead times are 1, 20, 60 and 100, matched by rank.",
    ],
  },
  16: {
    title: (lab) => `Bures-Wasserstein distance between central tokens by ${symbolAt(lab, 0)}`,
    make: (lab, number) => latentDistributionTable(lab, number, 0),
    notes: (lab) => tokenNotes(lab, 16, 0),
  },
  17: {
    title: (lab) => `Bures-Wasserstein distance between central tokens by ${symbolAt(lab, 1)}`,
    make: (lab, number) => latentDistributionTable(lab, number, 1),
    notes: (lab) => tokenNotes(lab, 17, 1),
  },
};

const SPECTRUM: Maker = {
  title: "power spectrum RMSE by band and compression rate",
  make: spectrumTable,
  notes: async (lab) => [
    "1 means no power at all. Where a field has next to nothing at large scales, the mean of the low band says nothing; its median does.",
    ...(await scoreNotes(lab)),
  ],
};

const DISTRIBUTION: Maker = {
  title: ({system}) => system.distribution.title,
  make: distributionTable,
  notes: async (lab) => {
    const printed = lab.system.paper?.consecutive;
    const reference = printed === undefined ? [] : [`Two consecutive states differ by ${printed} in the paper.`];
    return [...reference, ...(await scoreNotes(lab))];
  },
};

/** Numbers of the tables of spectra and of distributions of all systems of the paper. */
const BY_SYSTEM = systemNames.flatMap((name) => {
  const {paper} = systemOf(name);
  return paper ? [{name, ...paper.tables}] : [];
});

/** Find how a table is made. @throws RangeError for a number that is no table, or one of another system. */
function makerOf({system}: Lab, number: number): Maker {
  const made = MAKERS[number];
  if (made) return made;
  for (const [kind, maker] of [
    ["spectrum", SPECTRUM],
    ["distribution", DISTRIBUTION],
  ] as const) {
    const owner = BY_SYSTEM.find((one) => one[kind] === number);
    if (!owner) continue;
    if (owner.name === system.name) return maker;
    const own = system.paper ? `its own is Table ${system.paper.tables[kind]}` : "which is not in the paper";
    throw new RangeError(
      `paperTable: expected a laboratory of ${owner.name} for Table ${number}, found ${system.name}; ${own}.`,
    );
  }
  throw new RangeError(
    `paperTable: expected one of ${tableNumbers(system.paper?.tables).join(", ")}, found ${number}.`,
  );
}

function tableNumbers(tables?: {readonly spectrum: number; readonly distribution: number}): number[] {
  const own = tables ? [tables.spectrum, tables.distribution] : [];
  return [...Object.keys(MAKERS).map(Number), ...own].sort((a, b) => a - b);
}

/** Collect what a dataset's files tell. */
async function datasetFacts(lab: Lab) {
  const {config} = lab;
  const dataset = await lab.dataset();
  const {gridType, grid, trajectories: stored} = dataset.wells.test;
  const trajectories =
    "source" in config.data
      ? dataset.splits.reduce((sum, split) => sum + dataset.wells[split].trajectories.length, 0)
      : Object.values(config.data.trajectories).reduce((a, b) => a + b, 0);
  return {gridType, grid, frames: stored[0].frames, trajectories};
}

/**
 * Compute one of the paper's tables of a laboratory, ours beside the paper's; whatever it needs is trained, rolled out and
 * scored, or loaded.
 *
 * @param number of the table; of 8 to 13 the tables of the laboratory's system.
 * @throws RangeError for a number that is no table or one of another system, or an option that is unknown or wrong.
 * @example const {rows} = await paperTable(lab, 7); (await toDataFrame(rows)).print();
 */
export async function paperTable(lab: Lab, number: number): Promise<PaperTable> {
  checkParts("paperTable", {lab: labRule, number: whole({min: 1, max: 17})}, {lab, number});
  const {title, make, notes} = makerOf(lab, number);
  const content = await make(lab, number);
  const sentences = ((await notes?.(lab)) ?? []).filter(Boolean);
  const named = typeof title === "string" ? title : title(lab);
  return {
    ...content,
    number,
    name: `table-${`${number}`.padStart(2, "0")}`,
    caption: [`Table ${number}: ${named}.`, ...sentences, lab.caption].join(" "),
  };
}

/**
 * Show tables of the paper in one output of the notebook, and write each as CSV and LaTeX under its number to the
 * laboratory's folder.
 *
 * @param numbers of one table or of several.
 * @throws RangeError as {@link paperTable}.
 * @example await showPaperTable(lab, [2, 3, 5]);
 */
export async function showPaperTable(lab: Lab, numbers: number | readonly number[]): Promise<void> {
  const tables: PaperTable[] = [];
  for (const number of typeof numbers === "number" ? [numbers] : numbers) {
    tables.push(await paperTable(lab, number));
  }
  await lab.showTable(tables.map(({number: _, ...table}) => table));
}

/** An error over the first horizon with its standard error. */
interface MethodError {
  readonly method: unknown;
  readonly compression: unknown;
  readonly value: number;
  readonly error: number;
}

/**
 * Tabulate times, operations and errors of the first horizon. Of diffusion in pixel space the error is there if it was trained,
 * or came with the project.
 */
export async function costTable(lab: Lab): Promise<TableContent> {
  const horizon = lab.config.horizons[0].join(":");
  const results = (await lab.evaluation()).results();
  const compared = results.filter((result) => result.metric === "vrmse" && result.horizon === horizon);
  const errors: MethodError[] = [...compared, ...(await errorsInPixels(lab, horizon))];
  const name = `VRMSE, ${horizon}`;
  const rows = table1(await lab.timing(), printedTable(1), lab.system.short).map((row): TableRow => {
    const {"paper, ms": paper, note, ...own} = row;
    const found = errors.find(({method, compression}) => method === row.method && compression === row["÷"]);
    const scores = {[name]: found?.value ?? null, [`${name} ±`]: found?.error ?? null};
    return {...own, ...scores, "paper, ms": paper, note};
  });
  return {rows, digits: 1, decimals: {GFLOP: 3, [name]: 3}};
}

async function errorsInPixels(lab: Lab, horizon: string): Promise<MethodError[]> {
  if (!lab.config.pixel) return [];
  const [row] = (await pixelDiffusion(lab, {train: false})).rows();
  if (!row) return [];
  const [value, error] = ["", " ±"].map((suffix) => Number(row[`vrmse@${horizon}${suffix}`]));
  return [{method: "diffusion", compression: 1, value, error}];
}
