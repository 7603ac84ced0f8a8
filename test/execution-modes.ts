import type {ExecutionMode} from "../lib/tensor/compile/execution-modes";

/** Let every test around the call compile its steps for a route. */
export function onRoute(route: ExecutionMode): void {
  const before = process.env.LOLA_COMPILE;
  beforeEach(() => {
    process.env.LOLA_COMPILE = route;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.LOLA_COMPILE;
    else process.env.LOLA_COMPILE = before;
  });
}
