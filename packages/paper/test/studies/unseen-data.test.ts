import {BOUNDARY} from "@lola-ts/core";
import {preset} from "@lola-ts/laboratory/stages";
import {Lab} from "@lola-ts/laboratory";
import {unseenData} from "../../src/studies/other-trajectories";
import {smokeLabs} from "../../../laboratory/test/smoke";

const {artifacts, open} = smokeLabs();

test("the boundaries are ones that the models have not seen, with their own labels and with the models'", async () => {
  const {own, relabelled} = unseenData(open())!;
  expect(own.config.data).toMatchObject({boundaries: ["open"], trajectories: {test: 5}});
  expect(own.config.rollout).toMatchObject({trajectories: 5, members: 2});
  expect(relabelled.config).toEqual(own.config);
  expect([own.caption, relabelled.caption].map((text) => text.includes("labelled as periodic"))).toEqual([false, true]);
  const {wells, testTrajectories} = await own.dataset();
  expect(testTrajectories).toHaveLength(5);
  for (const {boundary} of wells.test.trajectories) expect(boundary.flat()).toEqual(Array(4).fill(BOUNDARY.OPEN));
});

test("a system without such data has none, and only a laboratory is accepted", () => {
  expect(unseenData(new Lab(preset("kolmogorov", "smoke"), artifacts()))).toBeUndefined();
  expect(() => unseenData({} as never)).toThrow("unseenData: expected lab to be");
});
