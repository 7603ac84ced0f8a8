/** Several laboratories beside each other: what did a change do, and is it more than chance? */
import {canonicalText, flat, isPlainObject, checkOptions, accepts, optional, passing, section} from "@lola-ts/core";
import {type ScoredMetric, metricRule} from "lola/evaluate";
import {configChanges} from "./changes";
import {labRule, type Lab} from "./lab";
import {request} from "@lola-ts/cache";
import {LabComparison, type ComparedLab} from "./lab-comparison";
import type {Dataset} from "./stages/dataset";
import {testTrajectory} from "./stages/evaluation";
import {autoencodersOf, chooseMethods, methodsRule, type MethodChoice} from "./stages/methods";

export interface CompareOptions {
  /** Emulators to compare, each optionally with changes and a label. Default: all of each laboratory. */
  methods?: readonly MethodChoice[];
  /** Metric of the table. Default: "vrmse". */
  metric?: ScoredMetric;
}

const labsRule = passing(
  "laboratories by name",
  (labs: unknown) => isPlainObject(labs) && Object.values(labs).every((lab) => accepts(labRule, lab)),
);

const optionRules = section<CompareOptions>({methods: optional(methodsRule), metric: optional(metricRule)});

/**
 * Score laboratories on the same test trajectories, and compare them with the first.
 *
 * @param labs by the names that tables and figures show.
 * @throws RangeError for fewer than two laboratories, two that are the same, or others that cannot be compared: their
 *   systems, horizons, strides or test trajectories differ.
 * @example
 * const both = await compare({tour: lab, shallow: openLab({change: (c) => ({...c, latent: {...c.latent, hidBlocks: 1}})})});
 * await both.showTable(both.table(), both.caption, {name: "vrmse"});
 * await both.show(both.figure5(), {name: "figure-05"});
 */
export async function compare(
  labs: Readonly<Record<string, Lab>>,
  options: CompareOptions = {},
): Promise<LabComparison> {
  checkOptions("compare", labsRule, labs, "labs");
  checkOptions("compare", optionRules, options);
  const {methods, metric} = options;
  const named = Object.entries(labs).map(([name, lab]) => ({name, lab}));
  requireComparable(named);
  for (const {lab} of named) chooseMethods(lab.config, methods ?? lab.methods); // refused before any work
  const make = async () => {
    const compared: ComparedLab[] = [];
    const datasets: Dataset[] = [];
    for (const {lab} of named) datasets.push(await lab.dataset());
    named.slice(1).forEach(({name}, i) => requireSameTest([named[0].name, name], [datasets[0], datasets[i + 1]]));
    for (const [i, {name, lab}] of named.entries()) {
      compared.push(await gather(name, lab, datasets[i], methods ?? lab.methods));
    }
    return new LabComparison(compared, metric);
  };
  return request("comparison", named[0].lab.artifacts.report, make); // what its parts load goes without saying
}

async function gather(name: string, lab: Lab, dataset: Dataset, methods: readonly MethodChoice[]) {
  const evaluation = await lab.evaluation({methods});
  const autoencoders: ComparedLab["autoencoders"][number][] = [];
  for (const {latentChannels, changes, label = "autoencoder"} of autoencodersOf(chooseMethods(lab.config, methods))) {
    autoencoders.push({...(await lab.autoencoder(latentChannels, changes)), label});
  }
  const emulators = await lab.emulators(methods);
  const rollouts = await lab.rollouts(methods);
  return {name, config: lab.config, dataset, evaluation, autoencoders, emulators, rollouts};
}

function requireComparable(labs: readonly {readonly name: string; readonly lab: Lab}[]): void {
  if (labs.length < 2) {
    throw new RangeError(
      `compare: expected two laboratories or more, found ${labs.map(({name}) => name).join() || "none"}.`,
    );
  }
  const [first] = labs;
  labs.forEach(({name, lab}, i) => {
    if (name.trim() === "") throw new RangeError("compare: expected a name for each laboratory, found an empty one.");
    for (const other of labs.slice(0, i)) {
      if (other.name.trim() === name.trim())
        throw new RangeError(`compare: expected different names, found ${name} twice.`);
      if (canonicalText(other.lab.config) === canonicalText(lab.config)) {
        const changes = configChanges(lab.config) || "no change";
        throw new RangeError(
          `compare: expected laboratories that differ, found ${other.name} and ${name} with the same configuration (${changes}).`,
        );
      }
    }
    for (const option of ["system", "stride", "horizons"] as const) {
      const wanted = canonicalText(first.lab.config[option]);
      const found = canonicalText(lab.config[option]);
      if (found !== wanted) {
        throw new RangeError(`compare: expected the ${option} ${wanted} of ${first.name}, found ${found} in ${name}.`);
      }
    }
  });
}

function requireSameTest([first, name]: readonly [string, string], [a, b]: readonly [Dataset, Dataset]): void {
  const refuse = (found: string) => {
    throw new RangeError(`compare: expected the test trajectories of ${first}, found others in ${name} (${found}).`);
  };
  const drawn = b.testTrajectories.join(", ");
  if (a.testTrajectories.join(", ") !== drawn) refuse(`numbers ${drawn} instead of ${a.testTrajectories.join(", ")}`);
  if (canonicalText(a.testWindow) !== canonicalText(b.testWindow)) refuse("other states of them");
  if (a.key === b.key) return;
  for (const trajectory of a.testTrajectories) {
    const [one, other] = [a, b].map((dataset) => testTrajectory(dataset, trajectory));
    const values = flat(other);
    const same = one.shape.join() === other.shape.join() && flat(one).every((value, i) => value === values[i]);
    if (!same) refuse(`number ${trajectory} has other values`);
  }
}
