/** The engine in a browser. A bundler for browsers exchanges `backend.ts` by the field "browser" of package.json. */
export {checkEngine, startEngine, type StartedEngine} from "./engine";
export {acceleration, proved, startAcceleration, type Acceleration} from "./webgpu/accelerator";
export {engineChoices, engineNames, type EngineChoice, type EngineName} from "./engine-names";
