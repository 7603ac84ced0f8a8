import {nativeBackend, tf, type Binding} from "../src/backend";
import {hasFused, isFused} from "../src/fused";

test("without a wish the engine decides, and the project's own has the operations", () => {
  expect(isFused("")).toBe(true);
  expect(isFused("on")).toBe(true);
  expect(isFused("off")).toBe(false);
});

test("another wish is refused", () => {
  expect(() => isFused("yes")).toThrow("LOLA_FUSED: expected on or off with this engine, found yes.");
});

test("an engine without the operations runs chains, and says so when it is to have them", () => {
  const before = tf.memory().numTensors;
  const {binding} = nativeBackend();
  const lacking = Object.create(binding, {
    executeOp: {
      value: () => {
        throw new Error("Op type not registered 'LolaSilu'");
      },
    },
  }) as Binding;
  expect([binding, lacking].map(hasFused)).toEqual([true, false]);
  expect(isFused("", false)).toBe(false);
  expect(() => isFused("on", false)).toThrow("LOLA_FUSED: expected off with this engine, found on.");
  expect(tf.memory().numTensors).toBe(before);
});
