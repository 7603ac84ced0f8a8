/** Let the browser do waiting work, then continue: `setImmediate` of node:timers/promises. */
export function setImmediate<T>(value?: T): Promise<T | undefined> {
  return new Promise((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(value);
    };
    port2.postMessage(0);
  });
}

/** Wait for a number of milliseconds: `setTimeout` of node:timers/promises, for code that a page loads and does not call. */
export const setTimeout = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void globalThis.setTimeout(resolve, milliseconds));
