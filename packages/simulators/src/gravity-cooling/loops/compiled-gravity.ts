/** The loops of {@link scriptConvolution} and {@link scriptKick}, compiled by set-up. */
import {CompiledModule, haveSameBits, tablesOf, fourierPlan} from "@lola-ts/core";
import {GHOSTS} from "../../gas/ghosts";
import {CONSERVED, STATE} from "../kernels";
import {scriptConvolution, type Convolution, type Spectrum} from "./script-convolution";
import {scriptKick, type Kick, type KickedGas} from "./script-kick";

/** What packages/simulators/native/cloud-gravity.cc exports. */
export interface GravityModule {
  readonly convolve: (
    re: Float64Array,
    im: Float64Array,
    kernel: Float64Array,
    planes: number,
    ny: number,
    nz: number,
    yOrder: Int32Array,
    yTables: Float64Array,
    zOrder: Int32Array,
    zTables: Float64Array,
  ) => void;
  readonly kick: (
    u: Float64Array,
    w: Float64Array,
    potential: Float64Array,
    nx: number,
    ny: number,
    nz: number,
    factor: number,
    periodic: number,
  ) => void;
}

/** Make the convolution of a spectrum from the module's function. */
export function compiledConvolution({convolve}: GravityModule, spectrum: Spectrum): Convolution {
  const {re, im, kernel, planes, ny, nz} = spectrum;
  const [y, z] = [spectrum.my, spectrum.mz].map((n) => ({order: fourierPlan(n).order, tables: tablesOf(n)}));
  return () => convolve(re, im, kernel, planes, ny, nz, y.order, y.tables, z.order, z.tables);
}

/** Make the acceleration of a gas from the module's function. */
export function compiledKick({kick}: GravityModule, {cells, u, w, potential, periodic}: KickedGas): Kick {
  const [nx, ny, nz] = cells;
  return (factor) => kick(u, w, potential, nx, ny, nz, factor, periodic ? 1 : 0);
}

const rough = (length: number, phase: number) => Float64Array.from({length}, (_, i) => Math.sin(phase + i * i));

/** Two planes, wider than a slice of the module. */
function roughSpectrum(): Spectrum {
  const [planes, ny, nz, my, mz] = [2, 11, 3, 24, 10];
  const [re, im] = [rough(planes * ny * nz, 0), rough(planes * ny * nz, 1)];
  return {re, im, kernel: rough(planes * (my / 2 + 1) * (mz / 2 + 1), 2), planes, ny, nz, my, mz};
}

function roughGas(periodic: boolean): KickedGas {
  const cells = [3, 2, 4] as const;
  const size = cells.reduce((product, n) => product * (n + 2 * GHOSTS), 1);
  return {cells, u: rough(size * CONSERVED, 0), w: rough(size * STATE, 1), potential: rough(24, 2), periodic};
}

/** Tell whether a module yields the bits of the loops in JavaScript. */
export function agrees(module: GravityModule): boolean {
  const [spectrum, convolved] = [roughSpectrum(), roughSpectrum()];
  compiledConvolution(module, spectrum)();
  scriptConvolution(convolved)();
  const areKicked = [true, false].every((periodic) => {
    const [gas, kicked] = [roughGas(periodic), roughGas(periodic)];
    compiledKick(module, gas)(-0.3);
    scriptKick(kicked)(-0.3);
    return haveSameBits(gas.u, kicked.u) && haveSameBits(gas.w, kicked.w);
  });
  return haveSameBits(spectrum.re, convolved.re) && haveSameBits(spectrum.im, convolved.im) && areKicked;
}

export const gravityModule = new CompiledModule<GravityModule>("cloud-gravity", agrees);

/** Make the convolution of a spectrum, compiled where it is {@link CompiledModule.wanted}. */
export function convolutionOf(spectrum: Spectrum, module = gravityModule): Convolution {
  const compiled = module.wanted;
  return compiled ? compiledConvolution(compiled, spectrum) : scriptConvolution(spectrum);
}

/** Make the acceleration of a gas, compiled where it is {@link CompiledModule.wanted}. */
export function kickOf(gas: KickedGas, module = gravityModule): Kick {
  const compiled = module.wanted;
  return compiled ? compiledKick(compiled, gas) : scriptKick(gas);
}
