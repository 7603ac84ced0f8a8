/** Which values the options of data may have. */
import {isPlainObject} from "../../core/check";
import {choose, oneOf, section, type RulesOf} from "../../core/options/rules";
import {simulatedSystem, systemNames, systemOf} from "../../systems/registry";
import type {WellDataConfig} from "../config";

const well: RulesOf<WellDataConfig> = {source: oneOf(["well"])};

/** Rule of `data`: The Well's own files, or the options of the system that is simulated. */
export const dataRule = choose((data) => {
  const {source, system}: Record<string, unknown> = isPlainObject(data) ? data : {};
  if (source !== undefined) return section(well);
  const known = systemNames.find((name) => name === system);
  if (known) return section(systemOf(known).rules);
  const {rules} = simulatedSystem({});
  return section(system === undefined ? rules : {...rules, system: oneOf(systemNames)});
});
