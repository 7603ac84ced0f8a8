import {compareAutoencoder} from "./autoencoder";

compareAutoencoder("autoencoder-2d");
