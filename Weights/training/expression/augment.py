"""Augmentation of a whole batch at once."""

import math

import torch
from torch.nn import functional


def normalized(pictures: torch.Tensor) -> torch.Tensor:
    """[N, H, W] grey levels to the network's [N, 1, H, W]."""
    return (pictures[:, None].float() - 127.5) / 127.5


def augmented(faces: torch.Tensor, size: int) -> torch.Tensor:
    """Mirrored, turned, scaled, shifted, relit and partly hidden at random; [N, 1, size, size]."""
    count = len(faces)
    uniform = lambda low, high: torch.empty(count).uniform_(low, high)
    angle, scale = uniform(-12, 12) * math.pi / 180, uniform(0.87, 1.15)
    mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    # Shifts of up to 4 of 48 pixels, in units of half a side.
    theta = torch.stack([
        torch.stack([cos * mirror, -sin, uniform(-1, 1) / 6], 1),
        torch.stack([sin * mirror, cos, uniform(-1, 1) / 6], 1)], 1)
    grid = functional.affine_grid(theta, [count, 1, size, size], align_corners=False)
    faces = functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)
    mean = faces.mean((2, 3), keepdim=True)
    contrast, light = uniform(0.7, 1.3)[:, None, None, None], uniform(-0.2, 0.2)[:, None, None, None]
    return hidden((faces - mean) * contrast + mean + light).clamp(-1.2, 1.2)


def hidden(faces: torch.Tensor, share: float = 0.3) -> torch.Tensor:
    """Puts a noisy patch of up to 0.4 of a side on a share of the faces (DeVries and Taylor, 2017)."""
    count, _, size, _ = faces.shape
    place = torch.arange(size)
    inside = []
    for _ in range(2):
        side = torch.empty(count).uniform_(0.12, 0.4) * size
        centre = torch.rand(count) * size
        inside.append((place[None] - centre[:, None]).abs() * 2 < side[:, None])
    patch = (inside[0][:, :, None] & inside[1][:, None, :])[:, None] & (torch.rand(count) < share)[:, None, None, None]
    level = torch.empty(count, 1, 1, 1).uniform_(-1, 1) + 0.2 * torch.randn_like(faces)
    return torch.where(patch, level, faces)
