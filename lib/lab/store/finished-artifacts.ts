import {Artifacts, type Artifact, type Recipe} from "./artifacts";

/** Thrown for an artefact that would have to be made. */
export class MissingArtifactError extends Error {}

/** A store that finds the artefacts of another one, and refuses to make any. */
export class FinishedArtifacts extends Artifacts {
  constructor(private readonly of: Artifacts) {
    super(of.root, () => undefined);
  }

  override has(recipe: Recipe): Promise<boolean> {
    return this.of.has(recipe);
  }

  override ships(recipe: Recipe): boolean {
    return this.of.ships(recipe);
  }

  override hasWaited(recipe: Recipe): Promise<boolean> {
    return this.has(recipe);
  }

  override async obtain(recipe: Recipe): Promise<Artifact> {
    if (await this.has(recipe)) return {path: this.path(recipe), key: this.key(recipe), fresh: false};
    throw new MissingArtifactError(`${this.path(recipe)} is not there`);
  }
}
