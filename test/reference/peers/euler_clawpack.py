"""The Euler equations beside Clawpack: VRMSE against Clawpack on 256² cells, averaged to 64².

    python euler_clawpack.py OURS.json > euler-clawpack.csv
"""

import json
import sys

import numpy as np
from clawpack import pyclaw, riemann

FRAMES, HORIZONS = 26, {"1:20": range(1, 6), "21:60": range(6, 16), "61:100": range(16, 26)}

with open(sys.argv[1]) as file:
    cases = json.load(file)


def means(field, cells=64):
    factor = field.shape[-1] // cells
    return field.reshape(*field.shape[:-2], cells, factor, cells, factor).mean((-3, -1))


def channels(conserved, gamma):
    """Density, pressure, energy and momentum of conserved fields on 64² cells."""
    density, mx, my, energy = conserved
    return np.stack([density, (gamma - 1) * (energy - (mx**2 + my**2) / (2 * density)), energy, mx, my])


def peer(start, gamma):
    """Clawpack's frames from primitive values [x, y, 4]: Roe's solver, MC limiter, transverse waves."""
    density, u, v, pressure = np.moveaxis(start, -1, 0)
    n = density.shape[0]
    solver = pyclaw.ClawSolver2D(riemann.euler_4wave_2D)
    solver.limiters = pyclaw.limiters.tvd.MC
    solver.all_bcs = pyclaw.BC.periodic
    solver.max_steps = 100000
    domain = pyclaw.Domain([0, 0], [1, 1], [n, n])
    state = pyclaw.State(domain, 4)
    state.problem_data["gamma"], state.problem_data["gamma1"] = gamma, gamma - 1
    energy = pressure / (gamma - 1) + density * (u**2 + v**2) / 2
    state.q[:] = [density, density * u, density * v, energy]
    run = pyclaw.Controller()
    run.verbosity = 0
    run.solution, run.solver = pyclaw.Solution(state, domain), solver
    run.tfinal, run.num_output_times, run.keep_copy, run.output_format = 1.5, FRAMES - 1, True, None
    run.run()
    return np.stack([channels(means(np.array(frame.q)), gamma) for frame in run.frames])


def vrmse(truth, forecast):
    error = ((truth - forecast) ** 2).mean((-2, -1))
    return np.sqrt(error / (truth.var((-2, -1), ddof=1) + 1e-6)).mean(-1)  # of each frame


def bands(density):
    """Power of the density in three bands of wavenumbers, a mean over frames."""
    k = np.hypot(*np.meshgrid(*[np.fft.fftfreq(64, 1 / 64)] * 2))
    power = (np.abs(np.fft.fft2(density)) ** 2).mean(0)
    return np.array([power[(k >= low - 0.5) & (k < high + 0.5)].sum() for low, high in [(5, 8), (9, 16), (17, 24)]])


errors, shares = {}, []
for case in cases:
    gamma = case["gamma"]
    reference = peer(np.array(case["fine"]), gamma)
    runs = {"Clawpack 64": peer(np.array(case["coarse"]), gamma)}
    for cells, frames in zip([64, 128, 256], case["ours"]):
        own = [np.concatenate([np.reshape(f[:3], (3, 64, 64)), np.moveaxis(np.reshape(f[3], (64, 64, 2)), -1, 0)]) for f in frames]
        runs[f"project {cells}"] = np.stack(own)
    for name, run in runs.items():
        errors.setdefault(name, []).append(vrmse(reference, run))
    shares.append(bands(runs["project 64"][1:, 0]) / bands(reference[1:, 0]))

print("run," + ",".join(HORIZONS))
for name, each in errors.items():
    print(name + "," + ",".join(f"{np.mean([row[list(h)].mean() for row in each]):.3f}" for h in HORIZONS.values()))
print("power of project 64,k = 5-8,k = 9-16,k = 17-24")
for case, share in zip(cases, shares):
    print(f"γ = {case['gamma']}," + ",".join(f"{value:.2f}" for value in share))
