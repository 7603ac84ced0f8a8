/** Versions of the code that makes artefacts, by stage: one that differs makes another artefact. */
import {systemOf, type SystemName} from "@lola-ts/simulators";
import {AUTOENCODER_VERSION} from "../stages/autoencoders";
import {STANDARDIZATION_VERSION} from "../stages/dataset";
import {EMULATOR_VERSION} from "../stages/emulators";
import {EVALUATION_VERSION} from "../scoring/score";
import {LATENTS_VERSION} from "../stages/latents";
import {ROLLOUT_VERSION} from "../stages/rollouts";
import {TRAINING_MEAN_VERSION} from "../stages/evaluation";

/** Collect the versions of all stages of a system. */
export function stageVersions(system: SystemName): Record<string, number> {
  return {
    dataset: systemOf(system).version,
    standardization: STANDARDIZATION_VERSION,
    trainingMean: TRAINING_MEAN_VERSION,
    autoencoder: AUTOENCODER_VERSION,
    latents: LATENTS_VERSION,
    emulator: EMULATOR_VERSION,
    rollout: ROLLOUT_VERSION,
    evaluation: EVALUATION_VERSION,
  };
}
