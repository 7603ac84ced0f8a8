import type {ExecutionMode} from "../packages/engine/src/compile/compile";

/** Let all tests in the surrounding block compile their steps for an execution mode. */
export function withExecutionMode(mode: ExecutionMode): void {
  const before = process.env.LOLA_COMPILE;
  beforeEach(() => {
    process.env.LOLA_COMPILE = mode;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.LOLA_COMPILE;
    else process.env.LOLA_COMPILE = before;
  });
}
