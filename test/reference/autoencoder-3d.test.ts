import {compareAutoencoder} from "./autoencoder";

compareAutoencoder("autoencoder-3d");
