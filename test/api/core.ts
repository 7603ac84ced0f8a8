/** Calls of random numbers and folders. */
import * as lola from "./public";
import type {Calls} from "./judge";

export const coreCalls: Calls = {
  Rng: {call: (state: never) => new lola.Rng(state).uniform(), args: () => [[1, 2, 3, 4]], fine: ["0: -1"]},
  "Rng.from": {
    call: (...parts: never[]) => lola.Rng.from(...parts).uniform(),
    args: () => ["train", 3],
    fine: ["0: another text", "1: -1", "1: NaN", "1: a text"],
  },
  figuresFolder: {call: lola.figuresFolder, args: () => ["smoke"], fine: ["0: another text"]},
  dataFolder: {call: lola.dataFolder, args: () => []},
  projectRoot: {call: lola.projectRoot, args: () => []},
  wellFolder: {call: lola.wellFolder, args: () => []},
};
