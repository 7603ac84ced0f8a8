import {says, currentWork, Work} from "../src/work";

class Stages {
  readonly said: string[] = [];
  readonly artifacts = {report: (text: string) => void this.said.push(text)};

  /** Load an artefact of a stage. */
  private load(stage: string): Promise<string> {
    const work = new Work(() => {
      currentWork()?.note({stage, fresh: false, sentence: `${stage}: loaded`});
      return Promise.resolve(stage);
    });
    return work.result();
  }

  @says("dataset")
  dataset(): Promise<string> {
    return this.load("dataset");
  }

  @says("latents")
  async latents(): Promise<string> {
    await this.dataset();
    return this.load("latents");
  }
}

test("a method says what it loaded of its own stage, and nothing of its inputs", async () => {
  const stages = new Stages();
  expect(await stages.latents()).toBe("latents");
  expect(stages.said).toEqual(["latents: loaded"]);
  await stages.dataset();
  expect(stages.said).toEqual(["latents: loaded", "dataset: loaded"]);
});
