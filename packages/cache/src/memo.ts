/** Results in memory, by the key of their artefact: laboratories that share them make and read each once. */
import {Work} from "./work";

export class Memo {
  private readonly works = new Map<string, Work<unknown>>();

  /** @param shared results that are used where they are there, and stay when these ones are released. Default: none. */
  constructor(private readonly shared?: Memo) {}

  /** Dispose of the models among the results, and forget all: nobody may use them afterwards. */
  async release(): Promise<void> {
    const all = [...this.works.values()];
    this.works.clear();
    for (const work of all) {
      const {model} = ((await work.result().catch(() => undefined)) ?? {}) as {model?: {dispose?: () => void}};
      model?.dispose?.();
    }
  }

  /** Get the result of a key, or make it. Work that was told to stop is done again once it has saved its state. */
  async once<T>(key: string, make: () => Promise<T>): Promise<T> {
    if (this.shared?.works.has(key)) return this.shared.once(key, make);
    let work = this.works.get(key) as Work<T> | undefined;
    if (work?.stopping) {
      await work.end();
      this.forget(key, work);
      return this.once(key, make);
    }
    work ??= new Work(make);
    this.works.set(key, work);
    try {
      return await work.result();
    } catch (error) {
      this.forget(key, work);
      throw error;
    }
  }

  private forget(key: string, work: Work<unknown>): void {
    if (this.works.get(key) === work) this.works.delete(key);
  }
}
