/** Claims of the paper that no number of a run decides, each with the reason. */
import {notMeasured} from "./claim";

export const UNMEASURED = [
  notMeasured(
    {source: "4, Figure 4", claim: "Fronts stay right to the end; plumes grow at the right pace but diverge"},
    "it is judged by eye: see the figures of forecasts",
  ),
  notMeasured(
    {source: "4, Table 1", claim: "Latent diffusion is slower than latent solvers, but competitive with pixel solvers"},
    "times depend on the machine: see Table 1, measured on each",
  ),
  notMeasured(
    {source: "4, Figure 6", claim: "Guidance by partial observations keeps the forecast near the truth"},
    "it needs guided rollouts, which are not part of an evaluation: see Figure 6",
  ),
  notMeasured(
    {source: "Table 14", claim: "Results exceed most published ones on The Well's data"},
    "published results are of the files of The Well at full size; Table 14 has them beside ours, without a test",
  ),
  notMeasured(
    {
      source: "3.2, 3.3, Table 4",
      claim: "Near-identity resampling, a preconditioned optimiser and saturation are critical",
    },
    "it is tested apart from a run, over three seeds: initialisation and optimiser in Table 4 of convection, where both " +
      "matter, saturation in notebook 11, where it stays undecided",
  ),
  notMeasured(
    {source: "6", claim: "Compression filters irrelevant detail, in line with usable information"},
    "an explanation, of which no preset measures a consequence",
  ),
  notMeasured(
    {source: "6", claim: "Try latent space before pixel space, and diffusion before deterministic solvers"},
    "a recommendation; what it rests on is tested above",
  ),
  notMeasured(
    {
      source: "6",
      claim: "Needs large datasets; conclusions are limited to fluids; overfitting may hide in pixel space",
    },
    "caveats, which no run of one system and size can decide",
  ),
];
