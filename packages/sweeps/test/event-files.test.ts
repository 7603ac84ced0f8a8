import {readdirSync, readFileSync} from "node:fs";
import {writeEvents} from "../src/event-files";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();

test("curves are in a file as TensorBoard names it: records with the names of the curves", () => {
  writeEvents(folder("run"), {
    loss: [
      [1, 2],
      [2, 1],
    ],
    validation: [[2, 0.5]],
    values: {"vrmse@1:20": 0.5},
    steps: 2,
  });
  const [name, ...others] = readdirSync(folder("run"));
  expect(others).toEqual([]);
  expect(name).toMatch(/^events\.out\.tfevents\./);
  const bytes = readFileSync(folder("run", name));
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    records.push(bytes.subarray(at + 12, at + 12 + length));
    at += 16 + length;
  }
  const texts = records.map((record) => record.toString("latin1"));
  expect(texts[0]).toContain("brain.Event:2");
  expect(texts.filter((text) => text.includes("loss"))).toHaveLength(2);
  expect(texts.filter((text) => text.includes("validation"))).toHaveLength(1);
  expect(texts.some((text) => text.includes("vrmse-1-20"))).toBe(true);
});
