import {flat} from "@lola-ts/core";
import {centralTokenOf, centralTokens} from "../../src/studies/token-map";
import type {Lab} from "@lola-ts/laboratory";
import {gammas, lab, latents, N, T} from "./untrained";

const [, , h, w, channels] = latents.shape;

test("the central token is the one at half of each axis", () => {
  const token = centralTokenOf({states: latents});
  for (const [n, t] of [
    [0, 0],
    [1, T - 1],
  ]) {
    const expected = Array.from({length: channels}, (_, c) => latents.get(n, t, h >> 1, w >> 1, c));
    expect(token(n, t)).toEqual(expected);
  }
  expect(flat(latents)).toHaveLength(N * T * h * w * channels);
});

test("validation and test trajectories carry the value of their parameter and a token per state", async () => {
  const dataset = await lab.dataset();
  const wells = {valid: dataset.wells.test, test: dataset.wells.test};
  const both = {...lab, dataset: () => Promise.resolve({...dataset, wells})} as unknown as Lab;
  const found = await centralTokens(both);
  expect(found.map(({value}) => value)).toEqual([...gammas, ...gammas]);
  for (const {tokens} of found) expect(tokens).toHaveLength(T);
});

test("refuses a parameter that there is not", async () => {
  await expect(centralTokens(lab, {parameter: "mass"})).rejects.toThrow("expected a parameter gamma, found mass");
  await expect(centralTokens(lab, {latentChannels: 0})).rejects.toThrow("latentChannels");
});
