import {preset} from "../src/presets/presets";
import {rivalCosts, rivals, untrainedRivals} from "../src/rivals";
import {chooseMethods} from "../src/stages/methods";

test("lists seeds, members and ensembles of solvers at the middle rate, each a method that can be", () => {
  const config = preset("euler", "mini");
  const methods = rivals(config);
  expect(chooseMethods(config, methods)).toHaveLength(13);
  expect(new Set(methods.map(({latentChannels}) => latentChannels))).toEqual(new Set([16]));
  expect(methods.filter(({kind}) => kind === "diffusion").map(({changes}) => changes?.seed)).toEqual([
    0,
    1,
    2,
    undefined,
    undefined,
  ]);
  const symmetric = methods.filter(({changes}) => changes?.rollout?.symmetries);
  expect(symmetric.map(({kind}) => kind)).toEqual(["diffusion", "solver"]);
});

test("a retrofit and the solver that it is compared with make the same number of network passes", () => {
  const config = {...preset("euler", "mini"), objective: {members: 6}};
  const [stochastic, further] = rivals(config).filter(({changes}) => changes?.from === "solver");
  expect(further.changes!.training!.steps).toBe(6 * stochastic.changes!.training!.steps!);
  expect(stochastic.changes!.training!.learningRate).toBe(further.changes!.training!.learningRate);
});

test("counts calls of networks and training steps", () => {
  const config = preset("euler", "mini");
  const {members, steps} = config.rollout;
  const training = config.latent.training.steps;
  const costs = rivalCosts(config, [...rivals(config), ...untrainedRivals(config)]);
  expect(costs["diffusion, 64 members"]).toEqual({calls: 64 * steps, "training steps": training});
  expect(costs["neural solver, symmetries"]).toEqual({calls: members, "training steps": training});
  expect(costs["4 neural solvers"]).toEqual({calls: 4, "training steps": 4 * training});
  expect(costs["solver made stochastic"]).toEqual({calls: members, "training steps": 1.2 * training});
  expect(costs["solver dressed with noise"]).toEqual({calls: 1, "training steps": training});
  expect(costs["one call of the denoiser"].calls).toBe(members);
});
