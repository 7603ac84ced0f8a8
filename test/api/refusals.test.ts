/**
 * Public functions whose right calls train, draw or read files refuse wrong arguments in a sentence too. Their right calls are
 * made elsewhere, see `exempt.ts`.
 */
import {tmpdir} from "node:os";
import path from "node:path";
import * as lola from "../../lib/index";
import {faultOf} from "./judge";

/** A path at which nothing is: wrong arguments leave no file. */
const folder = (...names: string[]) => path.join(tmpdir(), "lola-refusals", ...names);
const lab = lola.openLab({system: "euler", preset: "smoke", name: "refusals"});
const figure = {data: [], layout: {}} as lola.Figure;
const source = {} as lola.WellSource;

/** Wrong arguments by name, and what a sentence may name in place of the function. */
const calls: Readonly<Record<string, {call: (...args: never[]) => unknown; wrong: readonly (readonly unknown[])[]}>> = {
  show: {call: lola.show, wrong: [[], [5], [{}], [figure, 5], [figure, {name: 5}], [figure, {nme: "a"}]]},
  showTable: {call: lola.showTable, wrong: [[], ["a", "b"], [[1, 2], "b"], [[{a: 1}], 5], [[{a: 1}], "b", {digit: 2}]]},
  showAnimation: {call: lola.showAnimation, wrong: [[], [{}, "a"], [{figure, gif: "a"}, "a"]]},
  saveFigure: {
    call: lola.saveFigure,
    wrong: [[], [figure], [figure, "a"], [{}, "a", folder()], [figure, "a/../b", folder()]],
  },
  compare: {call: lola.compare, wrong: [[], [{}], [{a: lab}], [{a: 1, b: 2}], [{a: lab, b: lab}, {methods: 5}]]},
  openTrained: {call: lola.openTrained, wrong: [[], [{}], [lab, {trajectories: -1}], [lab, {trajectories: "a"}]]},
  viewRollouts: {call: lola.viewRollouts, wrong: [[], [{}], [lab, {trajectory: -1}], [lab, {trajectory: NaN}]]},
  latentCalibration: {call: lola.latentCalibration, wrong: [[], [{}, []], [lab], [lab, 5], [lab, [{kind: "solve"}]]]},
  validation: {call: lola.validation, wrong: [[], ["nonesuch"], [5]]},
  Loader: {call: (...args: never[]) => new lola.Loader(...(args as [never, never])), wrong: [[], [{}], [source, {}]]},
  WellSource: {call: (...args: never[]) => new lola.WellSource(...(args as [never])), wrong: [[], [{}]]},
  "WellSource.open": {call: lola.WellSource.open, wrong: [[], [{}], [{files: []}], [{files: [folder("none.hdf5")]}]]},
  summariseWell: {call: lola.summariseWell, wrong: [[], [folder()], [folder(), "nonesuch"], [5, "a"]]},
  reconstruction: {call: lola.reconstruction, wrong: [[], [{}], [{}, {}, 0]]},
  testTrajectory: {call: lola.testTrajectory, wrong: [[], [{}], [{}, 0]]},
};

test.each(Object.entries(calls))("%s refuses wrong arguments in a sentence", async (name, {call, wrong}) => {
  const problems: string[] = [];
  for (const [i, args] of wrong.entries()) {
    try {
      await call(...(args as never[]));
      problems.push(`${i}: accepted`);
    } catch (error) {
      const fault = faultOf(error, [
        name.split(".")[0],
        "emulator",
        "testTrajectory",
        "openWell",
        "none.hdf5",
        "lola-refusals",
      ]);
      if (fault) problems.push(`${i}: ${fault}`);
    }
  }
  expect(problems).toEqual([]);
});
