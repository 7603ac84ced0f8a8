import {PositionalEmbedding, SineEncoding, coordinates} from "../../lib/nn/embedding";
import {Layout, Parameters} from "../../lib/nn/module";
import {tf} from "../../lib/tensor/backend";
import {reference, relativeError} from "../reference/reference";

describe("sine encoding", () => {
  const topic = reference("vit");
  const expected = topic.tensor("sine/out/e");
  const x = topic.tensor("sine/in/x");
  const sine = new SineEncoding(expected.shape[1]);

  test("equals the official one", () => {
    const p = new Parameters(new Map([["freqs", tf.tensor1d(sine.frequencies)]]));
    const encoded = sine.forward(p, tf.tensor(x.data, x.shape));
    expect(encoded.shape).toEqual(expected.shape);
    expect(relativeError(encoded.dataSync(), expected.data)).toBeLessThan(1e-5);
    expect(relativeError(sine.frequencies, topic.tensor("sine/freqs").data)).toBeLessThan(1e-6);
  });

  test("of known numbers is the same", () => {
    expect(relativeError(sine.encode(x.data), expected.data)).toBeLessThan(1e-5);
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
