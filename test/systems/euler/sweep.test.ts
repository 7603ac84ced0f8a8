import {CompiledModule} from "../../../lib/core/compiled-module";
import {eulerModule, sweepOf, type EulerModule} from "../../../lib/systems/euler/sweep";
import {bothWays} from "../../both-ways";
import {makeCells} from "./swept-cells";

test("the compiled function runs where it is there, and not with LOLA_FUSED=off", () => {
  const sweep = jest.fn(eulerModule.wanted!.sweep);
  const module = new CompiledModule<EulerModule>(
    "euler-sweep",
    () => true,
    () => ({sweep}),
  );
  const speeds = bothWays(() => {
    sweep.mockClear();
    return [
      sweepOf(
        makeCells([4, 4], () => [1, 0, 0, 1]),
        module,
      )(0.1, 0.1),
      sweep.mock.calls.length,
    ];
  });
  const speed = Math.sqrt(1.4);
  expect(speeds).toEqual([
    [speed, 1],
    [speed, 0],
  ]);
});
