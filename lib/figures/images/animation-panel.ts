import type {ColourScale} from "../style";
import type {FieldImage, Limits} from "../tiles";

/** Images of one kind over time. */
export interface AnimationPanel {
  /** Above the images. */
  readonly name: string;
  /** One per state, all of one shape. */
  readonly images: readonly FieldImage[];
  readonly limits: Limits;
  readonly scale: ColourScale;
}
