import {Lazy} from "../../../lib/core/lazy";
import {loadSweep, type NativeSweep} from "../../../lib/systems/euler/native-sweep";
import {sweepOf} from "../../../lib/systems/euler/sweep";
import {bothWays} from "../../both-ways";
import {withFused} from "../../fused";
import {makeCells} from "./swept-cells";

const cells = () => makeCells([4, 4], () => [1, 0, 0, 1]);

/** A module that counts its calls, or none. */
function fake(isThere: boolean) {
  const calls = jest.fn(loadSweep());
  return {module: new Lazy(() => ({native: isThere ? (calls as NativeSweep) : undefined})), calls};
}

test("the compiled function runs where it is there, and not with LOLA_FUSED=off", () => {
  const {module, calls} = fake(true);
  const speeds = bothWays(() => {
    calls.mockClear();
    return [sweepOf(cells(), module)(0.1, 0.1), calls.mock.calls.length];
  });
  const speed = Math.sqrt(1.4);
  expect(speeds).toEqual([
    [speed, 1],
    [speed, 0],
  ]);
});

test("with LOLA_FUSED=off nothing is loaded", () => {
  const make = jest.fn(() => ({native: undefined}));
  bothWays(() => process.env.LOLA_FUSED === "off" && sweepOf(cells(), new Lazy(make)));
  expect(make).not.toHaveBeenCalled();
});

describe("where it is missing", () => {
  describe("and nothing is wished", () => {
    withFused("");
    test("JavaScript runs", () => {
      expect(sweepOf(cells(), fake(false).module)(0.1, 0.1)).toBeCloseTo(Math.sqrt(1.4), 12);
    });
  });

  describe("and LOLA_FUSED is on", () => {
    withFused("on");
    test("it refuses", () => {
      const message = "LOLA_FUSED: expected off with this build of the Euler solver, found on.";
      expect(() => sweepOf(cells(), fake(false).module)).toThrow(message);
    });
  });
});

test("set-up's module is found", () => {
  expect(() => bothWays(() => sweepOf(cells()))).not.toThrow();
});
