"""Convection beside Dedalus: relative L2 error of the velocity from a smooth state against Dedalus on 128 × 64 points, and
VRMSE of the project's states against its own on twice the points: from noise, and from stored states.

    OMP_NUM_THREADS=1 python convection_dedalus.py OURS.json > convection-dedalus.csv
"""

import json
import logging
import sys

import dedalus.public as d3
import numpy as np

logging.disable(logging.WARNING)
TIMES, RUNS = [2, 8, 15], ["project 96 × 36", "project 192 × 72", "project 192 × 72, Δt 0.0025"]

with open(sys.argv[1]) as file:
    sides = json.load(file)


def peer(nx, nz, step, rayleigh=1e6, prandtl=1):
    """Velocity [x, z, 2] on 64 × 32 points at the times: velocity and pressure, tau method, dealiasing 3/2."""
    coordinates = d3.CartesianCoordinates("x", "z")
    distributor = d3.Distributor(coordinates, dtype=np.float64)
    bx = d3.RealFourier(coordinates["x"], size=nx, bounds=(0, 4), dealias=3 / 2)
    bz = d3.ChebyshevT(coordinates["z"], size=nz, bounds=(0, 1), dealias=3 / 2)
    scalar = lambda name, bases: distributor.Field(name=name, bases=bases)
    vector = lambda name, bases: distributor.VectorField(coordinates, name=name, bases=bases)
    p, b, u, tau_p = scalar("p", (bx, bz)), scalar("b", (bx, bz)), vector("u", (bx, bz)), scalar("tau_p", None)
    tau_b1, tau_b2, tau_u1, tau_u2 = scalar("tau_b1", bx), scalar("tau_b2", bx), vector("tau_u1", bx), vector("tau_u2", bx)
    kappa, nu = (rayleigh * prandtl) ** -0.5, (rayleigh / prandtl) ** -0.5
    ex, ez = coordinates.unit_vector_fields(distributor)
    lift = lambda field: d3.Lift(field, bz.derivative_basis(1), -1)
    grad_u, grad_b = d3.grad(u) + ez * lift(tau_u1), d3.grad(b) + ez * lift(tau_b1)
    problem = d3.IVP([p, b, u, tau_p, tau_b1, tau_b2, tau_u1, tau_u2], namespace={**globals(), **locals()})
    problem.add_equation("trace(grad_u) + tau_p = 0")
    problem.add_equation("dt(b) - kappa*div(grad_b) + lift(tau_b2) = - u@grad(b)")
    problem.add_equation("dt(u) - nu*div(grad_u) + grad(p) - b*ez + lift(tau_u2) = - u@grad(u)")
    problem.add_equation("b(z=0) = 1")
    problem.add_equation("u(z=0) = 0")
    problem.add_equation("b(z=1) = 0")
    problem.add_equation("u(z=1) = 0")
    problem.add_equation("integ(p) = 0")
    solver = problem.build_solver(d3.RK443)
    x, z = distributor.local_grids(bx, bz)
    b["g"] = 1 - z + 0.2 * z * (1 - z) * (np.cos(np.pi * x / 2) + np.sin(np.pi * x))
    found = []
    for time in TIMES:
        while solver.sim_time < time - step / 2:
            solver.step(step)
        u.change_scales((64 / nx, 32 / nz))
        found.append(np.moveaxis(u["g"].copy(), 0, -1))
        u.change_scales(1)
    return found


def relative(found, reference):
    return ",".join(f"{np.linalg.norm(a - b) / np.linalg.norm(b):.2g}" for a, b in zip(found, reference))


reference = peer(128, 64, 0.01)
print("run," + ",".join(f"t = {time}" for time in TIMES))
for name, frames in zip(RUNS, sides["smooth"]):
    print(f"{name}," + relative([np.reshape(frame, (64, 32, 2)) for frame in frames], reference))
print("Dedalus 64 × 32," + relative(peer(64, 32, 0.01), reference))

print("Ra 10⁷; VRMSE of project 160 × 56 against 320 × 112,t = 12,t = 14,t = 16,t = 20")
coarse, fine = sides["plumes"]
fields = lambda s: [np.array(s["buoyancy"]), np.array(s["velocity"])[0::2], np.array(s["velocity"])[1::2]]
score = lambda a, b: np.mean([np.sqrt(np.mean((f - g) ** 2) / np.var(g, ddof=1)) for f, g in zip(fields(a), fields(b))])
print("b and u," + ",".join(f"{score(a, b):.2g}" for a, b in zip(coarse, fine)))
for name, side in [("tail of 160 × 56", coarse), ("tail of 320 × 112", fine)]:
    print(f"{name}," + ",".join(f"{max(state['tail'].values()):.3f}" for state in side))

print("test trajectories of mini against their continuation on twice the points,1:20,21:60,61:100")
for case in sides["continued"]:
    stored, finer = [np.reshape(side, (26, 128 * 32, 4)) for side in case["sides"]]
    error = np.sqrt(((stored - finer) ** 2).mean(1) / (stored.var(1, ddof=1) + 1e-6)).mean(-1)
    means = [error[1:6].mean(), error[6:16].mean(), error[16:].mean()]
    print(f"Ra {case['rayleigh']:.0e}," + ",".join(f"{value:.2g}" for value in means))
