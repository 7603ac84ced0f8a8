/** Equations of the views, each with the line of code that computes it. */
import {readFileSync} from "node:fs";
import path from "node:path";
import katex from "katex";
import {escapeHtml} from "@lola-ts/core";
import type {ViewName} from "../live/page/state";
import {root} from "./library";

interface Equation {
  /** Paragraphs and formulas ($$ ... $$) in turn. */
  readonly text: string;
  /** A file of the library, and the text of the first of its lines that are shown. */
  readonly code: {readonly file: string; readonly from: string; readonly lines: number};
}

const EQUATIONS: Readonly<Record<Exclude<ViewName, "machine" | "results" | "game">, Equation>> = {
  compress: {
    text: String.raw`An encoder $E_\psi$ maps a state $x$ to a latent $z$ on a coarser grid, and a decoder maps it back; both are trained to make the relative error small (Equation 6 of the paper):
$$\hat x = D_\psi(E_\psi(x)), \qquad \operatorname{VRMSE}(x, \hat x) = \sqrt{\frac{\langle (x - \hat x)^2 \rangle}{\langle (x - \langle x \rangle)^2 \rangle + \epsilon}}.$$
A saturation bounds the latent. The rate is the number of values of a state over the number of values of its latent.`,
    code: {file: "lib/models/autoencoder.ts", from: "    const output = this.output", lines: 3},
  },
  noise: {
    text: String.raw`A noisy latent is $z_t = \alpha_t z + \sigma_t \varepsilon$ with $\varepsilon \sim \mathcal N(0, I)$. A network $F$ is wrapped so that its input and its target have unit variance at every noise level (Karras et al.):
$$d(z_t, t) = \frac{\alpha_t}{\alpha_t^2 + \sigma_t^2} z_t + \frac{\sigma_t}{\sqrt{\alpha_t^2 + \sigma_t^2}} F\left(\frac{z_t}{\sqrt{\alpha_t^2 + \sigma_t^2}}, \log \frac{\sigma_t}{\alpha_t}\right) \approx \mathbb E[z \mid z_t].$$`,
    code: {file: "lib/diffusion/denoiser.ts", from: "      const guess = this.network.forward", lines: 2},
  },
  sample: {
    text: String.raw`Without added noise, sampling follows an ordinary differential equation. In $\rho = \sigma_t / \alpha_t$ it is
$$\frac{\mathrm d}{\mathrm d \rho} \frac{z_t}{\alpha_t} = \frac{z_t - \alpha_t \, \mathbb E[z \mid z_t]}{\sigma_t},$$
whose right-hand side changes slowly. Adams-Bashforth fits a polynomial through its last values, as many as the order says, and integrates it over the next step: one call of the denoiser each.`,
    code: {file: "lib/diffusion/samplers/multistep.ts", from: "      return (xt, {i, from, to, mean}) => {", lines: 9},
  },
  rollout: {
    text: String.raw`A model completes a window of $n + 1$ states from the first; the last one is the first of the next window:
$$z^{i+1 : i+n} \sim p_\phi(z^{i+1 : i+n} \mid z^i, \theta).$$
The solver replaces the draw by one estimate, the mean of all that could follow.`,
    code: {file: "lib/emulate/rollout.ts", from: "        const mask = tf.tensor1d(contextMask", lines: 6},
  },
  guide: {
    text: String.raw`Given observations $y = A(z) + \eta$ of variance $v_y$, moment matching posterior sampling moves the denoiser's mean $\hat z$ towards them,
$$\mathbb E[z \mid z_t, y] \approx \hat z + C A^T (v_y I + A C A^T)^{-1} (y - A(\hat z)), \qquad C = \frac{\sigma_t^2}{\alpha_t} J^T, \quad J = \frac{\partial \hat z}{\partial z_t}.$$
Here $A$ decodes the latent and picks the observed cells; products with $J$ and with the derivative of $A$ are gradients. One iteration of GMRES solves the linear system.`,
    code: {file: "lib/diffusion/guidance.ts", from: "      const solution = this.solve", lines: 3},
  },
  scores: {
    text: String.raw`Of $K$ members $v_k$ and a truth $u$, at each point and then on average,
$$\operatorname{CRPS} = \frac 1 K \sum_k |v_k - u| - \frac{1}{2 K (K - 1)} \sum_{j, k} |v_j - v_k|.$$
If truth and members are exchangeable, the error of the mean is $\sqrt{(K + 1) / K}$ times the spread: the ratio has that factor and is 1 for an honest ensemble.`,
    code: {file: "lib/evaluate/ensemble.ts", from: "  let sum = 0;", lines: 5},
  },
  race: {
    text: String.raw`The meter compares columns $z_p$ of the state's latent with their mean $m$ and covariance $S$ over training states, at the $P$ places of the coarse grid and in its $C$ channels:
$$d^2 = \frac 1 {P C} \sum_p (z_p - m)^T S^{-1} (z_p - m).$$
What the latent does not hold is the error of the decoded state. Both are read as parts of the largest values of validation states.`,
    code: {file: "site/live/engine/meter.ts", from: "    const centred =", lines: 3},
  },
  train: {
    text: String.raw`The denoiser learns from windows whose noise is known. It is trained to remove it, at all noise levels alike (Equations 3 and 7 of the paper):
$$\mathcal L = \mathbb E \left[ \frac{\alpha_t^2 + \sigma_t^2}{\sigma_t^2} \left\| d(z_t, t) - z \right\|^2 \right].$$
AdamW changes the weights a little after each batch, against the gradient of the loss. The solver has the squared error of its answer as its loss, the autoencoder the relative error of its copy.`,
    code: {file: "lib/diffusion/denoiser-loss.ts", from: "    const xt = diffuse", lines: 4},
  },
};

const formula = (text: string, displayMode: boolean) => katex.renderToString(text, {displayMode, throwOnError: true});

export function mathsToHtml(text: string): string {
  return text
    .split(/(\$\$[^$]+\$\$|\$[^$]+\$)/)
    .map((part) => {
      if (part.startsWith("$$")) return formula(part.slice(2, -2), true);
      return part.startsWith("$") ? formula(part.slice(1, -1), false) : escapeHtml(part);
    })
    .join("");
}

/** Show lines of a file. @throws Error if the file has no such line. */
function codeOf({file, from, lines}: Equation["code"]): string {
  const all = readFileSync(path.join(root, file), "utf8").split("\n");
  const at = all.findIndex((line) => line.startsWith(from));
  if (at < 0) throw new Error(`${file}: expected the line "${from.trim()} …" that the live page shows, found none.`);
  const shown = all.slice(at, at + lines);
  const indent = Math.min(...shown.filter(Boolean).map((line) => /^ */.exec(line)![0].length));
  const text = shown.map((line) => line.slice(indent)).join("\n");
  return `<p>In ${file}, line ${at + 1}:</p><pre><code>${escapeHtml(text)}</code></pre>`;
}

export function equationTemplates(): string {
  return Object.entries(EQUATIONS)
    .map(([name, {text, code}]) => {
      const paragraphs = text
        .split("\n")
        .map((line) => (line.startsWith("$$") ? mathsToHtml(line) : `<p>${mathsToHtml(line)}</p>`));
      return `<template id="equation-${name}">${paragraphs.join("")}${codeOf(code)}</template>`;
    })
    .join("\n");
}
