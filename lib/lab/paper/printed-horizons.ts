import type {System} from "../../systems/registry";

/** Say where the headers of the paper's Tables 6 and 7 print other horizons than its numbers are of. */
export function printedHorizonsNote({paper}: Pick<System, "paper">): string {
  const {printedHorizons = [], horizons = []} = paper ?? {};
  const odd = printedHorizons.flatMap((printed, i) => (printed.join() === horizons[i].join() ? [] : [i]));
  const list = (all: readonly (readonly number[])[]) => odd.map((i) => all[i].join(":")).join(" and ");
  if (odd.length === 0) return "";
  return `The paper's header prints ${list(printedHorizons)}; its numbers are of ${list(horizons)}, as in its later tables.`;
}
