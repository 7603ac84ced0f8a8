import type {Trial} from "../runner/trial";

/** A kind of trouble. */
export interface Kind {
  readonly name: string;
  /** Whether it needs a disk of its own, if that may be mounted. Default: false. */
  readonly disk?: boolean;
  /** Make the trouble and see what comes of it; `trial` counts and judges. */
  readonly run: (trial: Trial) => Promise<void>;
}
