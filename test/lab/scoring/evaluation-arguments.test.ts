import {readEvaluationCommand} from "../../../lib/lab/scoring/evaluation-arguments";

const read = (words: string) => readEvaluationCommand(words.split(" ").filter(Boolean));

test("words become what is evaluated, where, and with which changes", () => {
  expect(read("")).toMatchObject({overrides: {}, backend: "local", json: false});
  const command = read(
    "--system euler --preset tour --methods diffusion-16,solver-pixel --set rollout.trajectories=8 --json",
  );
  expect(command).toMatchObject({
    system: "euler",
    preset: "tour",
    methods: ["diffusion-16", "solver-pixel"],
    overrides: {"rollout.trajectories": 8},
    json: true,
  });
  const array = read("--backend slurm --parallel 4 --time 10 --partition cpu --name first");
  expect(array).toMatchObject({backend: "slurm", name: "first", slurm: {parallel: 4, time: "10", partition: "cpu"}});
});

test.each([
  ["--parallel 4", "--parallel: expected --backend slurm with it, found local"],
  ["--name first", "--name: expected --backend slurm with it, found local"],
  ["--backend slurm --name ../x", '--name: expected a name of letters, digits, "-", "_" and ".", found "../x"'],
  ["--backend cloud", "backend"],
  ["--set rollout", "--set"],
  ["--seeds 3", "Unknown option --seeds: known are"],
])("%s is refused in one sentence", (words, sentence) => {
  expect(() => read(words)).toThrow(sentence);
});
