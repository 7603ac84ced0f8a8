import {ablationStudy} from "../src/ablation-runs";
import {Lab, openLab} from "@lola-ts/laboratory";
import {Sweep, ShippedTrials, runSweep, trialsOf, trialKey} from "@lola-ts/sweeps";
import {systemNames} from "@lola-ts/laboratory/stages";
import {shippedSweepsFolder} from "../../laboratory/src/pretrained/shipped";
import {trial} from "../../sweeps/test/trials";
import {smokeLabs} from "../../laboratory/test/smoke";
import {withoutTraining} from "./studies/measured";

jest.mock("@lola-ts/sweeps", () => ({...jest.requireActual<object>("@lola-ts/sweeps"), runSweep: jest.fn()}));

const {open} = smokeLabs();
afterEach(() => jest.restoreAllMocks());

/** Ask for an ablation without any training. @returns the plan of its sweep. */
async function planned(lab: Lab) {
  const plans = withoutTraining(() => 1);
  await ablationStudy(lab);
  return plans;
}

test("two optimisers with and without identity initialisation, for the ablation's steps at the middle rate", async () => {
  const plans = withoutTraining(() => 1);
  const lab = open();
  const {runs, caption} = await ablationStudy(lab);
  expect(runs.map(({optimiser, identity}) => [optimiser, identity])).toEqual([
    ["AdamW", false],
    ["AdamW", true],
    ["SOAP", false],
    ["SOAP", true],
  ]);
  const [plan] = plans;
  const {middleRate, config} = lab;
  expect(plan).toMatchObject({measures: ["mae"], seeds: 1, train: true});
  expect(plan.methods).toEqual([`autoencoder-${middleRate}`]);
  for (const overrides of plan.variants) {
    expect(overrides[`autoencoder.steps.${middleRate}`]).toBe(config.ablationSteps);
  }
  expect(caption).toMatch(
    new RegExp(
      `^${middleRate} latent channels, ${config.ablationSteps} steps, one seed; \\d trainings?, [\\d.]+ core-minutes\\. `,
    ),
  );
});

test("a changed preset is another sweep, so that an earlier one does not stand in its way", async () => {
  const lab = open();
  const [first] = await planned(lab);
  const [other] = await planned(new Lab({...lab.config, ablationSteps: 7}, lab.artifacts));
  expect(other.name).not.toBe(first.name);
});

test("time is spread over the steps", async () => {
  withoutTraining(() => 1);
  const {runs} = await ablationStudy(open());
  for (const {steps, error, seconds} of runs) {
    expect(error).toHaveLength(steps.length);
    expect(seconds.map((time) => time / seconds.at(-1)!)).toEqual(steps.map((step) => step / steps.at(-1)!));
  }
});

test.each(systemNames())("the trainings of %s's trained models come with the project", async (system) => {
  const [plan] = await planned(openLab({system, preset: "mini"}));
  const shipped = ShippedTrials.open(shippedSweepsFolder(), plan.name)!;
  const found = trialsOf(plan).map((one) => shipped.read(trialKey(plan, one)));
  expect(found.map((one) => one?.measured?.steps)).toEqual(Array(4).fill(plan.config.ablationSteps));
});

test("a training that failed is named", async () => {
  const failed = {...trial({}, 0, 0), measured: undefined, error: "The loss is not finite."};
  jest.mocked(runSweep).mockResolvedValue(new Sweep({} as never, [failed], "figures"));
  await expect(ablationStudy(open())).rejects.toThrow("ablationStudy: a training failed: The loss is not finite.");
});

test("what is no laboratory is refused", async () => {
  await expect(ablationStudy({} as never)).rejects.toThrow("ablationStudy: expected lab to be a laboratory");
});
