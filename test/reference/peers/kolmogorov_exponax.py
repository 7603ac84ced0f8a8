"""Kolmogorov flow beside exponax: relative L2 error of the vorticity against exponax on 192² points.

    python kolmogorov_exponax.py OURS.json > kolmogorov-exponax.csv
"""

import json
import sys

import exponax
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
TIMES, STEP = [1, 4, 10, 20], 0.005

with open(sys.argv[1]) as file:
    sides = json.load(file)


def modes(field, cells=0.0):
    """Fourier coefficients on the grid of 192² points; `cells` is the offset of the first point in spacings."""
    n = field.shape[0]
    k = np.fft.fftfreq(n, 1 / n)
    turn = np.exp(-2j * np.pi * k * cells / n)
    spectrum = np.fft.fft2(field) / n**2 * turn[:, None] * turn[None, :]
    held = np.abs(k) < n / 2
    whole = np.zeros((192, 192), complex)
    whole[np.ix_(k[held].astype(int) % 192, k[held].astype(int) % 192)] = spectrum[np.ix_(held, held)]
    return whole


def points(spectrum, n):
    """Values of those coefficients on n² points that begin at 0."""
    k = np.arange(-((n - 1) // 2), (n - 1) // 2 + 1)
    few = np.zeros((n, n), complex)
    few[np.ix_(k % n, k % n)] = spectrum[np.ix_(k % 192, k % 192)]
    return np.fft.ifft2(few * n**2).real


def peer(start, n):
    """exponax at the times, with its own sign of the vorticity."""
    stepper = exponax.stepper.KolmogorovFlowVorticity(
        2, 2 * np.pi, n, STEP, diffusivity=0.01, drag=-0.1, injection_mode=4, injection_scale=-1.0, order=4
    )
    run = jax.jit(lambda u, count: jax.lax.fori_loop(0, count, lambda _, v: stepper(v), u), static_argnums=1)
    state, time, found = jnp.asarray(-points(start, n))[None], 0, []
    for until in TIMES:
        state, time = run(state, round((until - time) / STEP)), until
        found.append(modes(-np.asarray(state[0])))
    return found


start = modes(np.array(sides["start"]).reshape(192, 192), 0.5)
reference = peer(start, 192)
print("run," + ",".join(f"t = {time}" for time in TIMES))


def report(name, found):
    errors = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(found, reference)]
    print(name + "," + ",".join(f"{error:.2g}" for error in errors), flush=True)


for n, flat in zip([64, 96, 128], sides["ours"]):
    frames = np.array(flat).reshape(-1, n, n)
    report(f"project {n}", [modes(frames[time], 0.5) for time in TIMES])
    report(f"exponax {n}", peer(start, n))
