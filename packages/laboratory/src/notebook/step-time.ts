/** How long work takes on this machine: the time of a step is stored when work ends, and estimates the next work of its name. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {isPlainObject, machineName, parseJson, writeWhole} from "@lola-ts/core";

/** Seconds of a step by the name of the work, by machine. */
type Times = Record<string, Record<string, number>>;

/** The time of a step of some work. */
export class StepTime {
  /**
   * @param root folder of the artefact store, which keeps the times.
   * @param name of the work, such as "euler-tour-diffusion-c16".
   * @param units parts of a step that take as long whatever the options. Default: 1.
   * @param before finds the seconds of a step where none was measured on this machine. Default: NaN.
   */
  constructor(
    private readonly root: string,
    private readonly name: string,
    private readonly units = 1,
    private readonly before: () => number = () => NaN,
  ) {}

  /** Seconds; NaN if they are not known. */
  get seconds(): number {
    const unit = this.read()[machineName()]?.[this.name];
    return unit === undefined ? this.before() : unit * this.units;
  }

  /** Store a measured time. A failure costs nothing but the next estimate. */
  keep(seconds: number): void {
    const times = this.read();
    const machine = machineName();
    const changed = {...times[machine], [this.name]: Number((seconds / this.units).toPrecision(4))};
    void writeWhole(this.file, `${JSON.stringify({...times, [machine]: changed}, null, 1)}\n`).catch(() => undefined);
  }

  private get file(): string {
    return path.join(this.root, "times.json");
  }

  private read(): Times {
    try {
      const times: unknown = parseJson(readFileSync(this.file, "utf8"));
      return isPlainObject(times) ? (times as Times) : {};
    } catch {
      return {};
    }
  }
}
