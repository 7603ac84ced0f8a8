/**
 * Program of one training: npm run train -- --help
 *
 * Slurm sends SIGTERM when it cancels a job, SIGUSR1 where it is asked to before the time limit: the training saves and ends.
 */
process.env.TF_CPP_MIN_LOG_LEVEL ??= "3"; // a lost rank is said in one sentence, not in TensorFlow's many
import {inspect} from "node:util";
import {UsageError} from "../../core/options/command-line";
import {RankLostError, Ranks} from "../../tensor/ranks";
import {AbortedError} from "../../train/loop";
import {Lab} from "../lab";
import {openLab} from "../open-lab";
import {subjectOf, variantConfig} from "../sweep/sweep-plan";
import {InterruptedError} from "./interrupt";
import {readTrainCommand, type TrainCommand} from "./train-arguments";

const print = (text: string) => void process.stdout.write(`${text}\n`);
const stop = () => void process.emit("SIGINT");
process.on("SIGUSR1", stop);
process.on("SIGTERM", stop);

async function main(): Promise<void> {
  await train(readTrainCommand(process.argv.slice(2), process.env));
}

async function train({system, preset, method, overrides, parallel, join}: TrainCommand): Promise<void> {
  const own = openLab({system, preset});
  const config = variantConfig(own.config, overrides, "train");
  const subject = subjectOf(config, method, "train");
  const ranks = join && (await Ranks.join(join));
  // A rank trains in this process; what it stands on, the first that comes makes, and the others wait.
  const lab = ranks ? new Lab(config, own.artifacts) : own.with(() => config);
  const together = {parallel: ranks ?? parallel};
  const trained =
    subject.kind === "autoencoder"
      ? await lab.autoencoder(subject.latentChannels, together)
      : await lab.emulator(subject.spec, together);
  if ((ranks?.rank ?? 0) === 0) print(inspect(trained));
}

main()
  .then(() => process.exit())
  .catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    if (error instanceof RankLostError) process.kill(process.pid, "SIGKILL"); // a thread may wait for the lost rank forever
    const isUsage = error instanceof UsageError || error instanceof RangeError;
    const isStopped = error instanceof InterruptedError || error instanceof AbortedError;
    process.exit(isUsage || /^Unknown (system|preset)/.test(error.message) ? 2 : isStopped ? 130 : 1);
  });
