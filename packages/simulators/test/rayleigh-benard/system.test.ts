import {rayleighBenard} from "../../src/rayleigh-benard/system";

test("files are The Well's: one per Rayleigh and Prandtl number", () => {
  const names = rayleighBenard.fileNames("rayleigh_benard");
  expect(names).toHaveLength(35);
  const prandtl = ["1e-1", "2e-1", "5e-1", "1", "2", "5", "10"];
  expect(names.slice(-7)).toEqual(prandtl.map((pr) => `rayleigh_benard_Rayleigh_1e10_Prandtl_${pr}.hdf5`));
});
