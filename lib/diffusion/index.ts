export {denoiserLoss, diffuse} from "./denoiser-loss";
export {KarrasDenoiser, MaskedDenoiser, type DenoiserConfig} from "./denoiser";
export {MMPSDenoiser, observeDecoded} from "./guidance";
export {createSchedule, discretize, logLogit, rectified, type Schedule, type ScheduleConfig} from "./noise-schedule";
export {observer, type ObservationSpec, type Observer} from "./observations";
export {score} from "./posterior";
export {adamsBashforth, exponentialAdamsBashforth} from "./samplers/multistep";
export {orderRule, Sampler, schemeRule, type SamplerOptions, type SamplerScheme} from "./samplers/sampler";
