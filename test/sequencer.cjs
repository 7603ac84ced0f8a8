const {default: Sequencer} = require("@jest/test-sequencer");

/** Files that take minutes come first, so that the other worker is not idle at the end. */
const LONG = ["test/notebooks.test.ts", "test/environment/reproduce/reproduce.test.ts"];

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const isLong = ({path}) => LONG.some((name) => path.endsWith(name));
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};

module.exports.LONG = LONG;
