/** Messages to threads of the page: orders at once, calls one after the other, followed and cancelled by their numbers. */
import type {Progress, Watch} from "./forecasts";

export interface Request {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly unknown[];
}

export type Reply =
  | {readonly id: number; readonly value: unknown}
  | {readonly id: number; readonly error: string}
  | {readonly id: number; readonly progress: Progress};

type Answers = Readonly<Record<string, (...parameters: never[]) => unknown>>;

const running = new Map<number, AbortController>();

const scope = globalThis as unknown as {
  postMessage(message: Reply): void;
  onmessage: (event: {data: Request}) => void;
};

/** Answer what the page asks; calls also get a {@link Watch} as their last parameter, and `check` may refuse what they computed. */
export function serveThread(orders: Answers, calls: Answers, check?: () => void): void {
  const answer = async ({id, name, parameters}: Request): Promise<unknown> => {
    if (name === "cancel") return running.get(parameters[0] as number)?.abort(new Error("It was cancelled."));
    if (name in orders) return orders[name](...(parameters as never[]));
    const controller = new AbortController();
    running.set(id, controller);
    await new Promise((resolve) => setTimeout(resolve)); // lets a cancellation in that is already waiting
    try {
      controller.signal.throwIfAborted();
      const onProgress = (progress: Progress) => scope.postMessage({id, progress});
      const watch: Watch = {onProgress, signal: controller.signal};
      return await calls[name](...([...parameters, watch] as never[]));
    } finally {
      running.delete(id);
      check?.();
    }
  };
  scope.onmessage = ({data}) => {
    answer(data).then(
      (value) => scope.postMessage({id: data.id, value}),
      (error: Error) => scope.postMessage({id: data.id, error: error.message}),
    );
  };
}
