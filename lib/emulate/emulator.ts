/** Emulators: functions that complete windows of states, called by rollouts. */
import type {tf} from "@lola-ts/engine";

/** Place of an emulator's call in a rollout. */
export interface EmulatorCall {
  /** Position of the window's first state in the trajectory: 0 for the first call. */
  readonly i: number;
  /** Index of the batch's first row in the whole ensemble: noise drawn by row and `i` does not depend on the batch. */
  readonly row: number;
}

/**
 * Complete windows of states.
 *
 * @param states windows $[B, L, \dots, C]$, zero outside the context.
 * @param mask context mask $[L]$, 1 for context states.
 * @param label simulation parameters $[B, D]$, or undefined for systems without parameters.
 * @returns all $L$ states of each window, $[B, L, \dots, C]$, a new tensor.
 */
export type Emulator = (
  states: tf.Tensor,
  mask: tf.Tensor1D,
  label: tf.Tensor2D | undefined,
  call: EmulatorCall,
) => tf.Tensor;

/** An emulator that holds recorded functions until it is disposed of. */
export type DisposableEmulator = Emulator & {dispose(): void};
