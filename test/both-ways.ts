/** Single operations of the engine beside chains of operations. */

/** Run something with single operations, and with chains. */
export function bothWays<T>(run: () => T): [fused: T, chained: T] {
  const before = process.env.LOLA_FUSED;
  try {
    return ["on", "off"].map((wanted) => {
      process.env.LOLA_FUSED = wanted;
      return run();
    }) as [T, T];
  } finally {
    if (before === undefined) delete process.env.LOLA_FUSED;
    else process.env.LOLA_FUSED = before;
  }
}
