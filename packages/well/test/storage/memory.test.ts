import {memoryBudget, requireMemory} from "../../src/storage/memory";

test("what does not fit into memory is refused before it is allocated", () => {
  expect(() => requireMemory("a.hdf5", "a window", memoryBudget())).not.toThrow();
  expect(() => requireMemory("a.hdf5", "a window", 4e16)).toThrow(
    /^a\.hdf5: expected a window to take at most [\d.e+]+ GB of memory, found 4\.00e\+7 GB\.$/,
  );
  expect(() => requireMemory("a.hdf5", "a window", NaN)).toThrow(RangeError);
});
