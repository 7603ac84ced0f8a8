/** How bad a value of a measure is, the smaller the better: of a ratio of spread to skill its distance from 1. */
export function badness(measure: string, value: number): number {
  return measure.startsWith("ratio@") ? Math.abs(value - 1) : value;
}
