/** Presets for programs that open no laboratory: neither the tensor engine nor a figure is loaded. */
export {preset} from "./presets/presets";
