"""Answers to the exercises of lesson 10."""

TOTAL = "n = sum(counts.values())\n"
N = "n, T = sum(followers.values()), len(followers)\n"
EMPTY = N + "if n == 0:\n    return lower\nreturn "
ORDER = "order = np.argsort(-chances)\n"
KEEP = "kept = np.zeros(len(chances))\nkept[order[:m]] = chances[order[:m]]\n"
NEEDED = ORDER + "m = np.searchsorted(np.cumsum(chances[order]), p) + 1\n" + KEEP

ANSWERS = {
    "entropy": [
        ("correct", "p = np.array(list(counts.values())) / sum(counts.values())\nreturn -(p * np.log2(p)).sum()"),
        ("correct", TOTAL + "return math.log2(n) - sum(k * math.log2(k) for k in counts.values()) / n"),
        ("correct", "p = torch.tensor(list(counts.values())) / sum(counts.values())\nreturn -(p * p.log2()).sum()"),
        ("in_nats", TOTAL + "return -sum(k / n * math.log(k / n) for k in counts.values())"),
        ("negative", TOTAL + "return sum(k / n * math.log2(k / n) for k in counts.values())"),
        ("every_letter_once", TOTAL + "return np.mean([-math.log2(k / n) for k in counts.values()])"),
        ("of_the_whole_text", TOTAL + "return -sum(k * math.log2(k / n) for k in counts.values())"),
        ("all_alike", "math.log2(len(counts))"),
        ("perplexity", "2 ** right(counts)"),
        ("! is not the expected one", "max(counts.values()) / sum(counts.values())"),
        ("! is of another type", "[-math.log2(k / sum(counts.values())) for k in counts.values()]"),
    ],
    "smoothed": [
        ("correct", EMPTY + "(followers.get(letter, 0) + T * lower) / (n + T)"),
        (
            "correct",
            N
            + "keep = n / (n + T) if n else 0\nreturn keep * followers.get(letter, 0) / max(n, 1) + (1 - keep) * lower",
        ),
        (
            "correct",
            "if not followers:\n    return lower\n" + N + "return (followers.get(letter, 0) + T * lower) / (n + T)",
        ),
        ("no_smoothing", EMPTY + "followers.get(letter, 0) / n"),
        ("not_normalized", EMPTY + "(followers.get(letter, 0) + T * lower) / n"),
        ("one_chance", EMPTY + "(followers.get(letter, 0) + lower) / (n + 1)"),
        ("only_if_new", EMPTY + "(followers[letter] if letter in followers else T * lower) / (n + T)"),
        ("shares_swapped", EMPTY + "(T * followers.get(letter, 0) / n + n * lower) / (n + T)"),
        ("zero_without_context", N + "return (followers.get(letter, 0) + T * lower) / (n + T) if n else 0.0"),
        ("! has n + T = 0", N + "return (followers.get(letter, 0) + T * lower) / (n + T)"),
        ("! is not the expected one", EMPTY + "(followers.get(letter, 0) + 1) / (n + 96)"),
        ("! KeyError", EMPTY + "(followers[letter] + T * lower) / (n + T)"),
    ],
    "bits_a_letter": [
        ("correct", "loss / math.log(2) * tokens / letters"),
        ("correct", "math.log2(math.exp(loss)) * tokens / letters"),
        ("correct", "loss * math.log2(math.e) / (letters / tokens)"),
        ("bits_a_token", "loss / math.log(2)"),
        ("bits_a_token", "math.log2(math.exp(loss))"),
        ("bits_of_the_whole_text", "loss * tokens / math.log(2)"),
        ("nats_a_letter", "loss * tokens / letters"),
        ("times_log_2", "loss * tokens * math.log(2) / letters"),
        ("letters_over_tokens", "loss / math.log(2) * letters / tokens"),
        ("perplexity_of_a_token", "math.exp(loss)"),
        ("! is not the expected one", "loss * tokens"),
        ("! is not the expected one", "2 ** (loss * tokens / letters)"),
    ],
    "with_temperature": [
        ("correct", "z = np.exp(scores / temperature - max(scores / temperature))\nreturn z / z.sum()"),
        ("correct", "torch.softmax(torch.tensor(scores) / temperature, 0)"),
        ("correct", "p = np.exp(scores) ** (1 / temperature)\nreturn p / sum(p)"),
        ("multiplied", "p = np.exp(scores * temperature)\nreturn p / p.sum()"),
        ("without_effect", "p = np.exp(scores)\np = p / p.sum() / temperature\nreturn p / p.sum()"),
        ("multiplied", "p = np.exp(scores) ** temperature\nreturn p / p.sum()"),
        ("without_effect", "p = np.exp(scores - temperature)\nreturn p / p.sum()"),
        ("sum_is_not_one", "np.exp(scores / temperature)"),
        (
            "twice_the_softmax",
            "p = np.exp(scores) / np.exp(scores).sum()\np = np.exp(p / temperature)\nreturn p / p.sum()",
        ),
        ("probabilities_divided", "p = np.exp(scores)\nreturn p / p.sum() / temperature"),
        ("! is of another type", "np.exp(scores / temperature).sum()"),
        ("! is not the expected one", "np.log(np.exp(scores / temperature) / np.exp(scores / temperature).sum())"),
        ("! is not the expected one", "scores / temperature"),
    ],
    "top_p": [
        ("correct", NEEDED + "return kept / kept.sum()"),
        (
            "correct",
            "kept, total = [0.0] * len(chances), 0\nfor k in sorted(range(len(chances)), key=lambda k: -chances[k]):\n"
            "    if total >= p:\n        break\n    kept[k] = chances[k]\n    total += chances[k]\n"
            "return [c / total for c in kept]",
        ),
        (
            "correct",
            "s, i = torch.tensor(chances).sort(descending=True)\ns[s.cumsum(0) - s >= p] = 0\n"
            "return torch.zeros(len(s), dtype=s.dtype).scatter(0, i, s / s.sum())",
        ),
        (
            "without_the_last_one",
            ORDER + "m = max(1, (np.cumsum(chances[order]) < p).sum())\n" + KEEP + "return kept / kept.sum()",
        ),
        ("sum_below_one", NEEDED + "return kept"),
        (
            "unsorted",
            "k = chances * (np.arange(len(chances)) <= np.searchsorted(np.cumsum(chances), p))\nreturn k / k.sum()",
        ),
        ("rarest_first", NEEDED.replace("-chances", "chances") + "return kept / kept.sum()"),
        ("sorted_result", NEEDED + "k = kept / kept.sum()\nreturn np.sort(k)[::-1]"),
        ("as_a_threshold", "k = np.where(chances >= 1 - p, chances, 0)\nreturn k / max(k.sum(), 1e-12)"),
        ("! is of another", NEEDED + "return order[:m]"),
        ("! is not the expected one", "chances"),
    ],
    "narrow": [
        ("correct", "t = sum(counts)\nreturn low * t + width * sum(counts[:letter]), width * counts[letter]"),
        (
            "correct",
            "c = np.cumsum([0, *counts])\nreturn low * c[-1] + width * c[letter], width * (c[letter + 1] - c[letter])",
        ),
        ("correct", "[low * sum(counts) + width * sum(counts[k] for k in range(letter)), width * counts[letter]]"),
        ("letter_counted_before", "low * sum(counts) + width * sum(counts[:letter + 1]), width * counts[letter]"),
        ("unit_not_changed", "low + width * sum(counts[:letter]), width * counts[letter]"),
        ("width_forgotten", "low * sum(counts) + sum(counts[:letter]), width * counts[letter]"),
        ("rest_of_the_interval", "low * sum(counts) + width * sum(counts[:letter]), width * sum(counts[letter:])"),
        (
            "end_for_width",
            "a = low * sum(counts)\nreturn a + width * sum(counts[:letter]), a + width * sum(counts[:letter + 1])",
        ),
        ("width_of_one_letter", "low * sum(counts) + width * sum(counts[:letter]), counts[letter]"),
        ("! is of another type", "low * sum(counts) + width * sum(counts[:letter])"),
        (
            "! is not the expected one",
            "low + width * sum(counts[:letter]) / sum(counts), width * counts[letter] / sum(counts)",
        ),
    ],
}
