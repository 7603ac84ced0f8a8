"""PSGD in PyTorch, from the formulas."""

import torch


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
