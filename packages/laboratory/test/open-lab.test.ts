import {openLab} from "../src/open-lab";

const smoke = (options: Parameters<typeof openLab>[0] = {}) => openLab({system: "euler", preset: "smoke", ...options});

test("opens a preset with what differs, and says so", () => {
  const lab = smoke({change: {rollout: {steps: 3}}, name: "three-steps"});
  expect(lab.config.rollout).toEqual({...smoke().config.rollout, steps: 3});
  expect(lab.name).toBe("euler-smoke-three-steps");
  expect(lab.caption).toContain("changed: rollout.steps = 3, seed 0");
  expect(lab.changes).toEqual([{option: "rollout.steps", preset: smoke().config.rollout.steps, here: 3}]);
  expect(smoke().changes).toEqual([]);
});

test("refuses options that it does not have before it opens anything", () => {
  const wrong = (options: object) => () => openLab(options);
  expect(wrong({presset: "tour"})).toThrow('openLab: unknown option "presset"; did you mean "preset"?');
  expect(wrong({rollout: {steps: 4}})).toThrow('openLab: unknown option "rollout"; did you mean "change.rollout"?');
  expect(wrong({change: null})).toThrow("openLab: expected change to be options or a function, found null.");
  expect(wrong({change: {rolout: {}}})).toThrow('openLab: unknown option "rolout"; did you mean "rollout"?');
});
