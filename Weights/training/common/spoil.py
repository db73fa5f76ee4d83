"""What spoils pictures without moving anything in them, many at once on their device."""

import math

import torch
from torch.nn import functional


def some(count: int, share: float) -> torch.Tensor:
    """Numbers of a share of so many."""
    return torch.nonzero(torch.rand(count) < share)[:, 0]


def spoiled(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures [N, 3, H, W] of BGR levels with some of: things in front, blur, dark, other light, noise, grey, JPEG."""
    count, pictures = len(pictures), pictures.clone()

    def uniform(low: float, high: float, number: int, channels: int = 1) -> torch.Tensor:
        return torch.empty(number, channels, 1, 1, device=pictures.device).uniform_(low, high)

    def change(share: float, how) -> None:
        chosen = some(count, share).to(pictures.device)
        if len(chosen):
            pictures[chosen] = how(pictures[chosen])

    def relit(dark: bool):
        def how(part: torch.Tensor) -> torch.Tensor:
            number = len(part)
            gain = uniform(0.7, 1.1, number, 3) * uniform(0.25, 0.9, number) if dark else uniform(0.75, 1.25, number, 3)
            gamma = uniform(1.0, 2.2, number) if dark else uniform(0.65, 1.6, number)
            return (part / 255).clamp(0, 1).pow(gamma) * gain * 255
        return how

    def grey(part: torch.Tensor) -> torch.Tensor:
        return (0.114 * part[:, :1] + 0.587 * part[:, 1:2] + 0.299 * part[:, 2:]).expand(-1, 3, -1, -1)

    change(0.14, hidden)
    change(0.14, hidden)
    change(0.2, lambda part: blurred(part, float(torch.empty(1).uniform_(0.4, 1.6))))
    change(0.45, relit(dark=False))
    change(0.15, relit(dark=True))
    change(0.25, lambda part: part + uniform(1, 14, len(part)) * torch.randn_like(part))
    change(0.2, grey)
    change(0.3, lambda part: coarse(part.clamp(0, 255), uniform(4, 40, len(part))))
    return pictures.clamp(0, 255).round()


def hidden(pictures: torch.Tensor) -> torch.Tensor:
    """A bar or block of one colour, or of another part of the picture, over part of each picture."""
    count, _, height, width = pictures.shape
    device = pictures.device
    sides = torch.empty(count, 2, device=device).uniform_(0.03, 0.16)
    middle = torch.rand(count, 2, device=device)
    down = ((torch.arange(height, device=device) + 0.5) / height - middle[:, :1]).abs() < sides[:, :1] / 2
    across = ((torch.arange(width, device=device) + 0.5) / width - middle[:, 1:]).abs() < sides[:, 1:] / 2
    inside = (down[:, :, None] & across[:, None, :])[:, None]
    plain = torch.rand(count, 3, 1, 1, device=device) * 255
    other = torch.where(torch.rand(count, 1, 1, 1, device=device) < 0.5, plain, pictures.roll((height // 3, width // 3), (2, 3)))
    return torch.where(inside, other, pictures)


def blurred(pictures: torch.Tensor, sigma: float) -> torch.Tensor:
    reach = max(1, math.ceil(3 * sigma))
    place = torch.arange(-reach, reach + 1, device=pictures.device, dtype=torch.float32)
    kernel = torch.exp(-(place / sigma) ** 2 / 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, -1)
    padded = functional.pad(pictures, [reach] * 4, mode="replicate")
    rows = functional.conv2d(padded, kernel[:, :, :, None], groups=3)
    return functional.conv2d(rows, kernel[:, :, None, :], groups=3)


def coarse(pictures: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
    """What JPEG does to blocks of 8 x 8: their cosine transform in steps, wider for higher frequencies and colour."""
    device = pictures.device
    wave = torch.arange(8, device=device, dtype=torch.float32)
    basis = torch.cos((2 * wave[None] + 1) * wave[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    mix = torch.tensor([[0.114, 0.587, 0.299], [0.5, -0.331, -0.169], [-0.081, -0.419, 0.5]], device=device)
    parts = torch.einsum("ij,njhw->nihw", mix, pictures)
    count, _, height, width = pictures.shape
    blocks = parts.reshape(count, 3, height // 8, 8, width // 8, 8)
    waves = torch.einsum("ai,nchiwj,bj->nchawb", basis, blocks, basis)
    steps = step[..., None, None] * (0.5 + (wave[:, None] + wave) / 7)[:, None, :]
    steps = steps * torch.tensor([1.0, 1.6, 1.6], device=device).reshape(1, 3, 1, 1, 1, 1)
    waves = (waves / steps).round() * steps
    blocks = torch.einsum("ai,nchawb,bj->nchiwj", basis, waves, basis)
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(mix), blocks.reshape(pictures.shape))
