import {standardize, type Standardization} from "lola/data";
import {systemOf} from "@lola-ts/simulators";
import {openWell} from "../src/well-dataset";
import {reopen} from "../../../lib/data/source";
import {WellSource} from "../src/well-source";
import {temporaryFolder} from "../../../test/folder";
import {contents, writeContents} from "./wells";

const folder = temporaryFolder();
const euler = systemOf("euler");
const standardization: Standardization = {
  ...euler.paper!.standardization,
  transform: euler.channels.map(() => "arcsinh"),
};

test("windows are those of all states, strided and standardised at once", async () => {
  const well = await openWell([await writeContents(folder("a.hdf5"), contents(euler, {frames: 9}))], {system: euler});
  const source = new WellSource(well, {stride: 2, standardization});
  expect(source.shape).toEqual([3, 5, 5, 4, 5]);
  const all = standardize(well.readAll({stride: 2}), standardization).data;
  const size = 5 * 4 * 5;
  const whole = [0, 1, 2].flatMap((trajectory) => [...source.read(trajectory).data]);
  expect(whole).toEqual([...all]);
  const [one, three] = [1, 3].map((state) => [...all.subarray((10 + state) * size, (11 + state) * size)]);
  expect([...source.read(2, {start: 1, length: 2, stride: 2}).data]).toEqual([...one, ...three]);
  expect(() => source.read(2, {start: 4, length: 2})).toThrow("expected a window inside its 5 states");
  const again = await reopen(structuredClone(source.opener)); // as another thread gets it
  expect(again.read(1).data).toEqual(source.read(1).data);
  well.close();
});

test("trajectories of other lengths are refused", async () => {
  const files = [4, 5].map((frames) => writeContents(folder(`${frames}.hdf5`), contents(euler, {frames})));
  const well = await openWell(await Promise.all(files), {system: euler});
  expect(() => new WellSource(well)).toThrow(/5\.hdf5: expected 4 states as in .*4\.hdf5, found 5\.$/);
  well.close();
});
