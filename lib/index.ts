/**
 * lola: latent diffusion models that emulate physics, their rivals, their training and their scores.
 *
 * Each namespace is a folder that can be imported alone, as in `import {vrmse} from "lola/evaluate"`.
 *
 * @module lola
 */
export {Rng} from "@lola-ts/core";
export {compile, jvp, Random, tf, vjp, type Compiled} from "@lola-ts/engine";
export * as nn from "./nn";
export * as models from "./models";
export * as diffusion from "./diffusion";
export * as emulate from "./emulate";
export * as data from "./data";
export * as train from "./train";
export * as metrics from "./evaluate";
