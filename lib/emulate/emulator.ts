/** Emulators: what a rollout asks to complete windows of states. */
import type {tf} from "../tensor/backend";

/** Where in a rollout an emulator is called. */
export interface EmulatorCall {
  /** Position of the window's first state in the trajectory: 0 for the first call. */
  readonly i: number;
  /** Number of the batch's first row in the whole ensemble: noise drawn by row and `i` does not depend on pieces. */
  readonly row: number;
}

/**
 * Completes windows of states.
 *
 * @param states $[B, L, \dots, C]$, zero where not observed.
 * @param mask $[L]$, 1 where observed.
 * @param label $[B, D]$, or undefined for systems without parameters.
 * @returns all $L$ states of each window, $[B, L, \dots, C]$, a new tensor.
 */
export type Emulator = (
  states: tf.Tensor,
  mask: tf.Tensor1D,
  label: tf.Tensor2D | undefined,
  call: EmulatorCall,
) => tf.Tensor;

/** An emulator that holds recorded functions. */
export type DisposableEmulator = Emulator & {dispose(): void};
