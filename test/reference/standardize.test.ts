import ndarray from "ndarray";
import {augment, augmentation, augmentBoundary} from "../../lib/data/augment";
import {label, systemOf} from "@lola-ts/simulators";
import {standardize, unstandardize, type Standardization} from "../../lib/data/standardize";
import type {BoundaryCodes, Transform} from "@lola-ts/core";
import {reference, referenceFolder, relativeError} from "./reference";

const topic = reference("standardize");

/** Names of the transforms, ours by official one. */
const transforms: Record<string, Transform> = {log: "log", log1p: "log1p", log_eps: "logEps", arcsinh: "arcsinh"};

/** Boundary codes, stored as [axes, 2]. */
const codes = (name: string): BoundaryCodes => {
  const {shape, data} = topic.tensor(name);
  return Array.from({length: shape[0]}, (_, axis) => [data[2 * axis], data[2 * axis + 1]] as const);
};

describe.each(Object.keys(topic.config))("%s", (name) => {
  const {transform = {}, mean, std, scalars, vector, constants} = topic.config[name];
  const {flips = [], permutations = [], rolls = []} = topic.config[name];
  const array = (key: string) => {
    const {data, shape} = topic.tensor(`${name}/${key}`);
    return ndarray(data, shape);
  };

  test("standardisation and its inverse", () => {
    const settings: Standardization = {
      transform: mean.map((_: number, channel: number) => transforms[transform[channel]] ?? "identity"),
      mean,
      std,
    };
    const y = standardize(array("standardize/in/x"), settings);
    const expected = array("standardize/out/y");
    expect(y.shape).toEqual(expected.shape);
    expect(relativeError(y.data, expected.data)).toBeLessThan(1e-6);
    expect(relativeError(unstandardize(y, settings).data, array("standardize/out/back").data)).toBeLessThan(1e-6);
  });

  const fields = [...scalars.map(() => ({order: 0})), ...(vector ? [{order: 1}] : [])];
  const axes = topic.tensor(`${name}/augment/boundary`).shape[0];

  const changes = [
    ...flips.map((flip: number[], i: number) => [`flip${i}`, {flip: flip.map(Boolean)}]),
    ...permutations.map((permutation: number[], i: number) => [`permute${i}`, {permutation}]),
    ...rolls.map((shift: number[], i: number) => [`roll${i}`, {shift}]),
  ];

  test("flips, permutations and rolls, exactly", () => {
    for (const [key, part] of changes) {
      const change = augmentation(axes, part);
      const y = augment(array("augment/x"), fields, change);
      const expected = array(`augment/${key}/x`);
      expect([key, y.shape, relativeError(y.data, expected.data)]).toEqual([key, expected.shape, 0]);
      const boundary = augmentBoundary(codes(`${name}/augment/boundary`), change);
      expect([key, boundary]).toEqual([key, codes(`${name}/augment/${key}/boundary`)]);
    }
  });

  test("the label", () => {
    const found = label(constants, codes(`${name}/label/boundary`));
    expect(relativeError(found, array("label/label").data)).toBeLessThan(1e-6);
  });

  test("the configured augmentations in a row with their own draws, and the label after them", () => {
    const drawn = (key: string) =>
      topic.has(`${name}/chain/${key}`) ? [...topic.indices(`${name}/chain/${key}`).data] : undefined;
    const change = augmentation(axes, {
      flip: drawn("flip")?.map(Boolean),
      permutation: drawn("permutation"),
      shift: drawn("roll"),
    });
    const y = augment(array("augment/x"), fields, change);
    const expected = array("chain/x");
    expect(y.shape).toEqual(expected.shape);
    expect(relativeError(y.data, expected.data)).toBe(0);
    const boundary = augmentBoundary(codes(`${name}/label/boundary`), change);
    expect(boundary).toEqual(codes(`${name}/chain/boundary`));
    expect(relativeError(label(constants, boundary), array("chain/label").data)).toBeLessThan(1e-6);
  });
});

/** Systems by their names in the published vectors. */
const systems = {euler: "euler", convection: "rayleigh-benard", gravity: "gravity-cooling"};

test("specifications of the systems are those of the published vectors", () => {
  if (referenceFolder !== __dirname) return; // another folder may have other systems and constants
  for (const [key, name] of Object.entries(systems)) {
    const {fields, scalars, augment: draws, ...facts} = systemOf(name);
    const {transform, mean, std, scalars: names, vector, constants, augment: official} = topic.config[key];
    expect(fields.map((field) => field.name)).toEqual([...names, vector]);
    expect(scalars.map((scalar) => scalar.name)).toEqual(Object.keys(constants));
    expect(facts.paper!.standardization).toEqual({mean, std});
    const kinds = mean.map((_: number, channel: number) => transforms[transform[channel]] ?? "identity");
    expect(facts.transform).toEqual(kinds);
    expect(draws.permute).toBe(official.includes("random_axis_permute"));
    expect(draws.roll).toBe(official.includes("random_axis_roll"));
  }
});
