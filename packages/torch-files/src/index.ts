export {openStateDict, writeStateDict} from "./state-dict";
