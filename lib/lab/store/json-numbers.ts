/** JSON that keeps numbers that are not finite: as null they would count as 0 in a mean, so they are text. */

const NUMBER = "number:";

/** Write a value as JSON. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "number" && !Number.isFinite(one) ? `${NUMBER}${one}` : one,
  );
}

/** Read JSON that {@link toJsonText} wrote. Looking at each value takes most of the time, and few files need it. */
export function fromJsonText(text: string): unknown {
  if (!text.includes(`"${NUMBER}`)) return JSON.parse(text);
  return JSON.parse(text, (_, one: unknown) =>
    typeof one === "string" && one.startsWith(NUMBER) ? Number(one.slice(NUMBER.length)) : one,
  );
}
