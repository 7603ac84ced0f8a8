import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

/** Paths in a temporary folder, which is there during the tests of a file and removed after them. */
export function temporaryFolder(): (...names: string[]) => string {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "lola-"))));
  afterAll(() => rmSync(folder, {recursive: true}));
  return (...names) => join(folder, ...names);
}
