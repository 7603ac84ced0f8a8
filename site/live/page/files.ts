/** Files of the page's own folder. They are scripts: a page that is opened as a file may load nothing else. */
import {fromBase64} from "../engine/encoding";

const contents = new Map<string, string>();
const pending = new Map<string, Promise<string>>();

/** Called by each file with its name and content. */
export function receiveFile(name: string, text: string): void {
  contents.set(name, text);
}

function load(name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `files/${name}.js`;
    script.onload = () => {
      const text = contents.get(name);
      contents.delete(name);
      if (text !== undefined) resolve(text);
      else reject(new Error(`files/${name}.js is damaged: it was cut short, or is another file.`));
    };
    script.onerror = () => reject(new Error(`files/${name}.js is missing.`));
    document.head.append(script);
  });
}

/** Do something once for a key; after a failure another try may succeed. */
export function once<T>(results: Map<string, Promise<T>>, key: string, task: () => Promise<T>): Promise<T> {
  const known = results.get(key);
  if (known) return known;
  const promise = task();
  results.set(key, promise);
  promise.catch(() => results.delete(key));
  return promise;
}

/** Load a file, once. @throws Error naming it if it is missing or damaged. */
export const loadFile = (name: string): Promise<string> => once(pending, name, () => load(name));

export const loadBytes = async (name: string): Promise<Uint8Array> => fromBase64(await loadFile(name));
