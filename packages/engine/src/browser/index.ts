/** The engine in a browser. A bundler for browsers exchanges `backend.ts` by the field "browser" of package.json. */
export {checkEngine, startEngine, type StartedEngine} from "./engine";
export {engineNames, type EngineName} from "./engine-names";
