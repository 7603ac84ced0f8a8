import {planMovie, toMp4} from "../../src/render/movie";

const scale: [number, string][] = [
  [0, "rgb(0,0,0)"],
  [1, "rgb(254,0,0)"],
];
const images = [0, 1, 2].map((state) => ({data: Float32Array.of(state, 1, NaN, 2), shape: [2, 2] as const}));
const panels = ["truth", "diffusion"].map((name) => ({name, images, limits: [0, 2] as const, scale}));
const labels = ["τ = 0", "τ = 4", "τ = 8"];

test("a movie is an MP4 of H.264, 1280 x 720, that shows each state for its time", async () => {
  const {ALL_FORMATS, BufferSource, Input} = await import("mediabunny");
  const bytes = await toMp4({panels, labels, delay: 0.25});
  const input = new Input({source: new BufferSource(bytes), formats: ALL_FORMATS});
  const track = (await input.getPrimaryVideoTrack())!;
  expect([track.codec, track.displayWidth, track.displayHeight]).toEqual(["avc", 1280, 720]);
  expect(await input.computeDuration()).toBeCloseTo(0.75, 2);
  expect((await track.computePacketStats()).packetCount).toBe(3);
});

test("panels fill the picture without overlap: square ones side by side, wide ones below each other", () => {
  for (const [count, shape] of [
    [1, [64, 64]],
    [3, [64, 64]],
    [6, [64, 64]],
    [4, [128, 32]],
  ] as const) {
    const {scale, corners} = planMovie(count, shape);
    expect(corners).toHaveLength(count);
    corners.forEach(([x, y], i) => {
      expect(x + scale * shape[0]).toBeLessThanOrEqual(1280);
      expect(y + scale * shape[1]).toBeLessThanOrEqual(720);
      for (const [u, v] of corners.slice(i + 1)) {
        expect(u >= x + scale * shape[0] || v >= y + scale * shape[1]).toBe(true);
      }
    });
  }
  expect(new Set(planMovie(3, [64, 64]).corners.map(([, y]) => y)).size).toBe(1);
  expect(new Set(planMovie(4, [128, 32]).corners.map(([x]) => x)).size).toBeLessThan(4);
});

test("refuses a movie of nothing", async () => {
  await expect(toMp4({panels: [], labels: [], delay: 1})).rejects.toThrow("toMp4: expected");
});
