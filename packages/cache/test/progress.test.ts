import {formatSeconds, Progress, track} from "../src/progress";

test.each([
  [0.04, "0.0 s"],
  [9.94, "9.9 s"],
  [12.4, "12 s"],
  [59.7, "1 min 0 s"],
  [72, "1 min 12 s"],
  [3599.6, "1 h 0 min"],
  [7500, "2 h 5 min"],
])("%p seconds are %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

/** Collect the lines that are printed. */
function printed(): string[] {
  const lines: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text).trimEnd()) > 0);
  return lines;
}
afterEach(() => jest.restoreAllMocks());

/** A progress line with a clock that the test moves. */
function clocked(total: number, initial = 0) {
  const clock = {time: 0};
  jest.spyOn(performance, "now").mockImplementation(() => clock.time);
  const lines = printed();
  return {clock, lines, progress: new Progress("training", total, {initial})};
}

test("says how much is done, the values, and the time left at the present speed", () => {
  const {clock, lines, progress} = clocked(100);
  clock.time = 1000; // the first step is slow and does not count
  progress.update(1, {loss: 0.5});
  clock.time = 11_000;
  progress.update(21, {loss: 0.0312345, step: 21});
  expect(lines).toEqual([
    expect.stringMatching(/^training {2}━{4}─{16} {2}21 % {2}21\/100 {2}loss 0\.0312 {2}step 21/),
  ]);
  expect(lines[0]).toMatch(/40 s left$/); // 79 steps at 20 steps in 10 s
});

test("a value that is not finite is said, also where JSON made it null", () => {
  const {clock, lines, progress} = clocked(10);
  clock.time = 11_000;
  progress.update(5, {loss: NaN, validation: null as never});
  expect(lines[0]).toMatch(/5\/10 {2}loss not finite {2}validation not finite/);
});

test("steps of an earlier process do not count for the speed", () => {
  const {clock, lines, progress} = clocked(100, 80);
  clock.time = 1000;
  progress.update(81);
  clock.time = 11_000;
  progress.update(91);
  expect(lines[0]).toMatch(/91\/100 {2}9\.0 s left$/);
});

test("a log gets a line every ten seconds, and work under two seconds none", () => {
  const quick = clocked(10);
  for (let i = 1; i <= 10; i++) {
    quick.clock.time += 100;
    quick.progress.update(i);
  }
  quick.progress.done();
  expect(quick.lines).toEqual([]);

  const {clock, lines, progress} = clocked(300);
  for (let i = 1; i <= 300; i++) {
    clock.time += 100;
    progress.update(i, {loss: 1});
  }
  progress.done("saved");
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toBe("training  300 of 300 in 30 s  loss 1  saved");
});

test("tracked work ends its line and passes its result or its error on", async () => {
  const lines = printed();
  const options = {patience: 0};
  expect(await track("simulating", 2, (progress) => (progress.update(1), 42), options)).toBe(42);
  const failing = track(
    "simulating",
    2,
    (progress) => {
      progress.update(1);
      throw new Error("unstable");
    },
    options,
  );
  await expect(failing).rejects.toThrow("unstable");
  expect(lines).toHaveLength(4);
  expect(lines[3]).toMatch(/stopped$/);
});
