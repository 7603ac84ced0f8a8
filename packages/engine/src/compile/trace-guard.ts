/**
 * Guard against steps that cannot be recorded, because the recording would be another computation than the step.
 *
 * The first error is thrown where it occurs and again when the recording ends: the step may have caught it, or left it in a
 * promise that nobody awaits.
 */
import {nativeBackend, tf} from "../backend";

/** Operations that draw from a generator inside the engine. */
const HIDDEN_RANDOMNESS = new Set([
  "RandomUniform",
  "RandomUniformInt",
  "RandomStandardNormal",
  "RandomGamma",
  "RandomPoisson",
  "RandomPoissonV2",
  "RandomShuffle",
  "RandomCrop",
  "RiscRandomUniform",
  "Multinomial",
  "TruncatedNormal",
  "ParameterizedTruncatedNormal",
]);

const BY_VALUE = "expected control flow that does not depend on values";
const SEEDED = "expected a Random whose key is an input of the step";

export class TraceGuard {
  private first: Error | undefined;

  constructor(private readonly label: string) {}

  /** Make the error to throw, and remember the first one. */
  error(sentence: string): Error {
    const error = new Error(`${this.label}: ${sentence}.`);
    this.first ??= error;
    return error;
  }

  reading(): Error {
    return this.error(
      `the step reads the values of a tensor (dataSync, arraySync, print) and cannot be recorded: ${BY_VALUE} ` +
        `(tf.gather reads its indices, the operation GatherV2 does not)`,
    );
  }

  /** Check an operation. @throws Error when it draws unseeded numbers or has no outputs. */
  operation(name: string, outputs: number): void {
    if (HIDDEN_RANDOMNESS.has(name)) {
      throw this.error(`the operation "${name}" draws from a generator inside the engine: ${SEEDED}`);
    }
    if (outputs === 0) {
      throw this.error(`the operation "${name}" has no outputs and cannot be recorded: its effect would be lost`);
    }
  }

  /** Run the step's body under guard. @throws Error with the first error, even if the step caught it. */
  watch<T>(body: () => T): T {
    const random = () => {
      throw this.error(
        `the step draws random numbers in JavaScript (tf.randomNormal, tf.dropout, Math.random), ` +
          `which would be the same at every call: ${SEEDED}`,
      );
    };
    const read = () => {
      this.error(`the step reads the values of a tensor later (data, array) and cannot be recorded: ${BY_VALUE}`);
      return new Promise<never>(() => undefined); // code that awaits the values never continues
    };
    const assign = () => {
      throw this.error(
        "the step assigns to a tf.Variable: expected state that is an input and comes back as an output",
      );
    };
    const watched = () =>
      replaced(Math, "random", random, () =>
        replaced(nativeBackend(), "read", read, () => replaced(tf.Variable.prototype, "assign", assign, body)),
      );
    try {
      const result = watched();
      if (this.first) throw this.first;
      return result;
    } catch (error) {
      throw this.first ?? error; // an error that follows from the first one matters less
    }
  }
}

/**
 * Run `body` while a property has another value, and restore it afterwards, also when `body` throws.
 *
 * A property of the object's own is assigned to: V8 looks up every property of an object that was redefined for the rest of
 * the process, and each `Math.abs` would take as long as five sums once `Math.random` was.
 */
export function replaced<T>(target: object, name: string, value: unknown, body: () => T): T {
  const own = Object.getOwnPropertyDescriptor(target, name); // none when the class has it
  if (own?.writable) Reflect.set(target, name, value);
  else Object.defineProperty(target, name, {value, configurable: true, writable: true, enumerable: true});
  try {
    return body();
  } finally {
    if (own?.writable) Reflect.set(target, name, own.value);
    else if (own) Object.defineProperty(target, name, own);
    else Reflect.deleteProperty(target, name);
  }
}
