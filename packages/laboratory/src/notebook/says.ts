import type {Stage} from "../store/artifacts";
import {request} from "./work";

/** Has methods that obtain artefacts. */
interface Speaker {
  readonly artifacts: {readonly report: (text: string) => void};
}

/**
 * Let a method say which artefacts of its stage were loaded, unless another such method calls it: a decorator.
 *
 * @example @says("dataset") dataset(): Promise<Dataset> { ... }
 */
export function says(stage: Stage | "timing") {
  return <A extends unknown[], R>(
    method: (this: Speaker, ...options: A) => Promise<R>,
    _: ClassMethodDecoratorContext<Speaker>,
  ) =>
    function (this: Speaker, ...options: A): Promise<R> {
      return request(stage, this.artifacts.report, () => method.apply(this, options));
    };
}
