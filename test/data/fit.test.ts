import ndarray from "ndarray";
import {sizeOf, type Transform, Rng} from "@lola-ts/core";
import {fitStandardization} from "../../lib/data/fit";
import {MemorySource} from "../../lib/data/source";
import {standardize} from "../../lib/data/standardize";

const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: number[], mean = average(values)) =>
  Math.sqrt(average(values.map((value) => (value - mean) ** 2)));

describe("fitStandardization", () => {
  const fields = [
    {name: "density", order: 0},
    {name: "momentum", order: 1},
  ] as const;
  const transform: Transform[] = ["log1p", "identity", "identity"];
  const generator = Rng.from("fit");
  const shape = [3, 4, 5, 6, 3];
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i += 3) {
    data[i] = Math.exp(1 + 0.5 * generator.normal()) - 1;
    data[i + 1] = 100 + 0.01 * generator.normal();
    data[i + 2] = -3 + 2 * generator.normal();
  }
  const source = new MemorySource(ndarray(data, shape));
  const channel = (c: number) => [...data].filter((_, i) => i % 3 === c);

  test("gives mean and population deviation of each transformed channel", async () => {
    const {mean, std} = await fitStandardization(source, {transform, fields, vector: "component"});
    const values = [channel(0).map((x) => Math.log1p(x)), channel(1), channel(2)];
    values.forEach((list, c) => {
      expect(mean[c]).toBeCloseTo(average(list), 9);
      expect(std[c] / deviation(list)).toBeCloseTo(1, 9);
    });
  });

  test("by default gives vectors mean 0 and one deviation", async () => {
    const {mean, std} = await fitStandardization(source, {transform, fields});
    expect(mean.slice(1)).toEqual([0, 0]);
    expect(std[1]).toBe(std[2]);
    expect(std[1] / deviation([...channel(1), ...channel(2)], 0)).toBeCloseTo(1, 9);
  });

  test("standardised by their own constants, channels have mean 0 and deviation 1", async () => {
    const constants = await fitStandardization(source, {transform, fields, vector: "component"});
    const plain: Transform[] = ["identity", "identity", "identity"];
    const again = new MemorySource(standardize(ndarray(data, shape), constants));
    const {mean, std} = await fitStandardization(again, {transform: plain, fields, vector: "component"});
    mean.forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-6));
    std.forEach((value) => expect(value).toBeCloseTo(1, 6));
  });

  test("a constant channel, a wrong number of channels and half a thread are refused", async () => {
    const still = new MemorySource(ndarray(new Float32Array(12).fill(2), [1, 2, 2, 3]));
    await expect(fitStandardization(still, {transform, fields})).rejects.toThrow("channel 0 with deviation 0");
    await expect(fitStandardization(source, {transform: ["identity"], fields})).rejects.toThrow("expected 1 channels");
    const half = fitStandardization(source, {transform, fields, workers: 0.5});
    await expect(half).rejects.toThrow("expected workers to be an integer of at least 0, found 0.5");
  });
});

test("a field of order 2 is refused where vectors share a deviation, and standardised by component", async () => {
  const fields = [
    {name: "stress", order: 2},
    {name: "velocity", order: 1},
    {name: "pressure", order: 0},
  ] as const;
  const channels = 7;
  const data = Float32Array.from({length: 40 * channels}, (_, i) => 10 * (i % channels) + Math.sin(i));
  const source = new MemorySource(ndarray(data, [2, 5, 2, 2, channels]));
  const transform = new Array<Transform>(channels).fill("identity");
  await expect(fitStandardization(source, {transform, fields})).rejects.toThrow("found stress of order 2");
  const {mean} = await fitStandardization(source, {transform, fields, vector: "component"});
  mean.forEach((value, c) => expect(Math.abs(value - 10 * c)).toBeLessThan(1));
});
