export {count, countFrom0, dropoutRate, MAX_COUNT, share} from "./architecture-rules";
export {decoderOperations, parameterCounts, transformerOperations} from "./operations";
export {latentStride} from "./dcae";
export {BoundParameters, Layout, Model} from "./module";
export {attentionPatterns, valueResiduals, ViT, type ViTConfig} from "./vit";
