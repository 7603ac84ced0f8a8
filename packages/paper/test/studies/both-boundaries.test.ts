import {BOUNDARY} from "@lola-ts/core";
import {preset} from "@lola-ts/laboratory/stages";
import {Lab} from "@lola-ts/laboratory";
import {bothBoundaries} from "../../src/studies/other-trajectories";
import {viewRollouts} from "../../src/views/rollout-view";
import {smokeLabs} from "../../../laboratory/test/smoke";

const {artifacts, open} = smokeLabs();

test("one autoencoder and its emulators are trained on both kinds of boundaries, and tested on each", async () => {
  const {models, methods, ...kinds} = bothBoundaries(open())!;
  expect(methods.map(({kind}) => kind)).toEqual(["diffusion", "solver"]);
  await models.emulators(methods);
  const {wells} = await models.dataset();
  const codes = wells.train.trajectories.map(({boundary}) => boundary.flat()[0]);
  expect(new Set(codes)).toEqual(new Set([BOUNDARY.OPEN, BOUNDARY.PERIODIC]));
  for (const [code, lab] of [[BOUNDARY.OPEN, kinds.open] as const, [BOUNDARY.PERIODIC, kinds.periodic] as const]) {
    const {wells, testTrajectories} = await lab.dataset();
    for (const n of testTrajectories) {
      expect(wells.test.trajectories[n].boundary.flat()).toEqual(Array(4).fill(code));
    }
    const results = (await lab.evaluation({methods, trivial: false})).results();
    expect(new Set(results.map(({method}) => method))).toEqual(new Set(["autoencoder", "diffusion", "neural solver"]));
  }
  const view = await viewRollouts(kinds.open, {methods});
  expect(
    view
      .galleryFigure()
      .layout.annotations!.map(({text}) => text)
      .join(" "),
  ).toContain("open boundaries");
});

test("a system without a choice of boundaries has none, and only a laboratory is accepted", () => {
  expect(bothBoundaries(new Lab(preset("kolmogorov", "smoke"), artifacts()))).toBeUndefined();
  expect(() => bothBoundaries({} as never)).toThrow("bothBoundaries: expected lab to be");
});
