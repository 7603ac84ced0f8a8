/**
 * The three dynamical systems of the paper (section 3.1, Appendix B, Table 2), as facts.
 *
 * Nothing here is a choice of ours: names, orders and values are those of The Well's files and of the official
 * configurations. Where the paper and the official code differ, both values are kept under names that say which is which.
 */

/** Name of a system. */
export type SystemName = "euler" | "rayleigh-benard" | "gravity-cooling";

/** What is done to a channel before it is standardised. */
export type Transform = "identity" | "log" | "log1p" | "logEps" | "arcsinh";

/** Boundary codes of The Well: wall 0, open 1, periodic 2. */
export const BOUNDARY = {WALL: 0, OPEN: 1, PERIODIC: 2} as const;

/** Boundary codes of each axis, (lower end, upper end). */
export type BoundaryCodes = readonly (readonly [number, number])[];

/** A physical field: a scalar (order 0) or a vector (order 1) at every cell. */
export interface Field {
  readonly name: string;
  readonly order: 0 | 1;
}

/** A simulation parameter, an entry of $\theta$. */
export interface Scalar {
  readonly name: string;
  /** Values in The Well's files. */
  readonly values: readonly number[];
  /** Whether the label holds its natural logarithm. */
  readonly log: boolean;
}

/** Everything that is fixed for a system. */
export interface System {
  readonly name: SystemName;
  /** Name for readers. */
  readonly title: string;
  /** What the paper's tables call it. */
  readonly short: string;
  /** Names of its dataset folders in The Well, in the order in which they are joined. */
  readonly folders: readonly string[];
  /** Names of the space axes; also the order of vector components. */
  readonly axes: readonly string[];
  /** Cells along each axis in The Well. */
  readonly grid: readonly number[];
  /** Length of the domain along each axis (gravity cooling: in units that depend on the file, see the simulator). */
  readonly extent: readonly number[];
  /** Fields in channel order: scalars first, then vectors. */
  readonly fields: readonly Field[];
  /** One name per channel, e.g. `momentum_x`. */
  readonly channels: readonly string[];
  /** Parameters in the order of the label. */
  readonly scalars: readonly Scalar[];
  /** Boundary codes of each folder. */
  readonly boundaries: readonly BoundaryCodes[];
  /** Stored states of a trajectory and the time between two of them. */
  readonly frames: number;
  readonly spacing: number;
  /** States between two that an emulator sees: in the paper, and in the official code. */
  readonly stride: {readonly paper: number; readonly code: number};
  /** Stored state that evaluations start from: in the paper, and in the official code's published commands. */
  readonly start: {readonly paper: number; readonly code: number};
  /** Lead-time horizons $a\!:\!b$ in stored states (paper, Table 6 as its numbers were computed). */
  readonly horizons: readonly (readonly [number, number])[];
  /** The same as the headers of Tables 6 and 7 print them. */
  readonly printedHorizons: readonly (readonly [number, number])[];
  /** Constants of the official configurations, one per channel. */
  readonly standardization: {
    readonly transform: readonly Transform[];
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  /** Augmentations of the official configurations. */
  readonly augment: {readonly flip: boolean; readonly permute: boolean; readonly roll: boolean};
  /** Axes along which a mirrored flow is a flow again: `flip` of augmentations that keep to the equations. */
  readonly mirrors: readonly boolean[];
  /** Field shown in the paper's figures. */
  readonly displayed: string;
  /** Spatial downsampling $r$ of the paper's autoencoders. */
  readonly downsampling: number;
  /** The paper's latent channels and compression rates $C_\text{pixel} r^d / C_\text{latent}$. */
  readonly latentChannels: readonly number[];
  readonly compressions: readonly number[];
}

const {WALL, OPEN, PERIODIC} = BOUNDARY;
const LATENT_CHANNELS = [64, 16, 4];

type Facts = Omit<System, "channels" | "latentChannels" | "compressions" | "printedHorizons" | "mirrors"> &
  Partial<Pick<System, "printedHorizons" | "mirrors">>;

function system(facts: Facts): System {
  const channels = channelNames(facts.fields, facts.axes);
  const cell = channels.length * facts.downsampling ** facts.axes.length;
  return {
    ...facts,
    printedHorizons: facts.printedHorizons ?? facts.horizons,
    mirrors: facts.mirrors ?? facts.axes.map(() => true),
    channels,
    latentChannels: LATENT_CHANNELS,
    compressions: LATENT_CHANNELS.map((c) => cell / c),
  };
}

/** Name the channels of a list of fields: a vector field $F$ gives $F$`_x`, $F$`_y` ... in the order of the axes. */
export function channelNames(fields: readonly {name: string; order: number}[], axes: readonly string[]): string[] {
  const components = (order: number): string[] =>
    order === 0 ? [""] : components(order - 1).flatMap((head) => axes.map((axis) => head + axis));
  return fields.flatMap(({name, order}) => components(order).map((part) => (part ? `${name}_${part}` : name)));
}

const euler = system({
  name: "euler",
  title: "Euler multi-quadrants",
  short: "Euler",
  folders: ["euler_multi_quadrants_openBC", "euler_multi_quadrants_periodicBC"],
  axes: ["x", "y"],
  grid: [512, 512],
  extent: [1, 1],
  fields: [
    {name: "energy", order: 0},
    {name: "density", order: 0},
    {name: "pressure", order: 0},
    {name: "momentum", order: 1},
  ],
  scalars: [{name: "gamma", values: [1.13, 1.22, 1.3, 1.33, 1.365, 1.4, 1.404, 1.453, 1.597, 1.76], log: false}],
  boundaries: [
    [
      [OPEN, OPEN],
      [OPEN, OPEN],
    ],
    [
      [PERIODIC, PERIODIC],
      [PERIODIC, PERIODIC],
    ],
  ],
  frames: 101,
  spacing: 0.015,
  stride: {paper: 4, code: 4},
  start: {paper: 0, code: 0},
  horizons: [
    [1, 20],
    [21, 60],
    [61, 100],
  ],
  standardization: {
    transform: ["log1p", "log1p", "log1p", "identity", "identity"],
    mean: [1.2, 0.6, 0.58, 0, 0],
    std: [0.51, 0.27, 0.29, 0.53, 0.52],
  },
  augment: {flip: true, permute: true, roll: true},
  displayed: "density",
  downsampling: 32,
});

const rayleighBenard = system({
  name: "rayleigh-benard",
  title: "Rayleigh-Bénard convection",
  short: "RB",
  folders: ["rayleigh_benard"],
  axes: ["x", "y"],
  grid: [512, 128],
  extent: [4, 1],
  fields: [
    {name: "buoyancy", order: 0},
    {name: "pressure", order: 0},
    {name: "velocity", order: 1},
  ],
  scalars: [
    {name: "Rayleigh", values: [1e6, 1e7, 1e8, 1e9, 1e10], log: true},
    {name: "Prandtl", values: [0.1, 0.2, 0.5, 1, 2, 5, 10], log: true},
  ],
  boundaries: [
    [
      [PERIODIC, PERIODIC],
      [WALL, WALL],
    ],
  ],
  frames: 200,
  spacing: 0.25,
  stride: {paper: 1, code: 4},
  start: {paper: 0, code: 16}, // at stride 4 the last lead time is then 180, where the paper's horizon ends
  horizons: [
    [1, 20],
    [21, 60],
    [61, 180],
  ],
  standardization: {
    transform: ["identity", "identity", "identity", "identity"],
    mean: [0.38, 0.01, 0, 0],
    std: [0.25, 0.15, 0.21, 0.18],
  },
  augment: {flip: true, permute: false, roll: true},
  mirrors: [true, false], // upside down, buoyancy would have to change its sign; the official code flips all the same
  displayed: "buoyancy",
  downsampling: 32,
});

const gravityCooling = system({
  name: "gravity-cooling",
  title: "Turbulence with gravity and cooling",
  short: "TGC",
  folders: ["turbulence_gravity_cooling"],
  axes: ["x", "y", "z"],
  grid: [64, 64, 64],
  extent: [1, 1, 1],
  fields: [
    {name: "density", order: 0},
    {name: "pressure", order: 0},
    {name: "temperature", order: 0},
    {name: "velocity", order: 1},
  ],
  scalars: [
    {name: "rho0", values: [0.445, 4.45, 44.5], log: true},
    {name: "Z", values: [0, 0.1, 1], log: false},
    {name: "T0", values: [10, 100, 1000], log: false}, // the official list names it, but compares it to "t0"
  ],
  boundaries: [
    [
      [OPEN, OPEN],
      [OPEN, OPEN],
      [OPEN, OPEN],
    ],
  ],
  frames: 50,
  spacing: 0.02,
  stride: {paper: 1, code: 1},
  start: {paper: 0, code: 0},
  horizons: [
    [1, 10],
    [11, 30],
    [31, 50],
  ],
  printedHorizons: [
    [1, 10],
    [11, 20],
    [21, 50],
  ],
  standardization: {
    transform: ["logEps", "logEps", "logEps", "identity", "identity", "identity"],
    mean: [-1.75, -4.2, 5.5, 0, 0, 0],
    std: [0.95, 1.75, 1.1, 0.5, 0.5, 0.5],
  },
  augment: {flip: true, permute: true, roll: false},
  displayed: "temperature",
  downsampling: 8,
});

const SYSTEMS: Record<SystemName, System> = {
  euler,
  "rayleigh-benard": rayleighBenard,
  "gravity-cooling": gravityCooling,
};

/** Names of all systems. */
export const systemNames = Object.keys(SYSTEMS) as SystemName[];

/**
 * Find a system by its name.
 *
 * @throws RangeError listing the known names.
 */
export function systemOf(name: string): System {
  if (!Object.hasOwn(SYSTEMS, name)) {
    throw new RangeError(`system: expected one of ${systemNames.join(", ")}, found "${name}"`);
  }
  return SYSTEMS[name as SystemName];
}
