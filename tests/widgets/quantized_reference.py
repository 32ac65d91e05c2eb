"""A text classifier in whole numbers, in NumPy: what the quantization explorer computes in the browser."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from lstm_lessons.text.tokenizer import LONGEST, UNKNOWN, normalize


def quantized(values: np.ndarray) -> tuple[np.ndarray, np.float32]:
    """Numbers less their zero point, and the scale, in float32: 256 steps from the smallest to the largest."""
    values = values.astype(np.float32)
    low, high = min(values.min(), np.float32(0)), max(values.max(), np.float32(0))
    scale = (high - low) / np.float32(255) if high > low else np.float32(1)
    zero = np.round(-low / scale)
    return np.clip(np.round(values / scale) + zero, 0, 255) - zero, scale


def rounded(weight: np.ndarray, bits: int, symmetric: bool) -> tuple[np.ndarray, float]:
    """A weight in so many bits, as the file's rule has it."""
    weight = weight.astype(np.float64)
    low, high = min(weight.min(), 0), max(weight.max(), 0)
    if symmetric:
        steps = 2 ** (bits - 1) - 1
        scale = max(-low, high) / steps
        return np.clip(np.round(weight / scale), -steps, steps), scale
    scale = (high - low) / (2**bits - 1)
    zero = np.round(-low / scale)
    return np.clip(np.round(weight / scale), -zero, 2**bits - 1 - zero), scale


def codes(state: dict[str, Any], bits: int) -> tuple[list, np.ndarray]:
    """The six weights as numbers and scale, and the biases: of each direction, and of the head."""
    sizes = state["architecture"]
    E, H, K, N = (sizes[name] for name in ("input_size", "hidden_size", "classes", "letters"))
    row = np.frombuffer(base64.b64decode(state["weights"]), "<f4")
    shapes = [(N, E), *[(4 * H, E), (4 * H, H), (2, 4 * H)] * 2, (K, 4 * H), (K,)]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    parts = [part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), shapes, strict=True)]
    weights, biases = (
        [parts[n] for n in (0, 1, 2, 4, 5, 7)],
        [*(part.sum(0, dtype=np.float64) for part in (parts[3], parts[6])), parts[8]],
    )
    if bits < 8:
        return [rounded(weight, bits, 0 < n < 5) for n, weight in enumerate(weights)], biases
    stored, found = base64.b64decode(state["bytes"]), []
    for weight, (scale, zero, signed) in zip(weights, state["codes"], strict=True):
        numbers, stored = stored[: weight.size], stored[weight.size :]
        numbers = np.frombuffer(numbers, np.int8 if signed else np.uint8).astype(np.float64)
        found.append((numbers.reshape(weight.shape) - zero, scale))
    return found, biases


def layer(x: np.ndarray, weights: list, bias: np.ndarray) -> np.ndarray:
    """One direction: inputs (T, I) in the order of reading to h, (T, H)."""
    (ih, ih_scale), (hh, hh_scale) = weights
    numbers, scale = quantized(x)
    read = numbers @ ih.T * float(scale) * ih_scale + bias
    h, c, output = np.zeros(len(bias) // 4), np.zeros(len(bias) // 4), []
    for z in read:
        numbers, scale = quantized(h)
        i, f, g, o = np.split(z + numbers @ hh.T * float(scale) * hh_scale, 4)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        output.append(h)
    return np.array(output)


def belief(state: dict[str, Any], bits: int) -> np.ndarray:
    """Class probabilities of the state's phrase, (K,); pooled by the final states and the maximum."""
    assert state["architecture"]["pool"] == "final and max"
    known = {letter: n for n, letter in enumerate(state["letters"], UNKNOWN + 1)}
    letters = [known.get(letter, UNKNOWN) for letter in normalize(state["phrase"])[:LONGEST]]
    (embedding, *both, (head, head_scale)), biases = codes(state, bits)
    x = (embedding[0][letters] * embedding[1]).astype(np.float32)
    forward = layer(x, both[:2], biases[0])
    backward = layer(x[::-1], both[2:], biases[1])[::-1]
    features = np.concatenate([forward[-1], backward[0], forward.max(0), backward.max(0)])
    numbers, scale = quantized(features)
    scores = numbers @ head.T * float(scale) * head_scale + biases[2]
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()
