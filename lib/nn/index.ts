export {count, countFrom0, dropoutRate, MAX_COUNT, share} from "./architecture-rules";
export {parameterCounts} from "./count";
export {latentStride} from "./dcae";
export {BoundParameters, Layout, Model} from "./module";
export {decoderOperations, transformerOperations} from "./operations";
export {attentionPatterns, valueResiduals, ViT, type ViTConfig} from "./vit";
