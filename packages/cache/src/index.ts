/**
 * A store of artefacts by the key of what they are made from, and the work that makes them: locks, progress, interrupts.
 *
 * @module @lola-ts/cache
 */
export {type Artifact, artifactKey, Artifacts, MissingArtifactError, type Recipe} from "./artifacts";
export {exclusively} from "./exclusive";
export {interruptedError, interruptible} from "./interrupt";
export {displayId, displayWriter, type DisplayWriter, type MimeBundle} from "./kernel-output";
export {Memo} from "./memo";
export {type Manifest, readFloats, readSealedJson, sealedJson} from "./payload";
export {formatSeconds, Progress, type ProgressMessage, StepTime, track} from "./progress";
export {type Inputs, type Node, node, type Place, ready, type Stage, type StageWork} from "./stage";
export {TaskLimiter} from "./task-limiter";
export {current, currentWork, request, says, within} from "./work";
