import {PositionalEmbedding, SineEncoding, coordinates} from "../../lib/nn/embedding";
import {Layout} from "../../lib/nn/module";
import {tf} from "@lola-ts/engine";
import {relativeError} from "../reference/reference";

describe("sine encoding", () => {
  const sine = new SineEncoding(6);

  test("has frequencies from 1 down to 1/1000, sines before cosines", () => {
    const expected = [1, 1000 ** -0.5, 1e-3];
    expect(relativeError(sine.frequencies, expected)).toBeLessThan(1e-7);
    const waves = [...expected.map((f) => Math.sin(2 * f)), ...expected.map((f) => Math.cos(2 * f))];
    const p = new Layout(sine.specs).bind(tf.tensor1d([]));
    expect(relativeError(sine.forward(p, tf.scalar(2)).dataSync(), waves)).toBeLessThan(1e-6);
    expect(relativeError(sine.encode([2]), waves)).toBeLessThan(1e-6);
  });

  test("refuses an odd number of features", () => {
    expect(() => new SineEncoding(7)).toThrow("even number of features, found 7");
  });
});

test("coordinates run fastest along the last axis", () => {
  expect(Array.from(coordinates([2, 3]))).toEqual([0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2]);
});

test("a positional embedding has one linear layer for all axes", () => {
  const layout = new Layout(new PositionalEmbedding(3, 8).specs);
  expect(layout.entries.map(({name, shape}) => `${name} ${shape.join()}`)).toEqual(["2.weight 8,24", "2.bias 8"]);
  expect(layout.buffers.map(({name}) => name)).toEqual(["0.freqs"]);
});
