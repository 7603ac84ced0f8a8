import {callLibrary, loadLibrary} from "../../src/storage/library";
import {openWell} from "../../src/well-dataset";
import {temporaryFolder} from "../../../../test/folder";
import {writeContents} from "../wells";

const folder = temporaryFolder();

test("a file that makes the library abort is refused, and the next file is read by a new one", async () => {
  const path = await writeContents(folder("whole.hdf5"));
  const before = await openWell([path]);
  const abort = () => {
    throw new Error("Aborted(native code called abort())");
  };
  const library = await loadLibrary();
  expect(() => callLibrary("bad.h5", library, "reading /a\x1b", abort)).toThrow(
    "bad.h5: the file is damaged (while reading /a\\u001b: the HDF5 library gave up)",
  );
  expect(() => before.read(0)).toThrow(
    `${path}: the library that reads HDF5 was ended by bad.h5, this file has to be opened again`,
  );
  before.close();
  const after = await openWell([path]);
  expect(await loadLibrary()).not.toBe(library);
  expect(after.read(0).shape).toEqual([4, 5, 4, 5]);
  after.close();
});
