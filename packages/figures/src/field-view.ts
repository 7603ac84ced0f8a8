/**
 * Each field in its own colours: signed fields from blue over white to red, others in a map of their own, those that range
 * over decades by their logarithm, those of three dimensions as planes and projections.
 */
import {having, records, checkOptions, checkParts} from "@lola-ts/core";
import type {System} from "@lola-ts/simulators";
import {diverging, sequentialScale, type ColourScale} from "./style";
import {depths, fieldOf, limitsOf, type Depth, type FieldImage, type Limits, type ImageSource} from "./tiles";

/** The way in which a channel is shown. */
export interface FieldView {
  /** For labels, e.g. "log₁₀ temperature". */
  readonly name: string;
  readonly channel: number;
  readonly scale: ColourScale;
  /** Whether its logarithm is shown. */
  readonly decades: boolean;
  /** Whether white is 0. */
  readonly signed: boolean;
  readonly depth: Depth;
}

/** Smallest value whose logarithm is shown: a network's output may be 0 or below. */
const MIN = 1e-6;

const systemRule = having("a system", "channels", "fields", "transform", "displayed");

export const viewRule = having("a view of a field", "name", "channel");

export const viewsRule = records("views of fields", "name", "channel");

/** Choose how a channel of a system is shown. @throws RangeError naming the system's channels if it is none of them. */
export function fieldView(system: System, name: string, depth: Depth = "slice"): FieldView {
  checkParts("fieldView", {system: systemRule, depth: depths}, {system, depth});
  const {channels, fields, transform} = system;
  const channel = channels.indexOf(name);
  if (channel < 0) throw new RangeError(`fieldView: expected one of ${channels.join(", ")}, found "${name}".`);
  const scalar = fields.find((field) => field.name === name && field.order === 0);
  const decades = transform[channel] === "logEps";
  const title = `${decades ? "log₁₀ " : ""}${name.replace("_", " ")}${depth === "projection" ? ", projected" : ""}`;
  const scale = scalar?.colours ? sequentialScale(scalar.colours) : diverging(1);
  return {name: title, channel, scale, decades, signed: scalar === undefined, depth};
}

/** Choose the view of the field that figures show. */
export function displayedView(system: System): FieldView {
  checkOptions("displayedView", systemRule, system, "system");
  return fieldView(system, system.displayed);
}

/** Choose one view per channel; in three dimensions the middle planes, and the density also projected. */
export function fieldViews(system: System): FieldView[] {
  checkOptions("fieldViews", systemRule, system, "system");
  const slices = system.channels.map((name) => fieldView(system, name));
  const solid = system.axes.length === 3 && system.channels.includes("density");
  return solid ? [...slices, fieldView(system, "density", "projection")] : slices;
}

/** Extract the image that a view shows of one state. */
export function imageOf(
  trajectory: ImageSource,
  state: number,
  view: Pick<FieldView, "channel"> & Partial<FieldView>,
): FieldImage {
  checkOptions("imageOf", having("a view of a field", "channel"), view, "view");
  const {channel, decades, depth} = view;
  const {data, shape} = fieldOf(trajectory, state, channel, 128, depth);
  return {data: decades ? Float32Array.from(data, (value) => Math.log10(Math.max(value, MIN))) : data, shape};
}

/** Choose the limits of images in a view: 1 % and 99 % quantiles, about 0 where the field has a sign. */
export function limitsIn(images: readonly (FieldImage | null)[], signed = false): Limits {
  const [low, high] = limitsOf(images, 0.01, 0);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return signed && largest > 0 ? [-largest, largest] : [low, high];
}
