import {nativeBackend} from "../src/backend";
import {Random, drawRange} from "../src/random";

test("every part of a draw is that of the whole draw, bit by bit, and nothing else stays", () => {
  const random = Random.of(5, -7);
  const draws = {StatelessRandomNormal: random.normal([1003]), StatelessRandomUniform: random.uniform([1003])};
  const held = () => nativeBackend().binding.getNumOfTensors();
  for (const [operation, whole] of Object.entries(draws)) {
    const values = whole.dataSync();
    for (const [from, count] of [
      [0, 1003],
      [4, 8],
      [7, 100],
      [501, 502],
      [1002, 1],
    ]) {
      const before = held();
      const part = drawRange(operation as keyof typeof draws, random.key, from, count);
      expect(part.dataSync()).toEqual(values.slice(from, from + count));
      part.dispose();
      expect(held()).toBe(before);
    }
  }
});
