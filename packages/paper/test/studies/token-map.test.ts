import ndarray from "ndarray";
import {Rng} from "@lola-ts/core";
import type {Lab} from "@lola-ts/laboratory";
import {preset} from "@lola-ts/laboratory/stages";
import {tokenMap} from "../../src/studies/token-map";
import {EULER_GASES, systemOf} from "@lola-ts/simulators";

const [N, T, C] = [30, 4, 3];
/** Latents of 2 x 2 tokens: noise, except that the central one's first channel may tell γ. */
function labOf(tells: boolean, {ships = false, asked = [] as string[]} = {}): Lab {
  const draw = (split: string) => {
    const random = Rng.from("token map", split);
    const labels = Array.from({length: N}, (_, n) => Float32Array.of(EULER_GASES[n % 10].gamma));
    const states = ndarray(
      Float32Array.from({length: N * T * 4 * C}, () => random.normal()),
      [N, T, 2, 2, C],
    );
    if (tells)
      labels.forEach(([gamma], n) => Array.from({length: T}, (_, t) => states.set(n, t, 1, 1, 0, 5 * (gamma - 1.4))));
    return Promise.resolve({states, labels});
  };
  return {
    config: {...preset("euler", "smoke"), seed: 0, stride: 4, latentChannels: [C]},
    caption: "caption",
    artifacts: {key: () => "key", ships: () => ships},
    dataset: () => Promise.resolve({system: systemOf("euler"), has: () => true}),
    latents: (_: number, split: string) => {
      asked.push(split);
      return draw(split);
    },
  } as unknown as Lab;
}

test("a probe reads what the central token tells, and nothing off noise", async () => {
  const [clear, blind] = [
    await tokenMap(labOf(true), {points: 60, steps: 300}),
    await tokenMap(labOf(false), {points: 60, steps: 300}),
  ];
  expect(clear.table()[0]["R², test states"]).toBeGreaterThan(0.9);
  expect(blind.table()[0]["R², test states"]).toBeLessThan(0.2);
});

test("the map has a point per state; with one parameter the second panel is time", async () => {
  const map = await tokenMap(labOf(true), {points: 40, steps: 20});
  expect(map.places).toHaveLength(40);
  const {data} = map.figure();
  expect((data as {name: string}[]).map(({name}) => name)).toEqual(["γ", "lead time τ"]);
});

test("the probe of shipped models learns from the validation split, even where the training split is on the disk", async () => {
  const asked: string[] = [];
  await tokenMap(labOf(true, {ships: true, asked}), {points: 10, steps: 1});
  await tokenMap(labOf(true, {asked}), {points: 10, steps: 1});
  expect(asked).toEqual(["valid", "test", "train", "test"]);
});

test("refuses options that are unknown", async () => {
  await expect(tokenMap(labOf(true), {tokens: 3} as never)).rejects.toThrow("tokens");
});
