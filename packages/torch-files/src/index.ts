/**
 * PyTorch checkpoints, pickles and zip archives, read in Node without executing anything, and written.
 *
 * @module @lola-ts/torch-files
 */
export {openStateDict, writeStateDict} from "./state-dict";
