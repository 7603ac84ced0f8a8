/** Let all code of the surrounding block, its beforeAll included, run single operations, or chains, or what is there (""). */
export function withFused(fused: "on" | "off" | ""): void {
  const before = process.env.LOLA_FUSED;
  beforeAll(() => {
    process.env.LOLA_FUSED = fused;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.LOLA_FUSED;
    else process.env.LOLA_FUSED = before;
  });
}
