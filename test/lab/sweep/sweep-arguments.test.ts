import {readSweepCommand} from "../../../lib/lab/sweep/sweep-arguments";

test("options and their values are read", () => {
  const command = readSweepCommand([
    ...[
      "--system",
      "euler",
      "--set",
      "latent.hidChannels=64,128",
      "--set",
      "latent.training.learningRate=log(1e-3,1e-1,3)",
    ],
    ...[
      "--set",
      "autoencoder.model.hidChannels=[8,12],[16,24]",
      "--set",
      "latent.qkNorm=true,false",
      "--set",
      "a=x,null",
    ],
    ...["--seeds", "3", "--measure", "vrmse@1:20,seconds", "--methods", "diffusion-16", "--halving", "2:3"],
  ]);
  expect(command.space).toEqual({
    "latent.hidChannels": [64, 128],
    "latent.training.learningRate": {from: 1e-3, to: 1e-1, count: 3, log: true},
    "autoencoder.model.hidChannels": [
      [8, 12],
      [16, 24],
    ],
    "latent.qkNorm": [true, false],
    a: ["x", null],
  });
  expect(command.options).toEqual({
    seeds: 3,
    measure: ["vrmse@1:20", "seconds"],
    methods: ["diffusion-16"],
    halving: {eta: 2, rungs: 3},
  });
  expect(command.backend).toBe("local");
});

test("autoencoders of each seed are asked for by a word", () => {
  expect(readSweepCommand(["--autoencoders", "own"]).options).toEqual({autoencoders: "own"});
});

test("a sweep to pack is named", () => {
  expect(readSweepCommand(["--pack", "width"]).pack).toBe("width");
});

test.each([
  [["--sytem", "euler"], "Unknown option --sytem: known are --system, --preset, --set, "],
  [
    ["--set", "latent.hidChannels"],
    '--set: expected PATH=VALUES such as latent.hidChannels=64,128, found "latent.hidChannels".',
  ],
  [["--set", "a="], '--set: expected PATH=VALUES such as latent.hidChannels=64,128, found "a=".'],
  [["--set", "a=log(1)"], '--set: expected a to be log(FROM,TO,COUNT), found "log(1)".'],
  [["--seeds", "two"], '--seeds: expected a whole number of 1 or more, found "two".'],
  [["--backend", "pbs"], '--backend: expected local or slurm, found "pbs".'],
  [["--partition", "gpu"], "--partition: expected --backend slurm with it, found local."],
  [["--halving", "3"], '--halving: expected ETA:RUNGS such as 3:3, found "3".'],
])("%j is refused in a sentence", (argv, sentence) => {
  expect(() => readSweepCommand(argv)).toThrow(sentence);
});
