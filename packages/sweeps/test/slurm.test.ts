import {mkdirSync, writeFileSync} from "node:fs";
import {runElement} from "../src/slurm";
import {temporaryFolder} from "../../../test/folder";

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
