import type {DisplayWriter, MimeBundle} from "../src/kernel-output";
import type * as kernelOutput from "../src/kernel-output";
import {Progress, StepTime} from "../src/progress";
import {temporaryFolder} from "../../../test/folder";
import {currentWork, request, within, Work, type Note} from "../src/work";

jest.mock("../src/kernel-output", () => ({
  ...jest.requireActual<typeof kernelOutput>("../src/kernel-output"),
  displayWriter: () => cell?.send,
}));

/** A cell with its outputs by their identifiers; an output that was replaced is there once. */
interface Cell {
  readonly outputs: Map<string, string>;
  readonly html: string[];
  readonly texts: string[];
  readonly send: DisplayWriter;
}
let cell: Cell | undefined;

/** Let a new cell be the one that runs. */
function runCell(): Cell {
  const outputs = new Map<string, string>();
  const html: string[] = [];
  const texts: string[] = [];
  const send = (bundle: MimeBundle, {id = ""}: {id?: string} = {}) => {
    outputs.set(id, bundle["text/plain"] as string);
    html.push(bundle["text/html"] as string);
    texts.push(bundle["text/plain"] as string);
  };
  return (cell = {outputs, html, texts, send});
}
afterEach(() => {
  jest.restoreAllMocks();
  cell = undefined;
});

const note = (change: Partial<Note> = {}): Note => ({
  stage: "emulator",
  fresh: false,
  sentence: "solver-c4: loaded",
  ...change,
});
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Ask for works of notes as one cell does. */
async function ask(stage: string, ...works: Work<unknown>[]): Promise<string[]> {
  const said: string[] = [];
  await request(
    stage,
    (text) => said.push(text),
    () => Promise.all(works.map((work) => work.result())),
  );
  return said;
}
const noting = (...notes: Note[]) => new Work(async () => notes.forEach((one) => currentWork()!.note(one)));

describe("a line of work whose cost is told", () => {
  const folder = temporaryFolder();
  const line = (total: number, time = new StepTime(folder(), "solver-c4")) => {
    const clock = {time: 0};
    jest.spyOn(performance, "now").mockImplementation(() => clock.time);
    const progress = new Progress("solver-c4", total, {time});
    return {clock, progress};
  };

  test("is there at once, and keeps the time of its steps for the next one", async () => {
    const first = runCell();
    const {clock, progress} = line(10);
    expect([...first.outputs.values()]).toEqual([`solver-c4  ${"─".repeat(20)}  0 %  0/10  not timed here before`]);
    clock.time = 5000; // the first step prepares
    progress.update(1);
    clock.time = 7000;
    progress.update(5);
    progress.done();
    await turn();
    const second = runCell();
    line(100).progress.done();
    line(0.5).progress.done(); // takes a quarter of a second
    expect([...second.outputs.values()]).toEqual([""]); // what was quick leaves nothing
    expect(second.texts[0]).toMatch(/0\/100 {2}about 50 s$/);
  });

  test("counts the same work for each of a step's parts", () => {
    expect(new StepTime(folder(), "solver-c4", 8).seconds).toBe(4);
    expect(new StepTime(folder(), "solver-c16").seconds).toBeNaN();
    expect(new StepTime(folder(), "solver-c16", 2, () => 0.1).seconds).toBe(0.1);
  });
});

describe("a request", () => {
  test("says what was loaded of its stage, in one piece, and is silent about inputs", async () => {
    const works = [
      noting(note({sentence: "a: loaded"})),
      noting(note({stage: "latents"}), note({sentence: "b: loaded"})),
    ];
    expect(await ask("emulator", ...works)).toEqual(["a: loaded\nb: loaded"]);
    expect(await ask("timing", noting(note()))).toEqual([]);
  });

  test("says once what was loaded, as soon as a cell asks for it and not for what it is an input of", async () => {
    const work = noting(note());
    expect(await ask("rollout", work)).toEqual([]);
    expect(await ask("emulator", work)).toEqual(["solver-c4: loaded"]);
    expect(await ask("emulator", work)).toEqual([]);
  });

  test("says one sentence for many artefacts that share it", async () => {
    const scores = noting(note({sentence: "scores: loaded"}), note({sentence: "scores: loaded"}));
    expect(await ask("emulator", scores)).toEqual(["scores: loaded"]);
  });

  test("says one line for more than two that were loaded", async () => {
    const many = ["a", "b", "c"].map((name) => note({sentence: `${name}: loaded`}));
    const made = note({fresh: true, sentence: "d: trained for 6 steps in 1.0 s"});
    expect(await ask("emulator", noting(...many, made))).toEqual([
      "3 emulators: loaded\nd: trained for 6 steps in 1.0 s",
    ]);
    const finding = note({sentence: "b: no boundary along y", isFinding: true});
    expect(await ask("emulator", noting(...many, finding))).toEqual(["3 emulators: loaded\nb: no boundary along y"]);
    expect(await ask("latents", noting(...many.map((one) => ({...one, stage: "latents"}))))).toEqual([
      "3 latents: loaded",
    ]);
  });

  test("within another request is part of it", async () => {
    const said: string[] = [];
    const print = (text: string) => said.push(text);
    const inner = () => request("emulator", print, () => noting(note({sentence: "inner"})).result());
    await request("rollout", print, inner);
    await request("emulator", print, inner);
    expect(said).toEqual(["inner"]);
  });

  test("says what was loaded before it failed", async () => {
    const said: string[] = [];
    const failing = request(
      "emulator",
      (text) => said.push(text),
      async () => {
        await noting(note()).result();
        throw new Error("stopped");
      },
    );
    await expect(failing).rejects.toThrow("stopped");
    expect(said).toEqual(["solver-c4: loaded"]);
  });
});

