"""The same work in PyTorch, from the formulas: plain modules.

The process runs the benchmark that the command line names, in the variant that it names. It says when that is warm, then
reads a number of runs a line and answers with the milliseconds of each and the peak of memory. Variants: "eager",
"compiled" (torch.compile with the fused AdamW) and "autotuned" (the same with max-autotune, and frozen weights where
nothing is trained); "-bf16" adds autocast to bfloat16, and "eager-fused" is eager with the fused AdamW.
"""

import json
import math
import os
import re
import sys
import time

import torch

from peer_networks import Autoencoder, OnePass, Transformer, denoise, denoiser_loss, sigma_of
from peer_psgd import Psgd

torch.set_num_threads(len(os.sched_getaffinity(0)))
torch.manual_seed(0)

KIND, *DETAILS = sys.argv[2].split("-")
FUSED = KIND != "eager" or "fused" in DETAILS


def fast(function):
    """Compiles a function, if that is the variant."""
    if KIND == "eager":
        return function
    return torch.compile(function, mode="max-autotune-no-cudagraphs" if KIND == "autotuned" else "default")


def autocast():
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled="bf16" in DETAILS)


def inference(run):
    """A function that runs without gradients; the compiler wants tensors that know of them."""
    if KIND == "autotuned":
        from torch._inductor import config

        config.freezing = True
    return (torch.inference_mode() if KIND == "eager" else torch.no_grad())(run)


def adamw_of(parameters):
    return torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, fused=FUSED)


def training(model, loss):
    optimiser = adamw_of(model.parameters())
    loss = fast(loss)

    def run():
        with autocast():
            value = loss()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        value.item()

    return run


def autoencoder_training(channels, grid, fields):
    model, x = Autoencoder(channels, fields, len(grid)), torch.randn(8, fields, *grid)
    return training(model, lambda: model.loss(x))


def encode_decode():
    model, x = Autoencoder([32, 64, 128], 5, 2), torch.randn(8, 5, 64, 64)
    there_and_back = fast(lambda x: model.up(model.encode(x)))
    return inference(lambda: there_and_back(x))


def window(batch=32):
    mask = torch.zeros(1, 1, 5, 1, 1)
    mask[:, :, 0] = 1
    return torch.randn(batch, 16, 5, 8, 8), mask, torch.randn(batch, 5)


def denoiser_training(width):
    model = Transformer(width, 4, 4, 16, (5, 8, 8))
    x, mask, label = window()
    return training(model, lambda: denoiser_loss(model, x, mask, label))


def denoiser_forward(width):
    model = Transformer(width, 4, 4, 16, (5, 8, 8))
    x, mask, label = window()
    sigma = sigma_of(torch.tensor([0.5]))
    call = fast(lambda x, sigma: denoise(model, x, sigma, mask, label))
    return inference(lambda: call(x, sigma))


def one_pass(stochastic, members):
    model = OnePass(stochastic)
    x, mask, label = window(members)
    call = fast(model)
    return inference(lambda: call(x, mask, label, torch.randn(members, 32) if stochastic else None))


def adams_bashforth(nodes, low, high):
    """Weights of the integral over [low, high] of the polynomial through values at the nodes."""
    weights = []
    for j, node in enumerate(nodes):
        polynomial = [1.0]
        for m, other in enumerate(nodes):
            if m != j:
                scale = 1 / (node - other)
                shifted = [0.0, *polynomial]
                polynomial = [scale * (a - other * b) for a, b in zip(shifted, [*polynomial, 0.0])]
        weights.append(sum(c * (high ** (k + 1) - low ** (k + 1)) / (k + 1) for k, c in enumerate(polynomial)))
    return weights


def sampling(members=16):
    model = Transformer(128, 4, 4, 16, (5, 8, 8))
    y, mask, label = window(members)
    grid = sigma_of(torch.linspace(1, 0, 17, dtype=torch.float64)).tolist()
    call = fast(lambda x, sigma: denoise(model, x, sigma, mask, label))

    def run():
        x = torch.randn_like(y) * math.hypot(1, grid[0])
        history = []
        for i in range(16):
            scale = math.hypot(1, grid[i])
            noisy = torch.where(mask > 0, scale * y, x)
            mean = torch.where(mask > 0, y, call(noisy, torch.tensor([grid[i]])))
            history = [*history, (x - mean) / grid[i]][-3:]
            weights = adams_bashforth(grid[max(0, i - 2) : i + 1], grid[i], grid[i + 1])
            x = x + sum(weight * z for weight, z in zip(weights, history))

    return inference(run)


def pixel_training():
    model = Transformer(128, 4, 4, 5, (5, 64, 64), patch=8, time=False)
    mask = torch.zeros(1, 1, 5, 1, 1)
    mask[:, :, 0] = 1
    x, label = torch.randn(8, 5, 5, 64, 64), torch.randn(8, 5)
    return training(model, lambda: (model(x * mask, mask, label) - x).square().mean())


def with_gradients():
    """The parameters of the large autoencoder, each with a gradient."""
    parameters = list(Autoencoder([64, 128, 256], 5, 2).parameters())
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter) * 1e-3
    return parameters


def adamw():
    return fast(adamw_of(with_gradients()).step)


def update():
    parameters = with_gradients()
    averages = [parameter.detach().clone() for parameter in parameters]
    optimiser = adamw_of(parameters)

    def step():
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 0.001)

    return fast(step)


def psgd(refresh):
    optimiser = Psgd(with_gradients())
    return fast(lambda: optimiser.step(refresh))


BENCHMARKS = {
    "ae2d-train": lambda: autoencoder_training([32, 64, 128], (64, 64), 5),
    "ae2d-large-train": lambda: autoencoder_training([64, 128, 256], (64, 64), 5),
    "ae3d-train": lambda: autoencoder_training([16, 32, 64], (16, 16, 16), 6),
    "ae2d-encode-decode": encode_decode,
    "vit-train": lambda: denoiser_training(128),
    "vit-wide-train": lambda: denoiser_training(256),
    "vit-forward": lambda: denoiser_forward(128),
    "vit-wide-forward": lambda: denoiser_forward(256),
    "sampling": sampling,
    "pixel-train": pixel_training,
    "solver-1": lambda: one_pass(False, 1),
    "solver-64": lambda: one_pass(False, 64),
    "crps-1": lambda: one_pass(True, 1),
    "crps-64": lambda: one_pass(True, 64),
    "diffusion-1": lambda: sampling(1),
    "diffusion-64": lambda: sampling(64),
    "adamw": adamw,
    "update": update,
    "psgd": lambda: psgd(True),
    "psgd-plain": lambda: psgd(False),
}
for name in ["ae2d-train", "ae2d-large-train", "ae3d-train", "vit-train", "vit-wide-train"]:  # bfloat16 is a variant here
    BENCHMARKS[f"{name}-bf16"] = BENCHMARKS[name]


def memory(kind):
    with open("/proc/self/status") as status:
        return int(re.search(rf"{kind}:\s+(\d+)", status.read())[1]) / 1024


def main(name):
    before = memory("VmRSS")
    run = BENCHMARKS[name]()
    for _ in range(3):
        run()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # begins the peak again

    def say(times):
        print(json.dumps({"times": times, "memory": memory("VmHWM") - before}), flush=True)

    say([])
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            begin = time.perf_counter()
            run()
            times.append(1e3 * (time.perf_counter() - begin))
        say(times)


main(sys.argv[1])
