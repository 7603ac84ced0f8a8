import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {Artifacts, type Recipe} from "../../../lib/lab/store/artifacts";
import {FinishedArtifacts} from "../../../lib/lab/store/finished-artifacts";

let root: string;
beforeEach(async () => (root = await mkdtemp(path.join(tmpdir(), "finished-"))));
afterEach(() => rm(root, {recursive: true}));

const recipe: Recipe = {stage: "emulator", name: "solver", version: 1, config: {}, extension: ".bin"};

test("finds what another store has made, and makes nothing", async () => {
  const store = new Artifacts(root, () => undefined);
  const finished = new FinishedArtifacts(store);
  expect([await finished.has(recipe), await finished.hasWaited(recipe), finished.ships(recipe)]).toEqual([
    ...[false, false, false],
  ]);
  await expect(finished.obtain(recipe)).rejects.toThrow(/solver-\w+\.bin is not there/);
  const made = await store.obtain(recipe, (temporary) => writeFile(temporary, "weights"));
  expect(await finished.obtain(recipe)).toEqual({...made, fresh: false});
});
