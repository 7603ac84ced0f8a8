import {labelsBy} from "../../src/studies/parameter-sweep";
import {label} from "@lola-ts/simulators";

const conditions = {
  scalars: {gamma: 1.4},
  boundary: [
    [2, 2],
    [2, 2],
  ],
} as unknown as Parameters<typeof labelsBy>[1];

test("labels differ by the parameter only, with boundary codes unless the configuration leaves them out", () => {
  const {boundary} = conditions;
  expect(labelsBy({}, conditions, "gamma", [1.2, 1.6])).toEqual([1.2, 1.6].map((gamma) => label({gamma}, boundary)));
  expect(labelsBy({label: {boundary: false}}, conditions, "gamma", [1.5])).toEqual([Float32Array.of(1.5)]);
});

test("a parameter that the trajectory does not have is refused", () => {
  expect(() => labelsBy({}, conditions, "mass", [1])).toThrow("expected the parameter mass, found gamma");
});
