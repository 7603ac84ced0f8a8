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
from torch import nn
from torch.nn import functional as F

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


class ChannelNorm(nn.Module):
    def forward(self, x):
        variance, mean = torch.var_mean(x, dim=1, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + 1e-5)


def conv(inputs, outputs, space):
    kind = nn.Conv2d if space == 2 else nn.Conv3d
    return kind(inputs, outputs, 3, padding=1, padding_mode="circular")


class Block(nn.Module):
    def __init__(self, channels, space):
        super().__init__()
        self.norm = ChannelNorm()
        self.first = conv(channels, channels, space)
        self.second = conv(channels, channels, space)

    def forward(self, x):
        return x + self.second(F.silu(self.first(self.norm(x))))


class ToDepth(nn.Module):
    def forward(self, x):
        batch, channels, *grid = x.shape
        split = [part for size in grid for part in (size // 2, 2)]
        n = len(grid)
        order = [0, 1, *range(3, 3 + 2 * n, 2), *range(2, 2 + 2 * n, 2)]
        x = x.reshape(batch, channels, *split).permute(order)
        return x.reshape(batch, channels * 2**n, *[size // 2 for size in grid])


class ToSpace(nn.Module):
    def forward(self, x):
        batch, channels, *grid = x.shape
        n = len(grid)
        x = x.reshape(batch, channels // 2**n, *[2] * n, *grid)
        order = [0, 1, *[axis for i in range(n) for axis in (2 + n + i, 2 + i)]]
        return x.permute(order).reshape(batch, channels // 2**n, *[size * 2 for size in grid])


class Autoencoder(nn.Module):
    def __init__(self, channels, fields, space, latent=16, blocks=3):
        super().__init__()
        down, up = [conv(fields, channels[0], space)], [conv(latent, channels[-1], space)]
        for i, width in enumerate(channels):
            if i > 0:
                down += [ToDepth(), conv(channels[i - 1] * 2**space, width, space)]
            down += [Block(width, space) for _ in range(blocks)]
        for i, width in reversed(list(enumerate(channels))):
            up += [Block(width, space) for _ in range(blocks)]
            if i > 0:
                up += [conv(width, channels[i - 1] * 2**space, space), ToSpace()]
        self.down = nn.Sequential(*down, conv(channels[-1], latent, space))
        self.up = nn.Sequential(*up, conv(channels[0], fields, space))

    def encode(self, x):
        z = self.down(x)
        return z * torch.rsqrt(1 + torch.square(z / 5))

    def loss(self, x):
        y = self.up(self.encode(x))
        x, y = x.flatten(2), y.flatten(2)
        return torch.sqrt((x - y).square().mean(2) / (x.var(2) + 1e-2)).mean()


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x, theta):
        batch, length, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        size = width // self.heads
        q, k = F.rms_norm(q, (size,), eps=1e-5), F.rms_norm(k, (size,), eps=1e-5)
        angles = theta.reshape(length, self.heads, size // 2).transpose(0, 1)
        q, k = rotate(q, angles), rotate(k, angles)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(batch, length, width))


def rotate(x, angles):
    real, imaginary = x.unflatten(-1, (-1, 2)).unbind(-1)
    cos, sin = torch.cos(angles), torch.sin(angles)
    return torch.stack((real * cos - imaginary * sin, real * sin + imaginary * cos), dim=-1).flatten(-2)


class Layer(nn.Module):
    def __init__(self, width, heads, features, axes):
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Sequential(nn.Linear(features, features), nn.SiLU(), nn.Linear(features, 4 * width))
        self.attention = Attention(width, heads)
        self.theta = nn.Parameter(torch.randn(axes, width // 2) * 0.1)
        self.ffn = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, width))

    def forward(self, x, mod, coordinates, skip):
        a, b, c, d = self.modulation(mod)[:, None].chunk(4, dim=-1)
        y = (a + 1) * self.norm(x) + b
        y = self.ffn(y + self.attention(y, coordinates @ self.theta))
        y = (x + c * y) * torch.rsqrt(1 + c * c)
        return (y + d * skip) * torch.rsqrt(1 + d * d)


class Transformer(nn.Module):
    def __init__(self, width, blocks, heads, channels, tokens, features=64, label=5, patch=1, time=True):
        super().__init__()
        self.patch, self.has_time = patch, time
        cells = patch * patch
        self.inputs = nn.Linear(2 * channels * cells, width)
        self.output = nn.Linear(width, channels * cells)
        grid = [tokens[0], tokens[1] // patch, tokens[2] // patch]
        axes = [torch.arange(size, dtype=torch.float32) for size in grid]
        self.register_buffer("coordinates", torch.cartesian_prod(*axes))
        self.register_buffer("frequencies", 1000.0 ** -torch.linspace(0, 1, width // 2))
        self.register_buffer("times", 1000.0 ** -torch.linspace(0, 1, features // 2))
        self.position = nn.Linear(3 * width, width)
        self.layers = nn.ModuleList(Layer(width, heads, features, 3) for _ in range(blocks))
        self.time = nn.Sequential(nn.Linear(features, features), nn.SiLU(), nn.Linear(features, features))
        self.label = nn.Sequential(nn.Linear(label, features), nn.SiLU(), nn.Linear(features, features))

    def fold(self, x):
        batch, channels, length, height, width = x.shape
        p = self.patch
        x = x.reshape(batch, channels, length, height // p, p, width // p, p).permute(0, 2, 3, 5, 1, 4, 6)
        return x.reshape(batch, length * (height // p) * (width // p), channels * p * p)

    def unfold(self, x, shape):
        batch, channels, length, height, width = shape
        p = self.patch
        x = x.reshape(batch, length, height // p, width // p, channels, p, p).permute(0, 4, 1, 2, 5, 3, 6)
        return x.reshape(shape)

    def forward(self, x, mask, label, noise=None, modulation=None):
        tokens = skip = self.inputs(self.fold(torch.cat((x, mask.expand_as(x)), dim=1)))
        waves = self.coordinates[..., None] * self.frequencies
        tokens = tokens + self.position(torch.cat((waves.sin(), waves.cos()), dim=-1).flatten(1))
        mod = self.label(label)
        if self.has_time:
            phase = noise[:, None] * self.times
            mod = mod + self.time(torch.cat((phase.sin(), phase.cos()), dim=-1))
        if modulation is not None:
            mod = mod + modulation
        for layer in self.layers:
            tokens = layer(tokens, mod, self.coordinates, skip)
        return self.unfold(self.output(tokens), x.shape)


def sigma_of(t):
    low, high = 1e-3 / (1 + 1e-3), 1e3 / (1 + 1e3)
    return torch.exp(torch.logit(low + (high - low) * t))


def denoise(network, x, sigma, mask, label):
    scale = sigma.reshape(-1, 1, 1, 1, 1)
    c_in = torch.rsqrt(1 + scale * scale)
    guess = network(x * c_in, mask, label, (10 * torch.log(sigma)).expand(x.shape[0]))
    return x * c_in * c_in + scale * c_in * guess


def denoiser_loss(network, x, mask, label):
    sigma = sigma_of(torch.rand(x.shape[0]))
    scale = sigma.reshape(-1, 1, 1, 1, 1)
    x_t = torch.where(mask > 0, torch.sqrt(1 + scale * scale) * x, x + scale * torch.randn_like(x))
    mean = denoise(network, x_t, sigma, mask, label)
    return ((mean - x).square() * (1 + scale * scale) / (scale * scale)).mean()


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


class OnePass(nn.Module):
    """A solver, or with noise in its modulation a stochastic one."""

    def __init__(self, stochastic, features=64, draws=32):
        super().__init__()
        self.network = Transformer(128, 4, 4, 16, (5, 8, 8), features, time=False)
        layers = [nn.Linear(draws, features), nn.SiLU(), nn.Linear(features, features, bias=False)]
        self.noise = nn.Sequential(*layers) if stochastic else None

    def forward(self, x, mask, label, noise):
        modulation = None if self.noise is None else self.noise(noise)
        return self.network(x * mask, mask, label, modulation=modulation)


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


def act(factors, x, transpose=False):
    """Lets a matrix, or a diagonal, act on every axis."""
    for axis, factor in enumerate(factors):
        if factor.dim() == 1:
            x = x * factor.reshape([-1 if i == axis else 1 for i in range(x.dim())])
        else:
            x = torch.tensordot(factor.T if transpose else factor, x, dims=([1], [axis])).movedim(0, axis)
    return x


def gram(x, axis, full):
    rows = x.movedim(axis, 0).reshape(x.shape[axis], -1)
    return rows @ rows.T if full else rows.square().sum(1)


def spectral_norm(matrix):
    scaled = matrix / matrix.diagonal().max()
    x = scaled @ (scaled @ scaled[:, scaled.square().sum(0).argmax()])
    return (scaled @ x).norm() / x.norm() * matrix.diagonal().max()


class Psgd:
    """PSGD with Kronecker factors: momentum, a cached product of the factors, compression of each entry."""

    def __init__(self, parameters):
        self.states = []
        for p in parameters:
            factors = [torch.eye(d) if p.dim() > 1 else torch.ones(d) for d in p.shape]
            self.states.append([p, torch.zeros_like(p), factors, [f.clone() for f in factors]])

    @torch.no_grad()
    def step(self, refresh=True, rate=1e-4):
        for state in self.states:
            p, moment, factors, products = state
            moment.lerp_(p.grad, 0.1)
            move = act(products, moment)
            size = move.abs() / 1.5
            move = move.sign() * (1.5 * (0.9 * size.tanh() + 0.1 * size.log1p())).clamp(max=2)
            p.sub_(rate * move)
            if refresh:
                state[2], state[3] = self.refresh(factors, moment)

    def refresh(self, factors, moment):
        noise = torch.randn_like(moment) * moment.norm() * (2**-11.5 / moment.numel())
        inverses = [
            1 / f if f.dim() == 1 else torch.linalg.solve_triangular(f, torch.eye(len(f)), upper=True) for f in factors
        ]
        a, b = act(factors, moment + noise), act(inverses, torch.randn_like(moment), transpose=True)
        moved = []
        for axis, factor in enumerate(factors):
            full = factor.dim() == 2
            left, right = gram(a, axis, full), gram(b, axis, full)
            if full:
                step = torch.triu(left - right) * (0.1 / spectral_norm(left + right))
                moved.append(factor - step @ factor)
            else:
                moved.append(factor - (left - right) * (0.1 / (left + right).max()) * factor)
        return moved, [f * f if f.dim() == 1 else f.T @ f for f in moved]


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
for name in ["ae2d-train", "ae2d-large-train", "ae3d-train"]:  # bfloat16 is a variant here
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
        file.write("5")  # begins the peak anew

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
