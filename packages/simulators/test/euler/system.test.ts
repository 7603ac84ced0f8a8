import {euler} from "../../src/euler/system";

test("channels are scalars, then the components of vectors", () => {
  expect(euler.channels).toEqual(["energy", "density", "pressure", "momentum_x", "momentum_y"]);
});

test("files are The Well's: one per gas in each folder", () => {
  const [open] = euler.folders;
  const gases = euler.fileNames(open).map((name) => /^euler_multi_quadrants_openBC_gamma_([\d.]+)_/.exec(name)![1]);
  expect(gases).toEqual(["1.13", "1.22", "1.3", "1.33", "1.365", "1.4", "1.404", "1.453", "1.597", "1.76"]);
});
