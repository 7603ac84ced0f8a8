/**
 * The public API keeps its promise for wrong arguments: one sentence that says what was expected and what was found, or the
 * right result. Right calls stand in tables by room of lib/; their wrong forms are made by `wrong.ts`.
 */
import * as lola from "./public";
import {exempt} from "./exempt";
import {figuresCalls} from "./figures";
import {faultOf, valuesOf, type Call, type Calls} from "./judge";
import {labCalls} from "./lab";
import {modelsCalls} from "./models";
import {systemsCalls} from "./systems";
import {tensorCalls} from "./tensor";
import {trainCalls} from "./train";
import {variantsOf, wrongOptions} from "./wrong";
import {coreCalls} from "./core";
import {dataCalls} from "./data";
import {diffusionCalls} from "./diffusion";
import {evaluateCalls} from "./evaluate";

const calls: Calls = {
  ...coreCalls,
  ...tensorCalls,
  ...modelsCalls,
  ...diffusionCalls,
  ...trainCalls,
  ...systemsCalls,
  ...dataCalls,
  ...evaluateCalls,
  ...figuresCalls,
  ...labCalls,
};

const isFine = (fine: readonly string[], name: string): boolean =>
  fine.some((pattern) =>
    new RegExp(
      `^${pattern
        .split("*")
        .map((part) => part.replace(/[.[\]]/g, "\\$&"))
        .join(".*")}$`,
    ).test(name),
  );

/** Try all variants of a call; returns what is wrong with each. */
async function tryAll(name: string, {call, args, options = [], fine = [], says = []}: Call): Promise<string[]> {
  const run = async (given: readonly unknown[]) => valuesOf(await call(...(given as never[])));
  expect(await run(args())).not.toBeNaN();
  const problems: string[] = [];
  for (const variant of [...variantsOf(args), ...wrongOptions(args, options)]) {
    const places = variant.name
      .split(":")[0]
      .split(".")
      .filter((part) => Number.isNaN(Number(part)));
    let result: unknown;
    try {
      result = await run(variant.args);
    } catch (error) {
      const fault = faultOf(error, [name.split(".")[0], "nonesuch", ...places, ...says]);
      if (fault) problems.push(`${variant.name}: ${fault}`);
      continue;
    }
    if (variant.same) {
      const expected = JSON.stringify(await run(variant.same));
      if (JSON.stringify(result) !== expected) problems.push(`${variant.name}: another result`);
    } else if (!isFine(fine, variant.name)) problems.push(`${variant.name}: accepted`);
  }
  return problems;
}

test.each(Object.entries(calls))("%s refuses wrong arguments in a sentence, and takes views", async (name, call) => {
  expect(await tryAll(name, call)).toEqual([]);
});

/** Names of everything that can be called: functions, classes, static methods. */
function callable(): string[] {
  return Object.entries(lola).flatMap(([name, value]) => {
    if (typeof value !== "function") return [name];
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    const own = isClass ? Object.getOwnPropertyNames(value) : [];
    const statics = own.filter((key) => !["length", "name", "prototype"].includes(key));
    return [name, ...statics.map((key) => `${name}.${key}`)];
  });
}

test("every public function, constructor and static method is called", () => {
  const known = [...Object.keys(calls), ...Object.keys(exempt)];
  expect(callable().filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !callable().includes(name))).toEqual([]);
});
