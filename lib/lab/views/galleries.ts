/** The paper's galleries (Figures 10 to 21): test trajectories of given regimes, by every method. */
import {checkOptions} from "../../core/options/check-options";
import type {Gallery} from "../../systems/system";
import {labRule, type Lab} from "../lab";
import type {Dataset} from "../stages/dataset";
import {viewRollouts, type RolloutView} from "./rollout-view";

/** A gallery and the trajectory that it shows. */
export interface GalleryView extends Gallery {
  /** Name of its files: "figure-10". */
  readonly name: string;
  /** Its place among the drawn test trajectories; none where no trajectory is of the regime. */
  readonly trajectory?: number;
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
  const dataset = await lab.dataset();
  const taken: number[] = [];
  return (lab.system.paper?.galleries ?? []).map((gallery) => {
    const {figure, regime} = gallery;
    const trajectory = nearest(dataset, gallery, taken);
    if (trajectory !== undefined) taken.push(trajectory);
    const open = async () => {
      if (trajectory !== undefined) return viewRollouts(lab, {trajectory});
      throw new RangeError(`galleries: expected a test trajectory of Figure ${figure}, ${regime}, found none.`);
    };
    return {...gallery, name: `figure-${figure}`, trajectory, open};
  });
}

/** Find the place of the drawn trajectory that fits best; one that is taken only if no other fits. */
function nearest({wells, testTrajectories, system}: Dataset, gallery: Gallery, taken: number[]): number | undefined {
  const {boundary, parameters = {}} = gallery;
  const fitting = testTrajectories.flatMap((n, place) => {
    const {scalars, boundary: codes} = wells.test.trajectories[n];
    if (boundary !== undefined && !codes.flat().every((code) => code === boundary)) return [];
    const far = Object.entries(parameters).map(([name, wanted]) => {
      const {values, log} = system.scalars.find((scalar) => scalar.name === name)!;
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
