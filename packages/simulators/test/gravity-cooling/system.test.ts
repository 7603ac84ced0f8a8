import {gravityCooling} from "../../src/gravity-cooling/system";

test("files are The Well's: one per density, metallicity and temperature", () => {
  const names = gravityCooling.fileNames("turbulence_gravity_cooling");
  expect(names).toHaveLength(27);
  expect(names).toContain("turbulence_gravity_cooling_rho0_0.445_Z_0.1_T0_100.hdf5");
});
