import {changedConfig, type Change} from "../src/changes";
import type {Config} from "../src/config";
import {preset} from "../src/presets/presets";
import {codeContext} from "lola/models";
import {refusal} from "./refusal";

const tour = () => preset("euler", "tour");
const changed = (change: Change, config: Config = tour()) => changedConfig("openLab", config, change);

describe("a change names what differs", () => {
  test("at any depth, and all else stays", () => {
    expect(changed({rollout: {steps: 4}})).toEqual({...tour(), rollout: {...tour().rollout, steps: 4}});
    expect(changed({autoencoder: {steps: {8: 1000}}}).autoencoder.steps).toEqual({16: 2000, 8: 1000, 4: 2000});
    expect(changed({latent: {training: {steps: 2}}, copies: 1})).toMatchObject({
      latent: {hidChannels: 64, training: {steps: 2, batch: 16}},
      copies: 1,
    });
    expect(changed({data: {trajectories: {train: 40}}}).data).toMatchObject({
      trajectories: {train: 40, valid: 20, test: 20},
    });
    expect(changed({metrics: {ratio: "code"}}).metrics).toEqual({ratio: "code"});
  });

  test("lists are replaced whole", () => {
    expect(changed({data: {gammas: [1.4]}, horizons: [[1, 20]]})).toMatchObject({
      data: {gammas: [1.4]},
      horizons: [[1, 20]],
    });
    expect(changed({latentChannels: [8]}).latentChannels).toEqual([8]);
  });

  test("an object of another kind or name replaces the old one, one of the same kind is merged", () => {
    expect(changed({contexts: codeContext}).contexts).toEqual(codeContext);
    expect(changed({contexts: {lambda: 1}}).contexts).toEqual({kind: "truncated", lambda: 1});
    expect(changed({schedule: {name: "rectified"}}).schedule).toEqual({name: "rectified"});
    expect(changed({schedule: {shift: 0}}).schedule).toEqual({name: "log-logit", shift: 0});
    expect(changed({data: {source: "well"}}).data).toEqual({source: "well"});
    expect(changed({autoencoder: {loss: {vrmse: 1, mae: 0.5}}}).autoencoder.loss).toEqual({vrmse: 1, mae: 0.5});
    const ddim = changed({rollout: {sampler: {kind: "ddim", eta: 0.5}}});
    expect(changed({rollout: {sampler: {kind: "ddpm"}}}, ddim).rollout.sampler).toEqual({kind: "ddpm"});
    expect(changed({rollout: {sampler: {eta: 1}}}, ddim).rollout.sampler).toEqual({kind: "ddim", eta: 1});
  });

  test("undefined takes an option out", () => {
    expect(changed({pixel: undefined}).pixel).toBeUndefined();
    expect(refusal({latent: undefined})).toContain("expected latent to be options");
  });

  test("a function gets a copy of the configuration and returns the whole of another", () => {
    const config = tour();
    const result = changed((given) => {
      given.rollout.steps = 4;
      return given;
    }, config);
    expect(result.rollout.steps).toBe(4);
    expect(config).toEqual(tour());
    expect(changed((given) => ({...given, contexts: codeContext})).contexts).toEqual(codeContext);
  });

  test("what was given may change afterwards, the configuration does not", () => {
    const gammas = [1.4];
    const result = changed({data: {gammas}});
    gammas.push(9);
    expect(result.data).toMatchObject({gammas: [1.4]});
  });
});

test("wrong names and values do not compile", () => {
  const wrong = [
    // @ts-expect-error a misspelt section
    {rolout: {steps: 4}},
    // @ts-expect-error a misspelt option of data
    {data: {gama: [1.4]}},
    // @ts-expect-error a number where a list is expected
    {latentChannels: 8},
    // @ts-expect-error a text where a number is expected
    {rollout: {steps: "4"}},
    // @ts-expect-error system and preset are options of openLab
    {system: "kolmogorov"},
  ] satisfies Change[];
  for (const change of wrong) expect(() => changed(change as Change)).toThrow(RangeError);
});
