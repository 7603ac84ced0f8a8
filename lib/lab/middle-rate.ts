import type {Config} from "./config";

/** Choose the middle compression rate, in latent channels; of an even number of rates the lower one of the middle two. */
export const middleRate = ({latentChannels: rates}: Pick<Config, "latentChannels">): number =>
  rates[(rates.length - 1) >> 1];
