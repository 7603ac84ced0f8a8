/**
 * Facts about Kolmogorov flow: two-dimensional incompressible flow in a periodic box, driven by a sinusoidal force. The
 * paper does not have it; it is the field's common small benchmark for emulators of chaos.
 *
 * @see Kochkov et al., "Machine learning-accelerated computational fluid dynamics", 2021, arXiv:2102.01010
 */
import {defineSpec, everywhere} from "../system";
import {BOUNDARY} from "@lola-ts/core";

export const kolmogorovSpec = defineSpec({
  name: "kolmogorov",
  title: "Kolmogorov flow",
  short: "KF",
  common: "Kolmogorov flow",
  folders: ["kolmogorov_flow"],
  axes: ["x", "y"],
  extent: [2 * Math.PI, 2 * Math.PI],
  fields: [
    {name: "vorticity", order: 0},
    {name: "velocity", order: 1},
  ],
  scalars: [{name: "Reynolds", values: [40, 50, 60, 75, 90, 110, 130, 200, 400], log: true, symbol: "Re"}],
  boundaries: [everywhere(BOUNDARY.PERIODIC, 2)],
  transform: ["identity", "identity", "identity"],
  augment: {flip: false, permute: false, roll: true},
  mirrors: [false, false], // a mirror image has the opposite vorticity, and the force the opposite sign or place
  rolls: [true, 4], // along y the force has four periods
  displayed: "vorticity",
  distribution: {compared: "values", channel: "vorticity", title: "Wasserstein distance of vorticity"},
});
