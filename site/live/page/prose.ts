/** Sentences of the page, in which words explain themselves and numbers set the view. */
import {h, uniqueId} from "./dom";

const GLOSSARY: Readonly<Record<string, string>> = {
  autoencoder: "Two networks that are trained together: an encoder maps a state to its latent, a decoder maps it back.",
  compression: "÷80: a state has 80 times as many numbers as its latent.",
  CRPS: "Error of a whole distribution, in units of the field: small if the members are near the truth and spread as far as they err.",
  denoiser: "A network that estimates the clean latents behind noisy ones: the mean of all that they could be.",
  emulator: "A network that completes a window of states from the first ones: it takes the simulator's place.",
  energy: "The energy score: a CRPS of whole fields instead of single points.",
  ensemble: "Several forecasts from one start, which differ by their noise alone. Each is a member.",
  latent: "A state after the encoder: a few channels on a coarse grid.",
  "lead time":
    "Time from the last state that is known to the forecast, counted in stored states as the paper counts them.",
  "neural solver": "An emulator with one answer, trained to be near the truth on average.",
  "power spectrum": "How strong structures of each size are, wherever they are; large ones on the left.",
  sampler: "The walk from noise to a sample, one call of the denoiser per step.",
  "spectral error": "Relative error of the power spectrum in its middle third: 0 keeps all structure of those sizes.",
  spread:
    "How far the members disagree, with the factor that makes it as large as the error if the ensemble is honest.",
  VRMSE:
    "Root of the mean squared error, over the field's own deviation: 0 is exact, 1 is as good as the spatial mean. Its square is the share of variance that is missed.",
  window: "The consecutive states that one call of the emulator completes.",
};

/** Make a word that explains itself to mouse, finger, keys and screen readers. */
function explained(word: string, key: string): HTMLElement {
  const meaning = GLOSSARY[key];
  if (meaning === undefined) throw new Error(`prose: expected a word of the glossary, found "${key}".`);
  const id = uniqueId();
  const close = (event: Event) => (event as KeyboardEvent).key === "Escape" && (event.target as HTMLElement).blur();
  return h(
    "dfn",
    {tabindex: 0, "aria-describedby": id, onkeydown: close},
    word,
    h("span", {class: "tip", role: "tooltip", id}, meaning),
  );
}

/**
 * Make a text. `[[word]]` or `[[words|word]]` explains itself; `[words](rate=4&at=3)` sets the view as an address would.
 *
 * @throws Error naming a word that is not in the glossary.
 */
export function prose(text: string, follow: (fragment: string) => void): (Node | string)[] {
  return text.split(/(\[\[[^\]]+\]\]|\[[^\]]+\]\([^)]+\))/).map((part) => {
    const [, word, key] = /^\[\[([^|]+?)(?:\|(.+))?\]\]$/.exec(part) ?? [];
    if (word) return explained(word, key ?? word);
    const [, words, fragment] = /^\[(.+)\]\((.+)\)$/.exec(part) ?? [];
    if (!words) return part;
    const onclick = (event: Event) => (event.preventDefault(), follow(fragment));
    return h("a", {href: `#${fragment}`, class: "set", onclick}, words);
  });
}
