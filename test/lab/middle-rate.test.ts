import {middleRate} from "../../lib/lab/middle-rate";

test.each([
  [[8], 8],
  [[16, 4], 16],
  [[32, 16, 4], 16],
  [[64, 32, 16, 4], 32],
])("of %j", (latentChannels, expected) => {
  expect(middleRate({latentChannels})).toBe(expected);
});
