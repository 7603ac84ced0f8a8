/**
 * compile(step) for TensorFlow.js: gradients, recorded steps and fused operations, in Node and in a browser.
 *
 * @module @lola-ts/engine
 */
export {jvp, linearise, vjp} from "./autodiff/jacobian";
export {recompute} from "./autodiff/recompute";
export {taped} from "./autodiff/tape";
export {arrived, attr, isUsingGpu, rawOp, rawOps, tf} from "./backend";
export {cg} from "./cg";
export {compile, type Compiled} from "./compile/compile";
export {isRecording} from "./compile/tracer";
export {runTracedStep, type TracedStep} from "./compile/traced-step";
export {isFused} from "./fused";
export {gmres} from "./gmres";
export {attend, rotaryEmbedding} from "./ops/attention-ops";
export {convolution, type ConvolutionOptions} from "./ops/convolution";
export {
  affine,
  blockMeans,
  depthToSpace,
  dropout,
  gatedSum,
  layerNorm,
  rmsNorm,
  saturate,
  saturationNames,
  silu,
  spaceToDepth,
  type Saturation,
} from "./ops/ops";
export {precisions, type Precision} from "./ops/precision";
export {RowRandom, Random, type BatchShare} from "./random";
export {freeHosts, Ranks, type RanksOptions} from "./ranks";
export {floatsFrom, like, tensorFrom} from "./tensor-rules";
