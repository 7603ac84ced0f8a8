import {Autoencoder} from "../../lib/autoencoder";
import {DCEncoder, latentStride} from "../../lib/nn/dcae";
import {reference} from "../reference/reference";
import {autoencoderConfig} from "./official";

interface Rule {
  layer: string;
  shape: number[];
  kind: "identity" | "small" | "default";
  bound: number;
}

const largest = (data: Float32Array) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe.each(["2d", "3d"])("initialisation, %s", (dimensions) => {
  const topic = reference("identity-init");
  const {layout} = new Autoencoder(autoencoderConfig(topic.config[dimensions]));
  const named = layout.toOfficial(layout.initialise(5));
  const rules: Rule[] = topic.values.layers[dimensions];

  test.each(rules)("$layer is $kind", ({layer, shape, kind, bound}) => {
    const weight = named.get(`${layer}.weight`)!;
    expect(weight.shape).toEqual(shape);

    const rest = weight.data.slice();
    if (kind === "identity") {
      const {shape: entries, data} = topic.indices(`${dimensions}/${layer}/index`);
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      for (let i = 0; i < entries[0]; i++) {
        const index = data.subarray(i * entries[1], (i + 1) * entries[1]);
        rest[index.reduce((sum, at, axis) => sum + at * strides[axis], 0)] -= 1;
      }
    }
    const limit = kind === "default" ? bound : 0.01 * bound;
    expect(largest(rest)).toBeLessThanOrEqual(limit * 1.0001 + 1e-7);
    expect(largest(rest)).toBeGreaterThan(limit * 0.9);
    expect(largest(named.get(`${layer}.bias`)!.data)).toBeLessThanOrEqual(bound);
  });

  test("covers every layer", () => {
    expect(rules.flatMap(({layer}) => [`${layer}.weight`, `${layer}.bias`]).sort()).toEqual([...named.keys()].sort());
  });
});

test("identity initialisation can be switched off", () => {
  const {config} = reference("identity-init");
  const {layout} = new Autoencoder({...autoencoderConfig(config["2d"]), identityInit: false});
  const named = layout.toOfficial(layout.initialise(5));
  expect(largest(named.get("decoder.ascent.0.0.weight")!.data)).toBeLessThan(0.2); // 1 / sqrt(4 * 9)
  expect(largest(named.get("encoder.descent.0.1.ffn.3.weight")!.data)).toBeLessThan(0.0012); // residuals stay small
});

test("has the paper's numbers of parameters, counted without weights", () => {
  const {config, values} = reference("parameter-counts");
  const cases = Object.entries<Record<string, number>>(values).filter(([name]) => name.startsWith("dcae_"));
  for (const [name, counts] of cases) {
    const [, dimensions, pix, lat] = /^dcae_(\d)d_pix(\d+)_lat(\d+)$/.exec(name)!;
    const official = config[`dcae_${dimensions}d`];
    const {layout} = new Autoencoder({
      ...autoencoderConfig(official),
      spatial: Number(dimensions),
      pixChannels: Number(pix),
      latChannels: Number(lat),
    });
    const side = (prefix: string) =>
      layout.entries.filter(({name: parameter}) => parameter.startsWith(prefix)).reduce((n, {size}) => n + size, 0);
    expect([name, layout.size, side("encoder."), side("decoder.")]).toEqual([
      name,
      counts.total,
      counts.encoder,
      counts.decoder,
    ]);
  }
  expect(cases.length).toBeGreaterThan(0);
});

test("a patch moves cells into channels before the first level", () => {
  const config = {hidChannels: [32, 48, 64], hidBlocks: [1, 1, 1], patch: 2};
  expect(latentStride(config)).toBe(8);
  expect(new DCEncoder(5, 16, config).specs["descent.0.0.weight"].shape).toEqual([3, 3, 20, 32]);
});

test("refuses architectures that cannot be built", () => {
  expect(() => new DCEncoder(5, 16, {hidChannels: [8, 16], hidBlocks: [1]})).toThrow("the same levels");
  expect(() => new DCEncoder(5, 16, {hidChannels: [8], hidBlocks: [1], spatial: 1})).toThrow("2 or 3 space axes");
  expect(() => new DCEncoder(5, 16, {hidChannels: [8], hidBlocks: [1], patch: 0})).toThrow("patch >= 1, found 0");
});
