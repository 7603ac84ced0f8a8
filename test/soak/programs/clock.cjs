// Shifts the clock of a process by LOLA_CLOCK milliseconds: node -r ./test/soak/programs/clock.cjs. Times of files stay right.
const shift = Number(process.env.LOLA_CLOCK ?? 0);
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + shift] : parts));
  }

  static now() {
    return RealDate.now() + shift;
  }
};
