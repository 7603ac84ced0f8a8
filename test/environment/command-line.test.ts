/** What each verb takes: its arguments become the options that its program gets. */
import {createRequire} from "node:module";

interface Reader {
  readCommandLine(verb: string, argv: readonly string[]): Record<string, unknown>;
}
const {readCommandLine} = createRequire(__filename)("../../environment/command-line.cjs") as Reader;
const read = (line: string) => {
  const [verb, ...argv] = line.split(" ");
  return readCommandLine(verb, argv);
};

const tour = {system: "rayleigh-benard", preset: "tour"};

test("options have their types and defaults, and words stand apart, also after two dashes", () => {
  expect(read("site --serve")).toEqual({serve: true, port: 8899, "no-build": false});
  expect(read("train --parallel 2 -- --set=a=1 diffusion-16 --set b=2 --network")).toEqual({
    ...{...tour, set: {a: 1, b: 2}, parallel: 2, network: true},
    words: ["diffusion-16"],
  });
  expect(read("train --hosts a:1,b:2 --rank 1 --patience 9 autoencoder-4")).toMatchObject({
    ...{hosts: ["a:1", "b:2"], rank: 1, patience: 9},
  });
  expect(read("download --system euler --files 1").files).toBe(1);
  expect(read("download --system euler --files 1e6_Prandtl_1.,x").files).toEqual(["1e6_Prandtl_1.", "x"]);
  expect(read("runs --compare a,b")).toMatchObject({compare: ["a", "b"], all: false});
  expect(read("soak --minutes 0.5 clock")).toEqual({minutes: 0.5, from: 0, words: ["clock"]});
  expect(readCommandLine("test", ["-t", "a title"])).toEqual({words: ["-t", "a title"]});
});

test("a variable of the environment stands in place of an option", () => {
  process.env.LOLA_SYSTEM = "kolmogorov";
  expect(read("train crps-16").system).toBe("kolmogorov");
  expect(read("train --system euler crps-16").system).toBe("euler");
  process.env.LOLA_SYSTEM = "burgers";
  expect(() => read("train crps-16")).toThrow("LOLA_SYSTEM: expected rayleigh-benard, euler,");
  delete process.env.LOLA_SYSTEM;
});

test("a sweep has lists, ranges and values of JSON", () => {
  const line =
    "sweep --set latent.hidChannels=64,128 --set latent.training.learningRate=log(1e-3,1e-1,3) --set b=whole(1,4) " +
    "--set autoencoder.model.hidChannels=[8,12],[16,24] --set latent.qkNorm=true,false --set a=x,null " +
    "--baseline a=x --seeds 3 --measure vrmse@1:20,seconds --methods diffusion-16 --autoencoders own";
  expect(read(line)).toEqual({
    ...tour,
    set: {
      "latent.hidChannels": [64, 128],
      "latent.training.learningRate": {from: 1e-3, to: 1e-1, count: 3, log: true},
      b: {from: 1, to: 4, whole: true},
      "autoencoder.model.hidChannels": [
        [8, 12],
        [16, 24],
      ],
      "latent.qkNorm": [true, false],
      a: ["x", null],
    },
    ...{baseline: {a: "x"}, seeds: 3, measure: ["vrmse@1:20", "seconds"], methods: ["diffusion-16"]},
    ...{autoencoders: "own", backend: "local", dry: false, json: false},
  });
});

test.each([
  ["site --serv", "Unknown option --serv: known are --host, --serve, --port, --no-build, --help."],
  ["site -s", "Unknown option -s: known are"],
  ["site --port", "--port has no value: known are"],
  ["site --port --serve", "--port has no value: known are"],
  ["site --serve=yes", "--serve takes no value: known are"],
  ["site site", 'Unknown argument "site": known are'],
  ["site --constructor", "Unknown option --constructor: known are"],
  ["site --port 0", '--port: expected a port from 1 to 65535, found "0".'],
  [
    "sweep --set latent.hidChannels",
    '--set: expected PATH=VALUES such as latent.hidChannels=64,128, found "latent.hidChannels".',
  ],
  ["sweep --set a=", '--set: expected PATH=VALUES such as latent.hidChannels=64,128, found "a=".'],
  ["sweep --set a=log(1)", '--set: expected a to be log(FROM,TO,COUNT), found "log(1)".'],
  ["sweep --seeds two", '--seeds: expected a whole number of 1 or more, found "two".'],
  ["sweep --backend pbs", '--backend: expected local, slurm, found "pbs".'],
  ["sweep --partition gpu", "--partition: expected --backend slurm or --retry NAME with it, found none."],
  ["sweep --preset huge", '--preset: expected smoke, tour, mini, paper, found "huge".'],
  ["evaluate --parallel 4", "--parallel: expected --backend slurm with it, found none."],
  ["evaluate --backend local --name first", "--name: expected --backend slurm with it, found none."],
  [
    "evaluate --backend slurm --name ../x",
    '--name: expected a name of letters, digits, "-", "_" and ".", found "../x".',
  ],
  [
    "evaluate --set rollout.steps=4,8",
    '--set: expected one value of rollout.steps, found "rollout.steps=4,8"; npm run lola -- sweep tries several.',
  ],
  ["train", "train: expected 1 MODEL (autoencoder-16, diffusion-16, solver-16,"],
  ["train diffusion-16 solver-16", "found diffusion-16 solver-16."],
  ["train --hosts a:1,b:2 diffusion-16", "--hosts: expected --rank I with it, found none."],
  ["train --rank 0 diffusion-16", "--rank: expected --hosts A:P,B:P with it, found none."],
  ["train --hosts a:1,b:2 --rank x diffusion-16", '--rank: expected a whole number of 0 or more, found "x".'],
  ["train --parallel 0 diffusion-16", '--parallel: expected a whole number of 1 or more, found "0".'],
  ["train --patience 0 diffusion-16", "--patience: expected a whole number of 1 or more"],
  ["runs --remove", "--remove: expected --older DAYS or --name PATTERN or --unreachable with it, found none."],
  ["runs --remove --older x", '--older: expected a number of 0 or more, found "x".'],
  ["runs --remove --name=", "--name: expected PATTERN, found nothing."],
  ["runs --compare a", '--compare: expected two words such as A,B, found "a".'],
  ["download --system kolmogorov", '--system: expected rayleigh-benard, euler, gravity-cooling, found "kolmogorov".'],
  ["download --list", "--system: expected rayleigh-benard, euler, gravity-cooling, found nothing."],
  ["download --system euler --url here", "--url: expected an address such as https://"],
  ["fuzz docx", 'fuzz: expected artifact, csv, hdf5, loaded-run, manifest, safetensors, yaml, found "docx".'],
])("%s is refused in a sentence", (line, sentence) => {
  expect(() => read(line)).toThrow(sentence);
  expect(() => read(line)).toThrow(expect.objectContaining({code: "usage"}));
});
