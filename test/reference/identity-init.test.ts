import {stridesOf} from "@lola-ts/core";
import {Autoencoder} from "../../lib/models/autoencoder";
import {autoencoderConfig} from "../../packages/official-runs/src/official-config";
import {reference, relativeError} from "./reference";

interface Rule {
  layer: string;
  shape: number[];
  kind: "identity" | "small" | "default";
  bound: number;
}

const topic = reference("identity-init");
const largest = (data: ArrayLike<number>) =>
  Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Positions of the identity's ones in a kernel, stored as rows (output, input, ...cell). */
function ones(name: string, shape: number[]): number[] {
  const {shape: [count, rank], data} = topic.indices(`${name}/index`); // prettier-ignore
  const strides = stridesOf(shape);
  return Array.from({length: count}, (_, i) => strides.reduce((sum, s, axis) => sum + s * data[i * rank + axis], 0));
}

describe.each(Object.keys(topic.config))("a fresh autoencoder, %s", (name) => {
  const {layout} = new Autoencoder(autoencoderConfig(topic.config[name]));
  const named = layout.toOfficial(layout.initialise(5));
  const rules: Rule[] = topic.values.layers[name];

  test.each(rules)("$layer is $kind", ({layer, shape, kind, bound}) => {
    const weight = named.get(`${layer}.weight`)!;
    expect(weight.shape).toEqual(shape);
    const rest = weight.data.slice();
    if (kind === "identity") for (const at of ones(`${name}/${layer}`, shape)) rest[at] -= 1;
    const limit = kind === "default" ? bound : 0.01 * bound;
    expect(largest(rest)).toBeLessThanOrEqual(limit * 1.0001 + 1e-7); // 1 + limit is rounded to float32
    expect(largest(rest)).toBeGreaterThan(limit * 1e-6 ** (1 / rest.length) - 1e-7); // all below with probability 1e-6
    expect(largest(named.get(`${layer}.bias`)!.data)).toBeLessThanOrEqual(bound);
  });

  test("has these layers and no others", () => {
    expect(rules.flatMap(({layer}) => [`${layer}.weight`, `${layer}.bias`]).sort()).toEqual([...named.keys()].sort());
  });

  test("the official values follow the same rule", () => {
    for (const {layer, bound} of rules.filter(({kind}) => kind === "identity")) {
      const {data, shape} = topic.tensor(`${name}/${layer}/value`);
      expect(relativeError(data, new Float32Array(shape[0]).fill(1))).toBeLessThanOrEqual(0.01 * bound + 1e-7);
    }
  });
});
