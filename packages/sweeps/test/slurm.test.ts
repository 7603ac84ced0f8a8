import {mkdirSync, rmSync, writeFileSync} from "node:fs";
import {runElement, submissionsOf, submitArray} from "../src/slurm";
import {temporaryFolder} from "../../../test/folder";
import {slurmCommands} from "./slurm-commands";

const folder = temporaryFolder();

test("an element gets its task, the data folder and the name of its sweep", async () => {
  const place = folder("data", "sweeps", "widths", "slurm", "1");
  mkdirSync(place, {recursive: true});
  writeFileSync(`${place}/tasks.json`, JSON.stringify({tasks: ["first", "second"], options: {}}));
  const [argv, listeners] = [process.argv, process.listeners("SIGINT")];
  const exit = jest.spyOn(process, "exit").mockReturnValue(undefined as never);
  process.argv = [argv[0], "element.js", place, "1"];
  const given = await new Promise((resolve) => {
    runElement((...work) => Promise.resolve(resolve(work)));
  });
  expect(given).toEqual(["second", folder("data"), "widths"]);
  process.argv = argv;
  for (const signal of ["SIGUSR1", "SIGTERM"]) process.removeAllListeners(signal);
  for (const listener of process.listeners("SIGINT"))
    if (!listeners.includes(listener)) process.off("SIGINT", listener);
  await new Promise(setImmediate);
  expect(exit).toHaveBeenCalledWith();
  exit.mockRestore();
});

describe("submissions under one folder", () => {
  const slurm = slurmCommands(folder);
  beforeEach(() => slurm({sbatch: "echo 7"}));
  const submit = (home: string, task: string) =>
    submitArray(folder(home), {name: "n", tasks: [task], program: "p.js", threads: 1}, {});

  test("two at once get two numbers", async () => {
    const places = (await Promise.all(["A", "B", "C"].map((task) => submit("at-once", task)))).map(({place}) => place);
    expect(new Set(places).size).toBe(3);
    expect(
      submissionsOf(folder("at-once"))
        .map(({tasks}) => tasks[0])
        .sort(),
    ).toEqual(["A", "B", "C"]);
  });

  test("one that is deleted gives its number to no other whose tasks a job reads", async () => {
    for (const task of ["A", "B", "C"]) await submit("deleted", task);
    rmSync(folder("deleted", "slurm", "1"), {recursive: true});
    await submit("deleted", "E");
    expect(submissionsOf(folder("deleted")).map(({tasks}) => tasks[0])).toEqual(["B", "C", "E"]);
  });
});
