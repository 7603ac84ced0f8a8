"""The networks of the benchmarks in PyTorch, from the formulas: autoencoder, transformer, denoiser, solvers."""

import torch
from torch import nn
from torch.nn import functional as F


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


def denoiser_loss(network, x, mask, label):
    sigma = sigma_of(torch.rand(x.shape[0]))
    scale = sigma.reshape(-1, 1, 1, 1, 1)
    x_t = torch.where(mask > 0, torch.sqrt(1 + scale * scale) * x, x + scale * torch.randn_like(x))
    mean = denoise(network, x_t, sigma, mask, label)
    return ((mean - x).square() * (1 + scale * scale) / (scale * scale)).mean()
