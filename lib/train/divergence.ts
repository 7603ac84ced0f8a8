/** Which tensors of a model blew up. */
import type {NamedArray} from "../nn/module";

/** Names that a sentence lists at most. */
const LISTED = 3;

/**
 * Say of which tensors the gradient is not finite, and where the largest weight is.
 *
 * @param gradient of each tensor, by its official name.
 * @param weights alike.
 */
export function blownUp(gradient: ReadonlyMap<string, NamedArray>, weights: ReadonlyMap<string, NamedArray>): string {
  const broken = [...gradient].filter(([, {data}]) => !data.every(Number.isFinite)).map(([name]) => name);
  const sizes = [...weights].map(([name, {data}]) => ({
    name,
    size: data.reduce((max, x) => Math.max(max, Math.abs(x)), 0),
  }));
  const largest = sizes.reduce((a, b) => (b.size > a.size ? b : a), {name: "none", size: 0});
  const whose = broken.length === gradient.size ? `all ${broken.length} tensors` : listed(broken);
  const fault =
    broken.length > 0 ? `the gradient of ${whose} is not finite` : "the gradient is finite, and the loss is not";
  return `${fault}, and the largest weight is ${largest.size.toPrecision(2)}, in ${largest.name}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return more > 0
    ? `${names.slice(0, LISTED).join(", ")} and ${more} ${more === 1 ? "other" : "others"}`
    : names.join(", ");
}
