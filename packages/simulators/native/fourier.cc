// Discrete Fourier transforms of rows, as a module of Node.js: the loops of packages/core/src/fourier/radices.ts.

#include "fourier.h"

namespace {

// combine(re, im, start, count, n, tables) transforms rows that are in the plan's order.
napi_value CombineOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Array<double> re = args.Doubles(0), im = args.Doubles(1), tables = args.Doubles(5);
  const int start = args.Size(2), count = args.Size(3), n = args.Size(4, 1);
  const bool good = start >= 0 && count >= 0 && n >= 1 && re.Holds(start, double(n) * count) &&
                    im.Holds(start, double(n) * count) && tables.data && TableSize(n) == tables.length;
  if (!good) return Refuse(env, "combine: expected re, im, start, count, n, tables of a length.");
  Combine(Rows{re.data, im.data}.From(start), n, count, tables.data);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "combine", CombineOfNode);
  return exports;
}