describe("what was made now", () => {
  const making = (patience: number) =>
    new Work(async () => {
      const line = new Progress("solver-c4", 2, {patience});
      line.update(1);
      await turn();
      line.done();
      currentWork()!.note(note({fresh: true, sentence: "solver-c4: trained"}));
    });

  test("is said if no line was shown, because it was quick", async () => {
    runCell();
    expect(await ask("emulator", making(1000))).toEqual(["solver-c4: trained"]);
  });

  test("is said by its progress line, and once more to a later cell: the first one may not have been read", async () => {
    runCell();
    const work = making(0);
    expect(await ask("emulator", work)).toEqual([]);
    runCell();
    expect(await ask("emulator", work)).toEqual(["solver-c4: trained"]);
    expect(await ask("emulator", work)).toEqual([]);
  });
});

describe("progress lines", () => {
  /** Work of three steps that goes on at each call of `step`. */
  function stepwise() {
    const gates: (() => void)[] = [];
    const work = new Work(async () => {
      const line = new Progress("training", 3, {patience: 0});
      for (let i = 1; i <= 3; i++) {
        await new Promise<void>((resolve) => gates.push(resolve));
        line.update(i);
      }
      line.done();
    });
    const step = async () => {
      gates.shift()!();
      await turn();
    };
    return {work, step};
  }

  test("go on in the newest cell that waits for the same work, and in no other", async () => {
    const first = runCell();
    const {work, step} = stepwise();
    const waiting = [ask("emulator", work)];
    await step();
    expect([...first.outputs.values()]).toEqual([expect.stringMatching(/^training .* 1\/3/)]);

    const other = runCell();
    await step();
    expect(other.outputs.size).toBe(0);

    const second = runCell();
    waiting.push(ask("emulator", work));
    await turn();
    expect([...first.outputs.values()]).toEqual(["training  continues in the cell that waits for it now"]);
    expect([...second.outputs.values()]).toEqual([expect.stringMatching(/^training .* 1\/3/)]);
    await step();
    await Promise.all(waiting);
    expect([...second.outputs.values()]).toEqual([expect.stringMatching(/^training {2}3 of 3/)]);
    expect([first.outputs.size, other.outputs.size]).toEqual([1, 0]);
  });

  test("of work that other work needs move with it", async () => {
    const first = runCell();
    let inner = stepwise();
    const outer = new Work(async () => {
      await inner.work.result();
      inner = stepwise();
      await inner.work.result();
    });
    const waiting = [ask("emulator", outer)];
    await inner.step();
    expect([...first.outputs.values()]).toEqual([expect.stringMatching(/^training .* 1\/3/)]);
    const second = runCell();
    waiting.push(ask("emulator", outer));
    await turn();
    for (let i = 0; i < 5; i++) await inner.step();
    await Promise.all(waiting);
    const whole = expect.stringMatching(/^training {2}3 of 3/) as string;
    expect([...second.outputs.values()]).toEqual([whole, whole]);
    expect(first.outputs.size).toBe(1);
  });

  test("that begin later show where the work was asked for, not in the cell that runs by then", async () => {
    const first = runCell();
    const work = new Work(async () => {
      await turn();
      new Progress("late", 2, {patience: 0}).update(1);
    });
    const asked = ask("emulator", work);
    const other = runCell();
    await asked;
    expect([first.outputs.size, other.outputs.size]).toEqual([1, 0]);
  });

  test("hint at a reload of the page until they end", async () => {
    const {html} = runCell();
    const {work, step} = stepwise();
    const asked = ask("emulator", work);
    for (let i = 0; i < 3; i++) await step();
    await asked;
    expect(html.length).toBeGreaterThan(1);
    expect(html.map((text) => text.includes("If this page was reloaded"))).toEqual([
      ...new Array<boolean>(html.length - 1).fill(true),
      false,
    ]);
  });

  test("tell a listener how far they are", () => {
    const heard: unknown[] = [];
    within({listener: (progress) => heard.push(progress)}, () =>
      new Progress("training", 10, {initial: 2}).update(3, {loss: 1}),
    );
    expect(heard).toEqual([
      expect.objectContaining({label: "training", total: 10, initial: 2, done: 3, values: {loss: 1}}),
    ]);
  });
});

test("work is done once, whoever waits, and an error reaches everyone", async () => {
  const make = jest.fn(() => Promise.resolve(42));
  const work = new Work(make);
  expect(await Promise.all([work.result(), work.result()])).toEqual([42, 42]);
  expect(make).toHaveBeenCalledTimes(1);

  const failing = new Work(() => Promise.reject(new Error("unstable")));
  await expect(failing.result()).rejects.toThrow("unstable");
  await expect(failing.result()).rejects.toThrow("unstable");
});
