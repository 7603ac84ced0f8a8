/** Changes that must be refused. */
import {changedConfig, type Change} from "../src/changes";
import {preset} from "../src/presets/presets";

/** Apply a change to the tour that must be refused, even one that the compiler would refuse. @returns the sentence. */
export function refusal(change: unknown): string {
  try {
    changedConfig("openLab", preset("euler", "tour"), change as Change);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    const {message} = error as Error;
    expect(message).not.toContain("\n");
    return message;
  }
  throw new Error("expected a refusal, found none");
}
