import {DCDecoder} from "../../lib/nn/dcae";
import {decoderOperations, transformerOperations} from "../../lib/nn/operations";
import {ViT, type ViTConfig} from "../../lib/nn/vit";
import {sizeOf} from "@lola-ts/core";
import type {Specs} from "../../lib/nn/module";

const matrices = (specs: Specs, isCounted: (name: string) => boolean) =>
  Object.entries(specs)
    .filter(([name, {shape}]) => shape.length > 1 && isCounted(name))
    .reduce((sum, [, {shape}]) => sum + sizeOf(shape), 0);

describe("a transformer multiplies each token by its matrices, and pairs of tokens twice", () => {
  const config: ViTConfig = {
    inChannels: 3,
    outChannels: 5,
    condChannels: 2,
    modFeatures: 4,
    hidChannels: 8,
    hidBlocks: 2,
    attentionHeads: 2,
    ffnFactor: 3,
    patchSize: [1, 2, 2],
  };
  const tokens = 3 * 2 * 4;
  const perToken = matrices(new ViT(config).specs, (name) => !/theta|ada_zero/.test(name));

  test("in full attention", () => {
    expect(transformerOperations(config, [3, 4, 8])).toBe(2 * (tokens * perToken + 2 * 2 * tokens ** 2 * 8));
  });
});

describe("a decoder multiplies cells by its kernels", () => {
  const config = {hidChannels: [4, 6], hidBlocks: [1, 2], pixChannels: 2, latChannels: 3, ffnFactor: 2};
  const operations = (change: object, cells: number) => decoderOperations({...config, ...change}, [cells, cells]);

  test("all at the same cells where nothing is resampled", () => {
    const {specs} = new DCDecoder(3, 2, {...config, stride: 1});
    expect(operations({stride: 1}, 5)).toBe(2 * 25 * matrices(specs, () => true));
  });

  test("of each level where it is coarser", () => {
    const kernel = 9;
    const coarse = 3 * 6 + 2 * 2 * 6 * 12 + 6 * 16; // latent, two blocks, and channels of 2 × 2 finer cells
    const fine = 2 * 4 * 8 + 4 * 2;
    expect(operations({}, 8)).toBe(2 * kernel * (16 * coarse + 64 * fine));
    const repeated = 3 * 6 + 2 * 2 * 6 * 12;
    expect(operations({pixelShuffle: false}, 8)).toBe(2 * kernel * (16 * repeated + 64 * (fine + 6 * 4)));
  });
});
