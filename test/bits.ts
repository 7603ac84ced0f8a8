/** Numbers as bits, with one NaN for all: zeros keep their signs. */
export function bitsOf(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.map((value) => (Number.isNaN(value) ? NaN : value)).buffer);
}
