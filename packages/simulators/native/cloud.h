// How the arrays of the three-dimensional gas are laid out: STATE, CONSERVED and GHOSTS of the library.
#pragma once

namespace {

constexpr int kState = 5;      // numbers per cell: density, three velocities and pressure
constexpr int kConserved = 7;  // density, momenta, energy, internal energy, and the flow out of the cell
constexpr int kGhosts = 2;     // cells beyond each end of an axis

}  // namespace
