/** Reads the scores that the live page compares from the tables of the project. */
import {existsSync} from "node:fs";
import path from "node:path";
import {committedFigures} from "@lola-ts/core";
import {readCsv} from "lola/evaluate";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {metricNames, type CommittedMetric, type CommittedScores, type Measured} from "../live/engine/committed";

type Row = Readonly<Record<string, string>>;

const COLUMNS: Readonly<Record<CommittedMetric, readonly [bar: string, curve: string]>> = {
  VRMSE: ["VRMSE", "vrmse"],
  limit: ["VRMSE, K → ∞", "vrmseLimit"],
  CRPS: ["CRPS", "crps"],
  energy: ["energy", "energy"],
  ratio: ["spread/skill", "ratio"],
};

const DIGITS = 4;

const short = (text: string) => Number(Number(text).toPrecision(DIGITS));

function measured(row: Row | undefined, column: string): Measured | null {
  const text = row?.[column];
  return text ? [short(text), short(row[`${column} ±`])] : null;
}

const byMetric = <T>(make: (metric: CommittedMetric) => T) =>
  Object.fromEntries(metricNames.map((metric) => [metric, make(metric)])) as Record<CommittedMetric, T>;

/** Read the scores of all systems that have scores, the default system first. */
export function committedScores(): CommittedScores[] {
  const isThere = (system: string) => existsSync(path.join(committedFigures(system), "scorecard.csv"));
  return systemNames.filter(isThere).map((system) => scoresOf(system, committedFigures(system)));
}

function scoresOf(system: string, folder: string): CommittedScores {
  const card = readCsv(path.join(folder, "scorecard.csv"));
  const curves = readCsv(path.join(folder, "figure-05.csv"));
  const unique = (texts: readonly string[]) => [...new Set(texts)];
  const horizons = unique(card.map(({horizon}) => horizon));
  const leads = unique(curves.map(({lead}) => lead));
  const methods = unique(card.map((row) => `${row.method}|${row["÷"]}`)).map((text) => text.split("|"));
  const rowOf = ([method, rate]: readonly string[], horizon: string) =>
    card.find((row) => row.method === method && row["÷"] === rate && row.horizon === horizon);
  const curveOf = ([method, rate]: readonly string[], column: string) => {
    const rows = curves.filter((row) => row.method === method && row.compression === rate);
    const values = rows.map((row) => measured(row, column));
    return values.length > 0 && values.every((value) => value !== null) ? values : null;
  };
  return {
    ...{system, title: systemOf(system).title},
    horizons: horizons.map((text) => text.split(":").map(Number) as [number, number]),
    methods: methods.map(([name, rate]) => (rate ? {name, compression: Number(rate)} : {name})),
    bars: byMetric((metric) =>
      methods.map((one) => horizons.map((at) => measured(rowOf(one, at), COLUMNS[metric][0]))),
    ),
    leads: leads.map(Number),
    curves: byMetric((metric) => methods.map((one) => curveOf(one, COLUMNS[metric][1]))),
  };
}
