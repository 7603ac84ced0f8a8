import {records} from "../core/options/array-rules";
import {checkOptions} from "../core/options/check-options";
import {list, optional, whole} from "../core/options/rules";
import {imageOf, limitsIn, type FieldView} from "./field-view";
import {type Figure, type FigureOptions} from "./style";
import {imageSources, tiles, type ImageSource} from "./tiles";

/** A channel to show: its name, left of the row, and optionally its view. */
export type SnapshotField = Pick<FieldView, "name"> & Partial<FieldView>;

export interface SnapshotOptions extends FigureOptions {
  /** Channels in the order of the trajectory, unless they say theirs; `fieldViews(system)` has each in its colours. */
  fields: readonly SnapshotField[];
  /** Indices of the frames to show. Default: six, evenly spaced (four of states that are wider than high). */
  frames?: readonly number[];
  /** Label of a frame. Default: "t = index". */
  time?: (frame: number) => string;
  /** Exponent that raises contrast, see `diverging`. Default: 1, none. */
  contrast?: number;
  /** Width of the row labels in pixels. Default: that of the longest. */
  labels?: number;
}

/**
 * Draw a trajectory [L, X, Y(, Z), C]: one row per field with its own limits (1 % to 99 % quantiles over the frames
 * shown), time to the right.
 */
export function snapshot(trajectory: ImageSource, {fields, frames, time, ...options}: SnapshotOptions): Figure {
  checkOptions("snapshot", imageSources, trajectory, "trajectory");
  checkOptions("snapshot", records("fields", "name"), fields, "fields");
  const [length, width, height] = trajectory.shape;
  checkOptions("snapshot", optional(list(whole({min: 0, max: length - 1}))), frames, "frames");
  const count = Math.min(width > height ? 4 : 6, length);
  const chosen =
    frames ?? Array.from({length: count}, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
  return tiles({
    contrast: 1,
    ...options,
    columns: chosen.map(time ?? ((frame) => `t = ${frame}`)),
    rows: fields.map(({name, channel, scale, signed, ...view}, i) => {
      const images = chosen.map((frame) => imageOf(trajectory, frame, {...view, channel: channel ?? i}));
      return {
        label: name.length > 13 ? name.replace(/,? (?=\S*$)/, "<br>") : name,
        fields: images,
        limits: limitsIn(images, signed),
        scale,
        bar: true,
      };
    }),
  });
}
