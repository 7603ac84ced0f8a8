/** Program: print the relative errors of weights and state after updates of a long vector as single operations. */
import {adamW} from "../../../lib/train/optimisers/adamw";
import {relativeError} from "../../reference/parse-reference";
import {bothWays} from "../../both-ways";
import {updateTwice} from "./update-twice";

const [fused, chained] = bothWays(() => updateTwice(adamW(), [2_100_003]));
process.stdout.write(JSON.stringify(fused.map((tensor, i) => relativeError(tensor, chained[i]))));
