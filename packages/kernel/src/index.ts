/** A Jupyter kernel for TypeScript. Its program is `main.ts`; this door runs cells without Jupyter. */
export {openSession, prepare, type Prepared} from "./prepare";
export type {Outcome, Session} from "./session";
export {adaptCompiler, OPTIONS, type CellCompiler, type Compiler} from "./compiler";
