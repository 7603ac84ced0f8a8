import {type Figure, type FigureOptions} from "./style";
import {fieldOf, limitsOf, tiles, type Trajectory} from "./tiles";

/** A channel to show. */
export interface SnapshotField {
  /** Its name, left of the row. */
  readonly name: string;
  /** Its index in the trajectory; the position in the list if left out. */
  readonly channel?: number;
}

export interface SnapshotOptions extends FigureOptions {
  fields: readonly SnapshotField[];
  /** Indices of the frames to show; six, evenly spaced, if left out. */
  frames?: readonly number[];
  /** Label of a frame; "t = index" if left out. */
  time?: (frame: number) => string;
  /** Raises contrast, see `diverging`. */
  contrast?: number;
}

/**
 * Draw a trajectory [L, X, Y, C]: one row per field with its own colours (1 % to 99 % quantiles over the frames shown),
 * time to the right. Of 3D states the middle plane is shown.
 */
export function snapshot(trajectory: Trajectory, {fields, frames, time, ...options}: SnapshotOptions): Figure {
  const length = trajectory.shape[0];
  const count = Math.min(6, length);
  const chosen =
    frames ?? Array.from({length: count}, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
  return tiles({
    contrast: 1,
    ...options,
    columns: chosen.map(time ?? ((frame) => `t = ${frame}`)),
    rows: fields.map(({name, channel}, i) => {
      const images = chosen.map((frame) => fieldOf(trajectory, frame, channel ?? i));
      return {
        label: name.length > 13 ? name.replace(" ", "<br>") : name,
        fields: images,
        limits: limitsOf(images, 0.01, 0),
        bar: true,
      };
    }),
  });
}
