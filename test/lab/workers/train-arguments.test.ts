import {readTrainCommand} from "../../../lib/lab/workers/train-arguments";

const read = (line: string, env = {}) => readTrainCommand(line.split(" ").filter(Boolean), env);

test("reads what to train, before or after the dashes, and who trains it", () => {
  const what = {system: "euler", preset: "tour", method: "diffusion-16", overrides: {}, parallel: 1};
  expect(read("--system euler --preset tour diffusion-16")).toEqual(what);
  expect(read("--parallel 2 -- --system euler --preset tour diffusion-16")).toEqual({...what, parallel: 2});
  const ranks = read(
    "--hosts a:1,b:2 --rank 1 --network --patience 9 -- autoencoder-4 --set autoencoder.training.batch=8",
  );
  expect(ranks.join).toEqual({hosts: ["a:1", "b:2"], rank: 1, network: true, patience: 9});
  expect(ranks.overrides).toEqual({"autoencoder.training.batch": 8});
});

test("hosts and rank come from Slurm where it started several tasks", () => {
  const env = {
    ...{SLURM_JOB_ID: "7", SLURM_STEP_ID: "0", SLURM_STEP_NUM_TASKS: "2", SLURM_STEP_NODELIST: "n[1-2]"},
    ...{SLURM_STEP_TASKS_PER_NODE: "1(x2)", SLURM_PROCID: "1", SLURM_NODEID: "1"},
  };
  const {join} = read("diffusion-16", env);
  expect(join).toEqual({hosts: ["n1:10707", "n2:10707"], rank: 1, network: false});
  expect(read("--hosts a:1,b:1 --rank 0 diffusion-16", env).join).toMatchObject({rank: 0});
  expect(() => read("--parallel 2 diffusion-16", env)).toThrow("--parallel: expected");
});

test.each([
  ["", "train: expected one model to train, such as diffusion-16, found none."],
  ["diffusion-16 solver-16", "found diffusion-16 solver-16."],
  ["--hosts a:1,b:2 diffusion-16", "--hosts: expected --rank with it, found none."],
  ["--rank 0 diffusion-16", "--rank: expected --hosts with it, found none."],
  ["--hosts a:1,b:2 --rank x diffusion-16", '--rank: expected a whole number of 0 or more, found "x".'],
  ["--parallel 0 diffusion-16", '--parallel: expected a whole number of 1 or more, found "0".'],
  ["--patience 0 --hosts a:1,b:2 --rank 0 diffusion-16", "--patience: expected a whole number of 1 or more"],
  ["--set x diffusion-16", "--set: expected PATH=VALUES"],
  ["--set latent.training.batch=16,32 diffusion-16", "--set: expected one value of latent.training.batch, found"],
  ["--host a:1 diffusion-16", "Unknown option --host: known are --system"],
])("refuses %j", (line, sentence) => {
  expect(() => read(line)).toThrow(sentence);
});
