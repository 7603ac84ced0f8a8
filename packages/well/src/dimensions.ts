/** Checks of the values along the dimensions of a Well file: times and coordinates. */

export interface Deviation {
  readonly expected: string;
  readonly found: string;
}

/** A failure makes the file useless; a report is worth knowing. */
export interface DimensionCheck {
  readonly failure?: Deviation;
  readonly report?: Deviation;
}

/** Check times: finite, and none before the one that precedes it; `count` values of each trajectory. */
export function checkTimes(values: Float64Array, count: number): DimensionCheck {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) return {failure: {expected: "finite times", found: String(bad)}};
  let repeated = 0;
  for (let i = 1; i < values.length; i++) {
    if (i % count === 0) continue; // the next trajectory begins
    const found = `${values[i]} after ${values[i - 1]}`;
    if (values[i] < values[i - 1]) return {failure: {expected: "times that do not decrease", found}};
    if (values[i] === values[i - 1]) repeated++;
  }
  if (repeated === 0) return {};
  return {report: {expected: "times that increase", found: `${repeated} that repeat the one before`}};
}

/** Check coordinates: finite, and all different from their neighbours in the same direction. */
export function checkCoordinates(values: Float64Array, count: number): DimensionCheck {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) return {failure: {expected: "finite coordinates", found: String(bad)}};
  for (let start = 0; start < values.length; start += count) {
    const direction = Math.sign(values[start + count - 1] - values[start]);
    for (let i = start + 1; i < start + count; i++) {
      if (Math.sign(values[i] - values[i - 1]) === direction && direction !== 0) continue;
      const found = `${values[i]} after ${values[i - 1]}`;
      return {report: {expected: "coordinates that increase or decrease", found}};
    }
  }
  return {};
}
