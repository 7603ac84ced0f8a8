/** The galleries of the paper: which test trajectory each shows, and how that differs from the paper's. */
import {checkOptions} from "@lola-ts/core";
import type {Gallery, System} from "@lola-ts/simulators";
import {parametersInWords, type Lab} from "@lola-ts/laboratory";
import {labRule} from "@lola-ts/laboratory/stages";
import {viewRollouts, type RolloutView} from "./rollout-view";

export interface GalleryView extends Gallery {
  /** Name of its files: "figure-10". */
  readonly name: string;
  /** Its place among the drawn test trajectories; none where no trajectory is of the regime. */
  readonly trajectory?: number;
  /** Title: the regime, and parameters that differ from the paper's; the regime alone where it has no trajectory. */
  readonly shows: string;
  /** Decodes its rollouts. @throws RangeError if there is no trajectory. */
  readonly open: () => Promise<RolloutView>;
}

/**
 * Find a test trajectory for each of the paper's galleries of a system: of the gallery's boundary, with parameters that are
 * nearest to the gallery's, and another one each time as long as there are enough.
 *
 * @example
 * for (const {name, trajectory, open} of await galleries(lab)) {
 *   if (trajectory !== undefined) await lab.show((await open()).galleryFigure(), {name, interactive: false, scale: 1});
 * }
 */
export async function galleries(lab: Lab): Promise<GalleryView[]> {
  checkOptions("galleries", labRule, lab, "lab");
  const {system, wells, testTrajectories} = await lab.dataset();
  const drawn = testTrajectories.map((n) => wells.test.trajectories[n]);
  const taken: number[] = [];
  return (lab.system.paper?.galleries ?? []).map((gallery) => {
    const {figure, regime} = gallery;
    const trajectory = nearest(system, gallery, drawn, taken);
    if (trajectory !== undefined) taken.push(trajectory);
    const [own, best] = [trajectory, nearest(system, gallery, drawn)].map((place) =>
      place === undefined ? undefined : differenceInWords(gallery, drawn[place].scalars),
    );
    const difference = own === best ? own : own?.replace("nearest", "nearest of those left");
    const open = async () => {
      if (trajectory !== undefined) return viewRollouts(lab, {trajectory, note: difference && `${difference}.`});
      throw new RangeError(`galleries: expected a test trajectory of Figure ${figure}, ${regime}, found none.`);
    };
    return {...gallery, name: `figure-${figure}`, trajectory, shows: difference ?? regime, open};
  });
}

/** Parameters of a trajectory, and the codes of its boundaries. */
interface Shown {
  readonly scalars: Readonly<Record<string, number>>;
  readonly boundary?: readonly (readonly number[])[];
}

/** Find the place of the trajectory that fits best; one that is taken only if no other fits. */
function nearest(
  {scalars: known}: Pick<System, "scalars">,
  {boundary, parameters = {}}: Gallery,
  all: readonly Shown[],
  taken: readonly number[] = [],
): number | undefined {
  const fitting = all.flatMap(({scalars, boundary: codes = []}, place) => {
    if (boundary !== undefined && !codes.flat().every((code) => code === boundary)) return [];
    const far = Object.entries(parameters).map(([name, wanted]) => {
      const {values, log} = known.find((scalar) => scalar.name === name)!;
      const [low, high, a, b] = [Math.min(...values), Math.max(...values), scalars[name], wanted].map((value) =>
        log ? Math.log(value) : value,
      );
      return Math.abs(a - b) / (high - low || 1);
    });
    return [{place, far: far.reduce((sum, one) => sum + one, 0)}];
  });
  const free = fitting.filter(({place}) => !taken.includes(place));
  const [first] = (free.length > 0 ? free : fitting).sort((a, b) => a.far - b.far);
  return first?.place;
}

/** Say how a trajectory's parameters differ from a gallery's of the paper; nothing if they are the same. */
function differenceInWords({parameters = {}}: Gallery, scalars: Shown["scalars"]): string | undefined {
  const names = Object.keys(parameters);
  const [own, printed] = [scalars, parameters].map((values) =>
    parametersInWords(Object.fromEntries(names.map((name) => [name, values[name]]))),
  );
  return own === printed ? undefined : `${own}, nearest to the paper's ${printed}`;
}
