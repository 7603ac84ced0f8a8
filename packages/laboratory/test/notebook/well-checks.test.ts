import type * as kernelOutput from "../../src/notebook/kernel-output";
import {checkLines, openWell} from "../../src/notebook/well-checks";
import {temporaryFolder} from "../../../../test/folder";
import {contents, writeBroken, writeContents} from "../../../well/test/wells";

let mockWriter: kernelOutput.DisplayWriter | undefined;
jest.mock("../../src/notebook/kernel-output", () => ({
  ...jest.requireActual<typeof kernelOutput>("../../src/notebook/kernel-output"),
  displayWriter: () => mockWriter,
}));

const folder = temporaryFolder();
const missing = "/boundary_conditions: expected a condition along y, found none: its ends count as open";
const odd = (name: string) =>
  writeBroken(folder(name), (tree) => delete tree.groups.boundary_conditions.groups.y_periodic);

/** What is printed while files are opened. */
async function printed(paths: string[], options = {}): Promise<string> {
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    (await openWell(paths, options)).close();
    return write.mock.calls.map(([text]) => text).join("");
  } finally {
    write.mockRestore();
  }
}

describe("files that a notebook opens", () => {
  beforeEach(() => void (mockWriter = () => undefined));
  afterEach(() => void (mockWriter = undefined));

  test("have one line for each finding", async () => {
    const paths = [await odd("a.hdf5"), await odd("b.hdf5")];
    expect(await printed(paths)).toBe(paths.map((path) => `${path}: ${missing}\n`).join(""));
  });

  test("have a line for each value that a gas cannot have, if all values were looked at, and for each skipped file", async () => {
    const path = await writeContents(folder("negative.hdf5"), contents());
    const lines = (await printed([path, folder("none.hdf5")], {scan: true, broken: "skip"})).trimEnd().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/^.*negative\.hdf5: \/t0_fields\/density: expected values of at least 0, found \d+ below/),
      expect.stringMatching(/^.*negative\.hdf5: \/t0_fields\/pressure: expected values of at least 0, found \d+ below/),
      expect.stringMatching(/^skipped: .*none\.hdf5/),
    ]);
  });

  test("that are sound are opened silently", async () => {
    expect(await printed([await writeContents(folder("sound.hdf5"), contents())])).toBe("");
  });
});

test("outside a notebook nothing is printed: a program reads the findings itself", async () => {
  expect(await printed([await odd("c.hdf5")])).toBe("");
});

test("many findings are counted, the same ones said once", () => {
  const checks = Array.from({length: 25}, (_, n) => `file ${n}: odd`);
  const lines = checkLines([
    {checks, skipped: []},
    {checks, skipped: []},
  ]);
  expect(lines).toEqual([...checks.slice(0, 10), "and 15 more findings: see checks of the dataset"]);
});
