/**
 * The engine's tape: the record of operations that gradients are derived from.
 *
 * tfjs opens the tape for one gradient at a time and closes it before it walks back. With the tape left open, several
 * derivatives share one forward pass, and the walk back is itself on the tape, so that it can be differentiated.
 */
import {tf} from "../backend";

/** The part of tfjs's engine that holds the tape. */
interface Engine {
  readonly state: {
    gradientDepth: number;
    kernelDepth: number;
    activeTape: {saved: tf.Tensor[]}[] | null;
  };
  startTape(): void;
  endTape(): void;
}

const engine = () => tf.engine() as unknown as Engine;

/** Tell whether operations are being written on the tape. */
export function isTaping(): boolean {
  const {gradientDepth, kernelDepth} = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/**
 * Run `body` with an open tape; intermediate results are freed at its end, also when it throws.
 *
 * @returns what the body returns.
 */
export function taped<T extends tf.TensorContainer>(body: () => T): T {
  engine().startTape();
  try {
    return tf.tidy(body);
  } finally {
    engine().endTape();
    const {state} = engine();
    if (state.gradientDepth === 0) {
      state.activeTape?.forEach(({saved}) => tf.dispose(saved));
      state.activeTape = null;
    }
  }
}

/** Run `body` without writing on the tape; intermediate results are freed at its end. */
export function untaped<T extends tf.TensorContainer>(body: () => T): T {
  const {state} = engine();
  state.kernelDepth++;
  try {
    return tf.tidy(body);
  } finally {
    state.kernelDepth--;
  }
}

let structural = false;

/** Tell whether only the tape counts, see {@link structurally}. */
export function isStructural(): boolean {
  return structural;
}

/**
 * Run `body`, a linear function of zeros, for what it writes on the tape: its values are zeros, so that the library's operations
 * do not compute them.
 */
export function structurally<T>(body: () => T): T {
  const before = structural;
  structural = true;
  try {
    return body();
  } finally {
    structural = before;
  }
}

/** Write `copy`, which has the values of `x` but is not on the tape, on the tape as a copy of `x`. */
export function onTape(copy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return copy === x ? x : tf.customGrad(() => ({value: copy, gradFunc: (dy) => [dy.clone()]}))(x);
}
