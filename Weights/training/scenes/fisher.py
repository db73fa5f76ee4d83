"""Fisher vectors of dense gradient and colour descriptors, as a network of standard operators.

Local descriptors (RootSIFT, Arandjelovic and Zisserman, 2012; cell means and spreads of colour), reduced by principal
components and joined by their place in the picture, are pooled by the gradient of a Gaussian mixture's likelihood (Perronnin
et al., 2010; Sanchez et al., 2013). Nothing but the mixture and the last, linear layer is fitted to pictures.
"""

import math

import torch
from torch import nn
from torch.nn import functional

CELL = 4
EPSILON = 1e-6


class Gradients(nn.Module):
    """Photo [N, 3, S, S] in -1...1 to RootSIFT descriptors: 4 x 4 cells of eight orientations, [N, 128, h, w]."""

    channels = 8

    def __init__(self):
        super().__init__()
        kernel = torch.zeros(8, 3, 3, 3)
        for turn in range(8):
            angle = turn * math.pi / 4
            for channel, share in enumerate((0.299, 0.587, 0.114)):
                kernel[turn, channel, 1, 2] += share * math.cos(angle)
                kernel[turn, channel, 1, 0] -= share * math.cos(angle)
                kernel[turn, channel, 2, 1] += share * math.sin(angle)
                kernel[turn, channel, 0, 1] -= share * math.sin(angle)
        self.register_buffer("kernel", kernel)

    def cells(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Square roots of the cells' orientation histograms, and for each descriptor the scale that gives it unit length."""
        strength = torch.relu(functional.conv2d(image, self.kernel, padding=1))
        histogram = functional.avg_pool2d(strength, CELL)
        total = functional.avg_pool2d(histogram.sum(1, keepdim=True), 4, 1) * 16
        # A flat patch has no direction: the constant keeps its descriptor near zero instead of amplifying noise.
        return torch.sqrt(histogram + EPSILON), torch.rsqrt(total + 0.1)


class Colours(nn.Module):
    """Photo to 4 x 4 cells of the mean and spread of lightness and two opponent colours."""

    channels = 6

    def __init__(self):
        super().__init__()
        self.register_buffer("kernel", torch.tensor([[0.33, 0.33, 0.33], [0.7, -0.7, 0.0], [0.4, 0.4, -0.8]])[:, :, None, None])

    def cells(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        opponent = functional.conv2d(image, self.kernel)
        mean = functional.avg_pool2d(opponent, CELL)
        spread = functional.avg_pool2d(opponent * opponent, CELL) - mean * mean
        return torch.cat([mean, torch.sqrt(torch.relu(spread) + EPSILON)], 1), None


class Fisher(nn.Module):
    """The pooled vector [N, 2 K D] of one kind of descriptor at full and half scale."""

    def __init__(self, kind: nn.Module, parts: int, components: int):
        super().__init__()
        self.kind, self.parts, self.components = kind, parts, components
        size = parts + 2
        self.register_buffer("project", torch.zeros(parts, kind.channels, 4, 4))
        self.register_buffer("shift", torch.zeros(parts))
        # The mixture's logarithmic responsibilities are linear in a descriptor and its squares.
        self.register_buffer("linear", torch.zeros(size, components))
        self.register_buffer("square", torch.zeros(size, components))
        self.register_buffer("constant", torch.zeros(components))
        self.register_buffer("mean", torch.zeros(components, size))
        self.register_buffer("spread", torch.ones(components, size))
        self.register_buffer("share", torch.ones(components, 1) / components)

    @staticmethod
    def place(maps: torch.Tensor) -> torch.Tensor:
        """Where each descriptor lies: -0.5...0.5 across and down, as two more channels."""
        count, _, height, width = map(int, maps.shape)
        down = torch.linspace(-0.5, 0.5, height).view(1, 1, height, 1).expand(count, 1, height, width)
        across = torch.linspace(-0.5, 0.5, width).view(1, 1, 1, width).expand(count, 1, height, width)
        return torch.cat([across, down], 1)

    def descriptors(self, image: torch.Tensor) -> torch.Tensor:
        """Reduced descriptors [N, P, D] of all places and scales."""
        found = []
        for scale in (1, 2):
            cells, length = self.kind.cells(functional.avg_pool2d(image, scale) if scale > 1 else image)
            maps = functional.conv2d(cells, self.project)
            if length is not None:
                maps = maps * length
            maps = maps - self.shift.view(1, -1, 1, 1)
            height, width = map(int, maps.shape[2:])
            found.append(torch.cat([maps, self.place(maps)], 1).reshape(-1, self.parts + 2, height * width))
        return torch.cat(found, 2).transpose(1, 2)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        points = self.descriptors(image)
        squares = points * points
        weights = torch.softmax(points @ self.linear + squares @ self.square + self.constant, 2)
        turned = weights.transpose(1, 2) / int(points.shape[1])
        total, first, second = turned.sum(2, keepdim=True), turned @ points, turned @ squares
        by_mean = (first - total * self.mean) / (self.spread * self.share.sqrt())
        by_spread = (second - 2 * self.mean * first + (self.mean * self.mean - self.spread * self.spread) * total) / (
            self.spread * self.spread * (2 * self.share).sqrt())
        vector = torch.cat([by_mean.flatten(1), by_spread.flatten(1)], 1)
        # Signed square root, then unit length.
        vector = vector * torch.rsqrt(vector.abs() + EPSILON)
        return vector * torch.rsqrt((vector * vector).sum(1, keepdim=True) + EPSILON)

    @torch.no_grad()
    def fit(self, batches: list[torch.Tensor], rounds: int = 20) -> None:
        """Principal components of raw descriptors, then a diagonal mixture by expectation maximisation."""
        raw = []
        for image in batches:
            for scale in (1, 2):
                cells, length = self.kind.cells(functional.avg_pool2d(image, scale) if scale > 1 else image)
                columns = functional.unfold(cells, 4)
                if length is not None:
                    columns = columns * length.flatten(2)
                columns = columns.transpose(1, 2).flatten(0, 1)
                raw.append(columns[torch.randperm(len(columns))[:len(columns) // 20]])
        raw = torch.cat(raw)
        mean = raw.mean(0)
        values, vectors = torch.linalg.eigh(torch.cov((raw - mean).T))
        basis = vectors[:, -self.parts:].flip(1)
        self.project.copy_(basis.T.reshape(self.parts, self.kind.channels, 4, 4))
        self.shift.copy_(mean @ basis)
        points = torch.cat([self.descriptors(image).flatten(0, 1) for image in batches])
        points = points[torch.randperm(len(points))[:150_000]]
        self.mixture(points, rounds)

    def mixture(self, points: torch.Tensor, rounds: int) -> None:
        mean = points[torch.randperm(len(points))[:self.components]].clone()
        variance = points.var(0).expand(self.components, -1).clone()
        share = torch.full((self.components,), 1 / self.components)
        floor = points.var(0) * 0.02
        for turn in range(rounds + 1):
            self.linear.copy_((mean / variance).T)
            self.square.copy_((-0.5 / variance).T)
            self.constant.copy_(share.log() - 0.5 * (mean * mean / variance + variance.log()).sum(1))
            if turn == rounds:
                break
            weights = torch.softmax(points @ self.linear + (points * points) @ self.square + self.constant, 1)
            total = weights.sum(0) + 1e-3
            mean = weights.T @ points / total[:, None]
            variance = torch.maximum(weights.T @ (points * points) / total[:, None] - mean * mean, floor)
            share = total / total.sum()
        self.mean.copy_(mean)
        self.spread.copy_(variance.sqrt())
        self.share.copy_(share[:, None])
