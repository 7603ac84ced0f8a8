import {existsSync, readdirSync} from "node:fs";
import {resolve} from "node:path";
import {sizeOf} from "@lola-ts/core";
import {reference, referenceFolder, relativeError} from "./reference";

const topics = readdirSync(referenceFolder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -5));

test.each(topics)("topic %s: every tensor has as many values as its shape says", (topic) => {
  const vectors = reference(topic);
  for (const name of vectors.names) {
    const {shape, data} = [vectors.tensor, vectors.indices].map((read) => tryRead(() => read(name))).find((t) => t)!;
    expect(data).toHaveLength(sizeOf(shape));
  }
});

test.each(topics)("topic %s has a test of its own", (topic) => {
  expect(existsSync(resolve(__dirname, `${topic}.test.ts`))).toBe(true);
});

test("relativeError is max |a - b| / max |b| and lets no NaN pass", () => {
  expect(relativeError([1, 2, 3], [1, 2, 4])).toBe(0.25);
  expect(relativeError([1, NaN, 3], [1, 2, 4])).toBeNaN();
  expect(relativeError([0, 0], [0, 0])).toBe(0);
  expect(() => relativeError([1], [1, 2])).toThrow("1 values against 2");
});

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
