/** Whole trajectories by the loops that set-up compiled and by those in WebAssembly: the same bits. */
import type * as Core from "@lola-ts/core";
import {bothWays} from "../../../test/both-ways";
import type * as Simulators from "../src";
import {smallData} from "./small";

/** Run with freshly loaded modules, whose loops LOLA_FUSED chooses. */
function withFreshModules<T>(run: (simulators: typeof Simulators, core: typeof Core) => T): T {
  let result: T | undefined;
  jest.isolateModules(() => {
    result = run(jest.requireActual("../src"), jest.requireActual("@lola-ts/core"));
  });
  return result!;
}

test.each(Object.entries(smallData))("a trajectory of %s", (_, config) => {
  const [native, wasm] = bothWays(() =>
    withFreshModules(({planFiles, simulateTrajectory}, {loops}) => {
      const {fields, diagnostics} = simulateTrajectory(planFiles(config)[0].requests[0]);
      const isNative = String(loops<{fourier: unknown}>().fourier).includes("native code");
      return {isNative, steps: diagnostics.steps, results: {fields, diagnostics: {...diagnostics, seconds: 0}}};
    }),
  );
  expect([native.isNative, wasm.isNative]).toEqual([true, false]);
  expect(wasm.results).toEqual(native.results);
  expect(native.steps).toBeGreaterThan(10);
});
