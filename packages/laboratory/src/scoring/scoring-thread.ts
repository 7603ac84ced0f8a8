/** Program of the threads that score forecasts. */
import {serve} from "@lola-ts/core";
import {scoresOf, type ScoringTask} from "./scoring-task";

serve<ScoringTask, string>(scoresOf, () => []);
