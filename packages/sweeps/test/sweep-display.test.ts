import {SweepDisplay} from "../src/run-sweep";
import {planSweep} from "../src/sweep-plan";
import {preset} from "@lola-ts/laboratory/stages";
import {trial} from "./trials";
import type {DisplayWriter, MimeBundle} from "@lola-ts/cache";
import type * as kernelOutput from "../../cache/src/kernel-output";

let writer: DisplayWriter | undefined;

jest.mock("../../cache/src/kernel-output", () => ({
  ...jest.requireActual<typeof kernelOutput>("../../cache/src/kernel-output"),
  displayWriter: () => writer,
}));

let time: number;
const printed: string[] = [];
beforeEach(() => {
  time = 0;
  printed.length = 0;
  jest.spyOn(performance, "now").mockImplementation(() => time);
  jest.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  writer = undefined;
});

const plan = {...planSweep(preset("euler", "smoke"), {"autoencoder.training.batch": [2, 4]}), measures: ["error"]};
const trials = [2, 4].map((batch) => trial({"autoencoder.training.batch": batch}, 0, 1 / batch));

test("says how far a sweep is, how long it will take, and what is best", () => {
  const display = new SweepDisplay(plan);
  display.expect([...trials, ...trials]);
  expect(display.status()).toBe("0 of 4 trials");
  time = 10_000;
  display.ended(trials[0], true);
  expect(display.status()).toMatch(
    /^1 of 4 trials {2}30 s left {2}best error 0.500: autoencoder, autoencoder.training.batch = 2, seed 0$/,
  );
  display.ended({...trials[1], measured: undefined, error: "train: diverged."}, true);
  expect(display.status()).toMatch(/^2 of 4 trials {2}1 failed/);
  expect(printed).toEqual([
    "[1/4] autoencoder, autoencoder.training.batch = 2, seed 0: error 0.500\n",
    "[2/4] autoencoder, autoencoder.training.batch = 4, seed 0: failed: train: diverged.\n",
  ]);
});

test("trials that were read do not count for the time left, and are not printed again", () => {
  const display = new SweepDisplay(plan);
  display.expect(trials);
  display.ended(trials[0], false);
  expect(display.status()).not.toContain("left");
  display.end();
  expect(printed).toEqual([]);
});

describe("in a notebook", () => {
  const shown: MimeBundle[] = [];
  const open = () => {
    shown.length = 0;
    writer = (bundle) => void shown.push(bundle);
    jest.mocked(performance.now).mockImplementation(() => (time += 1000));
    const display = new SweepDisplay(plan);
    display.expect(trials);
    return display;
  };

  test("failed trials that come with the project are no news, and others are shown", () => {
    const failed = {...trials[0], measured: undefined, error: "train: diverged."};
    open().end();
    const display = open();
    display.ended({...failed, shipped: true}, false);
    display.end();
    expect(shown).toEqual([]);
    const own = open();
    own.ended(failed, false);
    own.end();
    expect(shown.at(-1)!["text/plain"]).toContain("1 failed");
  });

  test("a sweep that trains shows a table of its variants, and at the end one line", () => {
    const display = open();
    for (const one of trials) display.ended(one, true);
    expect(shown.at(-1)!["text/html"]).toContain("<table");
    display.end();
    expect(shown.at(-1)!["text/plain"]).toBe("2 of 2 trials");
    expect(shown.at(-1)!["text/html"]).not.toContain("<table");
  });

  test("a sweep that reads all its trials shows nothing, except those that failed", () => {
    const display = open();
    display.ended(trials[0], false);
    display.end();
    expect(shown).toEqual([]);
    const damaged = open();
    damaged.ended({...trials[1], measured: undefined, error: "train: diverged."}, false);
    damaged.end();
    expect(shown).toHaveLength(1);
    expect(shown[0]["text/html"]).toContain("failed: train: diverged.");
  });
});
