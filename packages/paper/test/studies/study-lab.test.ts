import {preset, studiedPreset} from "@lola-ts/laboratory/stages";
import {Artifacts} from "@lola-ts/cache";
import {
  asStudied,
  brieflyTrained,
  designChoices,
  latentForms,
  pixelDiffusion,
  recipeTrials,
  samplerStudy,
  solverTrials,
  studyName,
  studyOptions,
} from "../../src/studies/variant-studies";
import {shippedSweepsFolder} from "../../../laboratory/src/pretrained/shipped";
import {smokeLabs} from "../../../laboratory/test/smoke";

const {open, folder} = smokeLabs();

test("all trainings of the studies that come with the project are those of a preset's studies", async () => {
  const store = new Artifacts(folder("recorded"), undefined, undefined, shippedSweepsFolder());
  const lab = open(() => preset("euler", "tour"), store);
  const recorded = {train: false};
  const studies = [designChoices, recipeTrials, solverTrials, samplerStudy, latentForms];
  const rows = await Promise.all(studies.map(async (study) => (await study(lab, recorded)).rows.length));
  expect(rows).toEqual([7, 12, 4, 15, 3]);
  expect((await pixelDiffusion(lab, recorded)).rows()).toHaveLength(1);
});

test("a quarter of the steps trains autoencoders and latent emulators, all else stays", () => {
  const tour = {...preset("euler", "tour"), seed: 1};
  const {autoencoder, latent, ...rest} = brieflyTrained(tour);
  expect(autoencoder).toEqual({...tour.autoencoder, steps: {16: 500, 4: 500}}); // of 2000
  expect(latent).toEqual({...tour.latent, training: {...tour.latent.training, steps: 600}}); // of 2400
  expect({...tour, ...rest}).toEqual(tour);
});

test("a study of a preset starts from what the recorded ones changed, that of anything else from what it is", () => {
  const [tour, mini] = ["tour", "mini"].map((name) => preset("euler", name));
  expect(asStudied(tour)).toEqual(studiedPreset(tour));
  expect(asStudied(tour).latent.training).toMatchObject({batch: 32, learningRate: 4e-3});
  expect(brieflyTrained(tour).latent.training).toMatchObject({batch: 32, learningRate: 4e-3, steps: 750});
  expect(asStudied(mini)).toEqual(mini);
  const shallow = {...tour, latent: {...tour.latent, hidBlocks: 1}};
  expect(asStudied(shallow)).toBe(shallow);
});

test("the sweep of a preset is named, that of a changed one is not", () => {
  expect(studyName(open(), "forms")).toEqual({name: "forms-euler-smoke"});
  expect(
    studyName(
      open((config) => ({...config, seed: 3})),
      "forms",
    ),
  ).toEqual({});
});

test("a study has three seeds and trains what is missing, unless it is told otherwise; unknown options are refused", () => {
  expect(studyOptions("study", open(), {})).toEqual({seeds: 3, train: true});
  expect(studyOptions("study", open(), {seeds: 1, train: false})).toEqual({seeds: 1, train: false});
  expect(() => studyOptions("study", open(), {seed: 1} as never)).toThrow('study: unknown option "seed"');
  expect(() => studyOptions("study", {} as never, {})).toThrow("study: expected lab to be a laboratory");
});
