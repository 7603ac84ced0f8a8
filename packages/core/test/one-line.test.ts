import {inspect} from "node:util";
import {printAs, shapeInWords} from "../src/text";

test("an object prints as its line, inside of others too, and is otherwise as before", () => {
  const latents = printAs(
    {values: new Float32Array(1000)},
    ({values}) => `Latents ${shapeInWords([1, values.length])}`,
  );
  expect(inspect(latents)).toBe("Latents [1, 1000]");
  expect(inspect({latents})).toBe("{ latents: Latents [1, 1000] }");
  expect(Object.keys(latents)).toEqual(["values"]);
  expect(inspect({...latents, values: new Float32Array(3)})).toBe("Latents [1, 3]");
  expect(JSON.parse(JSON.stringify(latents))).toHaveProperty("values");
});
