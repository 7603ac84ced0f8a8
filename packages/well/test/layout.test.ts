import {systemOf} from "@lola-ts/simulators";
import {storedShape, wellTree} from "../src/layout";
import {contents} from "./wells";

const structure = contents(systemOf("euler"), {trajectories: 2, frames: 3});

test("a field is stored along the axes on which it varies, then its components", () => {
  expect(storedShape(structure, {name: "scalar", order: 0})).toEqual([5, 4]);
  expect(storedShape(structure, {name: "tensor", order: 2})).toEqual([5, 4, 2, 2]);
  expect(storedShape(structure, {name: "profile", order: 1, along: [false, true]})).toEqual([4, 2]);
});

test("time-dependent fields wait for values of [trajectories, states, ...], grouped by tensor order", () => {
  const {groups} = wellTree(structure);
  const {density, energy, pressure} = groups!.t0_fields.datasets!;
  for (const {shape, values} of [density, energy, pressure]) expect([shape, values]).toEqual([[2, 3, 5, 4], undefined]);
  expect(groups!.t1_fields.datasets!.momentum.shape).toEqual([2, 3, 5, 4, 2]);
  expect(groups!.t2_fields.datasets).toEqual({});
});

test("masks of boundary conditions are true at the ends where they hold", () => {
  const {groups} = wellTree({
    ...structure,
    boundary: [
      [0, 1],
      [2, 2],
    ],
  }).groups!.boundary_conditions;
  const masks = Object.entries(groups!).map(([name, {datasets}]) => [name, Array.from(datasets!.mask.values!, Number)]);
  expect(Object.fromEntries(masks)).toEqual({
    x_wall: [1, 0, 0, 0, 0],
    x_open: [0, 0, 0, 0, 1],
    y_periodic: [1, 0, 0, 1],
  });
});

test("only scalars that all trajectories share are parameters of the file", () => {
  const scalars = {
    gamma: 1.4,
    own: {sampleVarying: true, values: [1, 2]},
    clock: {timeVarying: true, values: [0, 1, 2]},
  };
  const {attributes, groups} = wellTree({...structure, scalars});
  expect(attributes!.simulation_parameters.values).toEqual(["gamma"]);
  const shapes = Object.entries(groups!.scalars.datasets!).map(([name, {shape}]) => [name, shape]);
  expect(Object.fromEntries(shapes)).toEqual({gamma: [], own: [2], clock: [3]});
});
