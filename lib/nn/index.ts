export {count, countFrom0, dropoutRate, MAX_COUNT, share} from "./architecture-rules";
export {decoderOperations, parameterCounts, transformerOperations} from "./operations";
export {latentStride} from "./dcae";
export {BoundParameters, Layout, Model} from "./module";
export {ViT, type ViTConfig} from "./vit";
