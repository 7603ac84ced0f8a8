import {WaitingLine} from "../src/progress";

let lines: string[];
beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text).trimEnd()) > 0);
  jest.spyOn(performance, "now").mockImplementation(() => time);
  time = 0;
});
afterEach(() => jest.restoreAllMocks());
let time: number;

const worker = (note?: object) => ({pid: 12, host: "here", note});

test("shows whom it waits for, and that one's progress as soon as it is told", () => {
  const line = new WaitingLine("euler-tour-diffusion-c16");
  line.update(worker());
  time = 1500;
  line.update(worker());
  time = 12_000;
  line.update(worker({label: "diffusion-c16", done: 560, total: 1400, values: {loss: 0.25}}));
  time = 13_000;
  line.done("the other run has made it");
  line.done("stopped");
  const waiting = "another run is making this (process 12 on here), waiting";
  expect(lines).toEqual([
    `euler-tour-diffusion-c16  ${waiting}`,
    `euler-tour-diffusion-c16  ━━━━━━━━────────────  40 %  560/1400  loss 0.25  ${waiting}`,
    "euler-tour-diffusion-c16  waited 13 s  the other run has made it",
  ]);
});

test("is silent if the waiting is short, or if there was none", () => {
  new WaitingLine("a").done("stopped");
  const line = new WaitingLine("b");
  line.update(worker());
  time = 500;
  line.update(undefined);
  line.done("stopped");
  expect(lines).toEqual([]);
});
