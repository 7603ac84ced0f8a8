/** Where the values of a tensor's view lie in memory: axes with strides, as few as can be. */
export interface Axis {
  /** Number of places along it. */
  readonly size: number;
  /** How far apart these lie in the source. */
  readonly stride: number;
}

/** Join axes that lie in one another in the source as in the result, and leave out axes of one place. */
export function joined(shape: readonly number[], strides: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    const last = axes.at(-1);
    if (size === 1) return;
    if (last?.stride === size * strides[i]) axes.splice(-1, 1, {size: last.size * size, stride: strides[i]});
    else axes.push({size, stride: strides[i]});
  });
  return axes;
}
