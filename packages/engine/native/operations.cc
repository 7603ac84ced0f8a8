// The project's own operations of TensorFlow, in one compilation: TensorFlow's headers take longer than all operations.

#include "updates.cc"
#include "norms.cc"
#include "gated-sums.cc"
#include "rotation.cc"
#include "attention.cc"
#include "affine.cc"
