/**
 * What convolutions in bfloat16 cost in accuracy: whole trainings of the tour's autoencoder in both formats, three seeds.
 * Takes about ten minutes on two cores; what was trained before is loaded.
 *
 *     npm run build && node -r ./environment/typescript.cjs test/bench/bfloat16.ts
 */
import {openLab} from "@lola-ts/laboratory";
import {precisions} from "@lola-ts/engine";

const CHANNELS = 16;
const SEEDS = [0, 1, 2];

async function main(): Promise<void> {
  const lab = openLab({system: "euler", preset: "tour"});
  const totals: number[] = [];
  for (const precision of precisions) {
    const model = precision === "float32" ? {} : {precision}; // what is the default is not part of an artefact's key
    const trained = await Promise.all(SEEDS.map((seed) => lab.autoencoder(CHANNELS, {model, seed})));
    const errors = trained.map(({history}) => history.validation.at(-1)![1]);
    totals.push(errors.reduce((sum, error) => sum + error, 0));
    console.log(precision.padEnd(10), errors.map((error) => error.toFixed(4)).join("  "));
  }
  console.log(`mean of bfloat16 over float32: ${(totals[1] / totals[0]).toFixed(4)}`);
}

void main();
