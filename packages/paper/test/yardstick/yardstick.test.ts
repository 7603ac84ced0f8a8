import {yardstick, yardstickFigure} from "../../src/yardstick/yardstick";
import {smokeLabs} from "../../../laboratory/test/smoke";

const {open} = smokeLabs();

test("compares all codes at each autoencoder's numbers; more numbers and more bits are never worse", async () => {
  const lab = open();
  const found = await yardstick(lab);
  const {rows, curves} = found;
  const methods = ["PCA", "Fourier", "wavelets"];
  const rates = lab.config.latentChannels.length;
  expect(rows).toHaveLength(rates * 4);
  for (const row of rows) expect(Object.keys(row).slice(-4)).toEqual(["low", "mid", "high", "mass"]);
  for (const method of methods) {
    const errors = rows.filter((row) => row.method === method).map(({error}) => Number(error));
    expect(errors).toEqual([...errors].sort((a, b) => a - b)); // rows go from many numbers to few
    const {x, y} = curves.find(({name}) => name === method)!;
    expect(x).toEqual([...x].sort((a, b) => a - b));
    y.slice(1).forEach((error, i) => expect(error).toBeLessThanOrEqual(1.001 * y[i]));
  }
  expect(curves.map(({name}) => name).slice(-3)).toEqual(methods);
  expect(yardstickFigure(found, "").data.length).toBeGreaterThan(0);
  expect(await yardstick(lab)).toEqual(found);
  await expect(yardstick({} as never)).rejects.toThrow("yardstick: expected lab to be a laboratory");
});
