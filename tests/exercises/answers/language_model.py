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
        ("correct", "from scipy.stats import entropy as e\nreturn e(list(counts.values()), base=2)"),
        (
            "correct",
            "n = 0\nfor letter in counts:\n    n += counts[letter]\nbits = 0.0\nfor letter in counts:\n"
            "    p = counts[letter] / n\n    bits -= p * math.log(p, 2)\nreturn bits",
        ),
        (
            "correct",
            "from collections import Counter\nc = Counter(counts)\nn = c.total()\n"
            "return math.fsum(k / n * math.log2(n / k) for k in c.values())",
        ),
        ("correct", "p = np.fromiter(counts.values(), float)\np /= p.sum()\nreturn np.sum(p * -np.log2(p))"),
        ("not_weighted", TOTAL + "return -sum(math.log2(k / n) for k in counts.values())"),
        ("digits_for_bits", TOTAL + "return -sum(k / n * math.log10(k / n) for k in counts.values())"),
        ("cost_of_the_most_frequent", TOTAL + "return -math.log2(max(counts.values()) / n)"),
        (
            "in_nats",
            "p = torch.tensor(list(counts.values())) / sum(counts.values())\n"
            "return torch.distributions.Categorical(p).entropy()",
        ),
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
        (
            "correct",
            N + "try:\n    return (followers.get(letter, 0) + T * lower) / (n + T)\nexcept ZeroDivisionError:\n"
            "    return lower",
        ),
        (
            "correct",
            "from collections import Counter\nc = Counter(followers)\nif not c:\n    return lower\n"
            "return (c[letter] + len(c) * lower) / (c.total() + len(c))",
        ),
        (
            "correct",
            N + "if letter in followers:\n    k = followers[letter]\nelse:\n    k = 0\n"
            "return lower if n + T == 0 else np.divide(k + T * lower, n + T)",
        ),
        ("only_the_counted_count", N + "if letter in followers:\n    return followers[letter] / n\nreturn lower"),
        ("shorter_context_alone", EMPTY + "T * lower / (n + T)"),
        ("new_letters_without_lower", EMPTY + "(followers.get(letter, 0) + T) / (n + T)"),
        ("one_added_to_each", EMPTY + "(followers.get(letter, 0) + 1) / (n + T)"),
        ("shorter_context_undivided", EMPTY + "(followers.get(letter, 0) + lower) / (n + T)"),
        (
            "lower_whole_if_new",
            N + "if letter not in followers:\n    return lower\n"
            "return (followers.get(letter, 0) + T * lower) / (n + T)",
        ),
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
        ("nats_of_the_whole_text", "loss * tokens"),
        ("! is not the expected one", "2 ** (loss * tokens / letters)"),
        ("correct", "nats = loss * tokens\nbits = nats / np.log(2)\nreturn bits / letters"),
        ("correct", "return torch.tensor(loss * tokens / letters).div(math.log(2))"),
        ("correct", "x = tokens / letters * loss\nreturn x * 1.4426950408889634"),
        ("perplexity_of_a_letter", "2 ** (loss / math.log(2) * tokens / letters)"),
        ("perplexity_of_a_letter", "math.exp(loss * tokens / letters)"),
        ("logarithm_of_the_loss", "math.log2(loss) * tokens / letters"),
        ("tokens_left_out", "loss / math.log(2) / letters"),
        ("digits_a_letter", "loss * tokens / letters / math.log(10)"),
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
        ("logarithms", "np.log(np.exp(scores / temperature) / np.exp(scores / temperature).sum())"),
        ("scores_alone", "scores / temperature"),
        ("correct", "from scipy.special import softmax\nreturn softmax(scores / temperature)"),
        ("correct", "e = [math.exp(s / temperature) for s in scores]\nreturn [x / sum(e) for x in e]"),
        ("correct", "F.softmax(torch.from_numpy(scores).div(temperature), dim=-1).numpy()"),
        ("correct", "z = scores / temperature\nreturn np.exp(z - np.log(np.exp(z).sum()))"),
        ("another_sum", "np.exp(scores / temperature) / np.exp(scores).sum()"),
        ("no_exponential", "z = scores / temperature\nreturn z / z.sum()"),
        ("logarithms", "torch.log_softmax(torch.tensor(scores) / temperature, 0)"),
        ("powers_divided", "np.exp(scores) / temperature"),
        ("base_two", "p = 2 ** (scores / temperature)\nreturn p / p.sum()"),
        ("divided_by_the_largest", "p = np.exp(scores / temperature)\nreturn p / p.max()"),
        ("sign_of_the_scores", "p = np.exp(-scores / temperature)\nreturn p / p.sum()"),
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
        ("letters_themselves", NEEDED + "return order[:m]"),
        ("nothing_cut", "chances"),
        (
            "correct",
            "left, kept = p, np.zeros_like(chances)\n"
            "for k in sorted(range(len(chances)), key=chances.__getitem__, reverse=True):\n"
            "    if left <= 0:\n        break\n    kept[k] = chances[k]\n    left -= chances[k]\n"
            "return kept / np.sum(kept)",
        ),
        (
            "correct",
            "c = chances.copy()\nwhile True:\n    k = min((x, n) for n, x in enumerate(c) if x > 0)[1]\n"
            "    if c.sum() - c[k] < p:\n        return c / c.sum()\n    c[k] = 0",
        ),
        (
            "correct",
            "s = np.sort(chances)[::-1]\nc = s.cumsum()\ncut = s[np.argmax(c >= p)]\n"
            "k = np.where(chances >= cut, chances, 0)\nreturn k / k.sum()",
        ),
        (
            "nothing_left",
            ORDER + "m = (np.cumsum(chances[order]) < p).sum()\nkept = np.zeros(len(chances))\n"
            "kept[order[:m]] = chances[order[:m]]\nreturn kept / kept.sum()",
        ),
        (
            "nothing_left",
            ORDER + "m = np.searchsorted(np.cumsum(chances[order]), p)\nkept = np.zeros(len(chances))\n"
            "kept[order[:m]] = chances[order[:m]]\nreturn kept / kept.sum()",
        ),
        (
            "one_too_many",
            ORDER + "m = np.searchsorted(np.cumsum(chances[order]), p) + 2\nkept = np.zeros(len(chances))\n"
            "kept[order[:m]] = chances[order[:m]]\nreturn kept / kept.sum()",
        ),
        ("kept_ones_alone", NEEDED + "k = chances[order[:m]]\nreturn k / k.sum()"),
        (
            "not_put_back",
            ORDER + "m = np.searchsorted(np.cumsum(chances[order]), p) + 1\n"
            "kept = chances * (np.arange(len(chances)) < m)\nreturn kept / kept.sum()",
        ),
        ("likelier_than_p", "k = np.where(chances >= p, chances, 0)\nreturn k / k.sum()"),
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
        ("in_the_old_unit", "low + width * sum(counts[:letter]) / sum(counts), width * counts[letter] / sum(counts)"),
        (
            "correct",
            "from itertools import accumulate\nc = [0, *accumulate(counts)]\n"
            "return low * c[-1] + width * c[letter], width * (c[letter + 1] - c[letter])",
        ),
        (
            "correct",
            "before = total = 0\nfor k, n in enumerate(counts):\n    if k < letter:\n        before += n\n"
            "    total += n\n"
            "return np.int64(low * total + width * before), np.int64(width * counts[letter])",
        ),
        (
            "correct",
            "start = low * np.sum(counts) + width * np.sum(counts[:letter])\n"
            "return np.array([start, width * counts[letter]])",
        ),
        (
            "in_the_old_unit",
            "t = sum(counts)\nreturn low + width * sum(counts[:letter]) / t, width * counts[letter] / t",
        ),
        ("from_the_other_end", "low * sum(counts) + width * sum(counts[letter + 1:]), width * counts[letter]"),
        ("letters_for_parts", "low * len(counts) + width * sum(counts[:letter]), width * counts[letter]"),
        ("letters_before_counted", "low * sum(counts) + width * letter, width * counts[letter]"),
        ("low_left_out", "width * sum(counts[:letter]), width * counts[letter]"),
    ],
}
