"""Exercises of lesson 10: bits, a smoothed probability, what to draw from, and a compressor's step.

Shapes: V letters of the alphabet.
"""

import math

import numpy as np

from lstm_lessons.exercises._engine import exercise

__all__ = ["entropy", "smoothed", "with_temperature", "top_p", "bits_a_letter", "narrow"]


def _counts(rng):
    yield ({"a": 1, "b": 1},)  # a dict alone would be keyword arguments
    yield ({"a": 4, "b": 2, "c": 1, "d": 1},)
    yield ({"x": 7},)
    for letters in (5, 9):
        yield ({chr(97 + k): int(n) for k, n in enumerate(rng.integers(1, 50, letters))},)


@exercise(
    title="the entropy of letters that were counted",
    minutes=5,
    cases=_counts,
    hints=[
        "A letter that was counted n times of N has the probability n / N. What does it cost, in bits?",
        "It costs `-log2(n / N)`, and that happens in a share n / N of all places.",
        "`total = sum(counts.values())`, then the sum of `-n / total * math.log2(n / total)` over the counts.",
    ],
    why="No code that gives each letter a fixed number of bits can do better on average. What lies below it must "
    "come from the letters before.",
)
def entropy(counts):
    total = sum(counts.values())
    return sum(-n / total * math.log2(n / total) for n in counts.values())


@entropy.mistake
def in_nats(counts):
    """Right, in nats: you took the natural logarithm. A bit is the logarithm to base 2: `math.log2`."""
    return entropy(counts) * math.log(2)


@entropy.mistake
def negative(counts):
    """The sign is missing: the logarithm of a probability is negative, and what a letter costs is not."""
    return -entropy(counts)


@entropy.mistake
def every_letter_once(counts):
    """You averaged over the different letters, each once. A frequent letter is paid for more often: weight each by its
    probability.
    """
    total = sum(counts.values())
    return sum(-math.log2(n / total) for n in counts.values()) / len(counts)


@entropy.mistake
def of_the_whole_text(counts):
    """That is what the whole text costs. Divide by the number of its letters: bits a letter."""
    return entropy(counts) * sum(counts.values())


@entropy.mistake
def all_alike(counts):
    """That is the entropy if all letters were equally likely: its upper limit. Use the counts."""
    return math.log2(len(counts))


@entropy.mistake
def perplexity(counts):
    """That is the perplexity, 2 to the power of the entropy: so many letters, all alike, would be as hard to guess."""
    return 2 ** entropy(counts)


@entropy.mistake
def not_weighted(counts):
    """You added up what each letter costs, once each. A frequent letter is paid for more often: weight each cost by its
    probability, n / N.
    """
    total = sum(counts.values())
    return sum(-math.log2(n / total) for n in counts.values())


@entropy.mistake
def digits_for_bits(counts):
    """You took the logarithm to base 10. A bit is the logarithm to base 2: `math.log2`."""
    return entropy(counts) * math.log10(2)


@entropy.mistake
def cost_of_the_most_frequent(counts):
    """That is what the most frequent letter costs. Take the mean over all of them, each weighted by its probability."""
    return -math.log2(max(counts.values()) / sum(counts.values()))


def _contexts(rng):
    yield {"e": 3, "a": 1}, "e", 0.1
    yield {"e": 3, "a": 1}, "z", 0.01
    yield {}, "e", 0.2
    for _ in range(3):
        letters = "abcdefgh"[: int(rng.integers(2, 8))]
        yield {letter: int(n) for letter, n in zip(letters, rng.integers(1, 9, 8), strict=False)}, "c", 0.05


@exercise(
    title="Witten-Bell smoothing",
    difficulty=2,
    minutes=7,
    cases=_contexts,
    hints=[
        "How often was something new seen after this context? As often as it has different followers: T times.",
        "So n + T chances in all: n for what was counted, T for the shorter context.",
        "`(followers.get(letter, 0) + T * lower) / (n + T)`; a context that was never seen knows nothing: `lower`.",
    ],
    errors={
        "ZeroDivisionError": "A context that was never seen has n + T = 0. Then the shorter context answers alone."
    },
    why="The more different letters followed a context, the less is to be believed of what it counted.",
)
def smoothed(followers, letter, lower):
    n, T = sum(followers.values()), len(followers)
    if n == 0:
        return lower
    return (followers.get(letter, 0) + T * lower) / (n + T)


@smoothed.mistake
def no_smoothing(followers, letter, lower):
    """You give probability 0 to a letter that never followed, so it would cost infinitely many bits. Leave a share to
    the shorter context.
    """
    n = sum(followers.values())
    return followers.get(letter, 0) / n if n else lower


@smoothed.mistake
def not_normalized(followers, letter, lower):
    """Your probabilities of all letters sum to more than 1: T chances came in above, so they must below, too."""
    n = sum(followers.values())
    return (followers.get(letter, 0) + len(followers) * lower) / n if n else lower


@smoothed.mistake
def one_chance(followers, letter, lower):
    """You left one chance to the shorter context, whatever followed. Leave T of them, the number of different
    followers: where much followed, more is to come.
    """
    n = sum(followers.values())
    return (followers.get(letter, 0) + lower) / (n + 1) if n else lower


@smoothed.mistake
def only_if_new(followers, letter, lower):
    """You asked the shorter context only for letters that are new here. Then the shares do not sum to 1; mix both for
    every letter.
    """
    n, T = sum(followers.values()), len(followers)
    if letter in followers:
        return followers[letter] / (n + T)
    return T * lower / (n + T) if n else lower


@smoothed.mistake
def shares_swapped(followers, letter, lower):
    """The shares are swapped: n chances belong to what was counted, T to the shorter context."""
    n, T = sum(followers.values()), len(followers)
    return (T * followers.get(letter, 0) / n + n * lower) / (n + T) if n else lower


@smoothed.mistake
def zero_without_context(followers, letter, lower):
    """You give 0 in a context that was never seen. It knows nothing, so the shorter one answers: `lower`."""
    return smoothed(followers, letter, lower) if followers else 0.0


@smoothed.mistake
def only_the_counted_count(followers, letter, lower):
    """A letter that followed gets its full share of what was counted, and any other gets all of `lower`. That sums to
    more than 1: mix both for every letter.
    """
    n = sum(followers.values())
    return followers[letter] / n if letter in followers else lower


@smoothed.mistake
def shorter_context_alone(followers, letter, lower):
    """The share of the shorter context is right, but what was counted here is missing: add
    `followers.get(letter, 0)`.
    """
    n, T = sum(followers.values()), len(followers)
    return T * lower / (n + T) if n else lower


@smoothed.mistake
def new_letters_without_lower(followers, letter, lower):
    """You gave all T chances of something new to this one letter. All letters share them: this one gets `T * lower`."""
    n, T = sum(followers.values()), len(followers)
    return (followers.get(letter, 0) + T) / (n + T) if n else lower


@smoothed.mistake
def one_added_to_each(followers, letter, lower):
    """You added 1 to each count (Laplace). Here T chances go to the shorter context, which gives each letter its part:
    `T * lower`.
    """
    n, T = sum(followers.values()), len(followers)
    return (followers.get(letter, 0) + 1) / (n + T) if n else lower


@smoothed.mistake
def shorter_context_undivided(followers, letter, lower):
    """Your denominator counts n + T chances, but `lower` gets only one of them in the numerator. The shorter context
    has T.
    """
    n, T = sum(followers.values()), len(followers)
    return (followers.get(letter, 0) + lower) / (n + T) if n else lower


@smoothed.mistake
def lower_whole_if_new(followers, letter, lower):
    """A letter that is new here gets all of `lower`. That sums to more than 1: it should get only its part of the T
    chances, out of n + T.
    """
    return smoothed(followers, letter, lower) if letter in followers else lower


def _losses(rng):
    yield 2.0, 100, 100
    yield 3.0, 50, 200
    for _ in range(3):
        tokens = int(rng.integers(20, 200))
        yield float(rng.uniform(0.5, 5)), tokens, tokens * int(rng.integers(1, 7))


@exercise(
    title="bits a letter, whatever the tokens are",
    minutes=4,
    cases=_losses,
    hints=[
        "What does the whole text cost, in nats? The loss is the mean over its tokens.",
        "`loss * tokens` nats; a bit is log(2) nats.",
        "`loss * tokens / math.log(2) / letters`.",
    ],
    why="Losses and perplexities of models with other tokens cannot be compared. What the same text costs can.",
)
def bits_a_letter(loss, tokens, letters):
    return loss * tokens / math.log(2) / letters


@bits_a_letter.mistake
def bits_a_token(loss, tokens, letters):
    """Those are bits a *token*. A model with longer tokens has fewer of them to pay for: divide by letters."""
    return loss / math.log(2)


@bits_a_letter.mistake
def bits_of_the_whole_text(loss, tokens, letters):
    """That is what the whole text costs. Share it among its letters."""
    return loss * tokens / math.log(2)


@bits_a_letter.mistake
def nats_a_letter(loss, tokens, letters):
    """Those are nats a letter. `cross_entropy` takes the natural logarithm: divide by `math.log(2)`."""
    return loss * tokens / letters


@bits_a_letter.mistake
def times_log_2(loss, tokens, letters):
    """Divide by log(2), do not multiply: a bit is smaller than a nat, so there are more of them."""
    return loss * tokens * math.log(2) / letters


@bits_a_letter.mistake
def letters_over_tokens(loss, tokens, letters):
    """Tokens and letters are swapped: the text costs `loss * tokens`, and that is shared by its letters."""
    return loss * letters / math.log(2) / tokens


@bits_a_letter.mistake
def perplexity_of_a_token(loss, tokens, letters):
    """That is the perplexity of a token. It depends on what a token is, so it says nothing across vocabularies."""
    return math.exp(loss)


@bits_a_letter.mistake
def perplexity_of_a_letter(loss, tokens, letters):
    """That is the perplexity of a letter: 2 to the power of the bits. The bits themselves are asked for."""
    return 2 ** bits_a_letter(loss, tokens, letters)


@bits_a_letter.mistake
def logarithm_of_the_loss(loss, tokens, letters):
    """You took the logarithm of the loss. The loss is a logarithm already, in nats: divide it by log(2)."""
    return math.log2(loss) * tokens / letters


@bits_a_letter.mistake
def tokens_left_out(loss, tokens, letters):
    """The loss is a mean over *tokens*. Multiplied by `tokens` it is what the whole text costs, and that is shared
    among its letters.
    """
    return loss / math.log(2) / letters


@bits_a_letter.mistake
def nats_of_the_whole_text(loss, tokens, letters):
    """That is what the whole text costs, in nats. Divide by log(2), and share it among the letters."""
    return loss * tokens


@bits_a_letter.mistake
def digits_a_letter(loss, tokens, letters):
    """You divided by log(10), which gives digits. A bit is log(2) nats."""
    return loss * tokens / math.log(10) / letters


def _scores(rng):
    yield np.array([2.0, 1.0, 0.0]), 0.5
    for size, temperature in ((4, 2.0), (6, 0.7), (3, 1.5)):
        yield rng.normal(size=size) * 2, temperature


@exercise(
    title="temperature",
    minutes=5,
    cases=_scores,
    hints=[
        "The temperature divides the scores, before the softmax.",
        "`np.exp(scores / temperature)`, and then?",
        "`powers = np.exp(scores / temperature)`, and `powers / powers.sum()`.",
    ],
    why="Below 1 the likely letters gain, above 1 the others do; at 1 nothing changes.",
)
def with_temperature(scores, temperature):
    powers = np.exp(scores / temperature)
    return powers / powers.sum()


@with_temperature.mistake
def multiplied(scores, temperature):
    """At a high temperature your likely letters get even likelier. You multiplied the scores by it, or took it as a
    power of the probabilities, which is the same. Divide the scores by it.
    """
    return with_temperature(scores, 1 / temperature)


@with_temperature.mistake
def without_effect(scores, temperature):
    """Your temperature has no effect. Dividing the probabilities by it and normalizing again gives back the old ones;
    so does making all scores smaller by the same amount. Divide the scores, before the softmax.
    """
    return with_temperature(scores, 1.0)


@with_temperature.mistake
def sum_is_not_one(scores, temperature):
    """Those do not sum to 1. Divide by their sum."""
    return np.exp(scores / temperature)


@with_temperature.mistake
def twice_the_softmax(scores, temperature):
    """You took the softmax of probabilities, a second time. Divide the scores by the temperature, and take it once."""
    return with_temperature(with_temperature(scores, 1.0), temperature)


@with_temperature.mistake
def probabilities_divided(scores, temperature):
    """You divided the probabilities by the temperature and left it at that: they no longer sum to 1. The temperature
    belongs to the scores.
    """
    return with_temperature(scores, 1.0) / temperature


@with_temperature.mistake
def another_sum(scores, temperature):
    """Your numerator has the temperature, your denominator does not. Divide by the sum of the same powers."""
    return np.exp(scores / temperature) / np.exp(scores).sum()


@with_temperature.mistake
def no_exponential(scores, temperature):
    """The exponential is missing: a score may be negative, a probability may not. Divide by the temperature, then take
    `np.exp`.
    """
    return scores / scores.sum()


@with_temperature.mistake
def scores_alone(scores, temperature):
    """Those are the scores, divided by the temperature. A softmax makes probabilities of them."""
    return scores / temperature


@with_temperature.mistake
def logarithms(scores, temperature):
    """Those are the logarithms of the probabilities. The probabilities themselves are asked for."""
    return np.log(with_temperature(scores, temperature))


@with_temperature.mistake
def powers_divided(scores, temperature):
    """You divided the powers by the temperature. Divide the scores by it instead; and in the end all must sum to 1."""
    return np.exp(scores) / temperature


@with_temperature.mistake
def base_two(scores, temperature):
    """The softmax takes powers of e, `np.exp`; yours are powers of 2."""
    return with_temperature(scores * np.log(2), temperature)


@with_temperature.mistake
def divided_by_the_largest(scores, temperature):
    """You divided by the largest power. Divide by the sum of all, so that the probabilities sum to 1."""
    powers = np.exp(scores / temperature)
    return powers / powers.max()


@with_temperature.mistake
def sign_of_the_scores(scores, temperature):
    """The sign of the scores is reversed: your most likely letter is the one with the lowest score."""
    return with_temperature(-scores, temperature)


def _chances(rng):
    yield np.array([0.5, 0.3, 0.15, 0.05]), 0.7
    yield np.array([0.1, 0.6, 0.3]), 0.5
    for size, p in ((6, 0.85), (8, 0.6), (5, 0.95)):
        chances = rng.dirichlet(np.full(size, 0.6))
        yield chances, p


@exercise(
    title="top p: the fewest letters that reach p",
    difficulty=2,
    minutes=8,
    cases=_chances,
    hints=[
        "Sort from the likeliest on, and add up. Which letters are needed to reach p?",
        "The one that crosses p is needed, too. `np.argsort(-chances)` and `np.cumsum` help.",
        "`kept = order[: np.searchsorted(np.cumsum(chances[order]), p) + 1]`; set the others to 0, divide by the sum.",
    ],
    why="Where the model is sure, one letter may be kept; where it is not, many. Top k keeps as many everywhere.",
)
def top_p(chances, p):
    order = np.argsort(-chances)
    needed = np.searchsorted(np.cumsum(chances[order]), p) + 1
    kept = np.zeros_like(chances)
    kept[order[:needed]] = chances[order[:needed]]
    return kept / kept.sum()


def _needed(chances, p):
    """How many of these letters, in their order, it takes to reach p."""
    return np.searchsorted(np.cumsum(chances), p) + 1


def _first(chances, count, order=None):
    """The first letters of an order, from the likeliest on; the others get 0."""
    first = (np.argsort(-chances) if order is None else order)[:count]
    return np.where(np.isin(np.arange(len(chances)), first), chances, 0)


def _normalized(kept):
    with np.errstate(invalid="ignore"):
        return kept / kept.sum()


@top_p.mistake
def without_the_last_one(chances, p):
    """The letter that crosses p is missing. Without it the kept ones do not reach p, and where one letter has more than
    p, nothing would be left.
    """
    return _normalized(_first(chances, max(1, _needed(-np.sort(-chances), p) - 1)))


@top_p.mistake
def sum_below_one(chances, p):
    """Those do not sum to 1: what was cut is missing. Divide by their sum."""
    return _first(chances, _needed(-np.sort(-chances), p))


@top_p.mistake
def unsorted(chances, p):
    """You added up in the order of the alphabet. Sort first, the likeliest in front."""
    return _normalized(_first(chances, _needed(chances, p), np.arange(len(chances))))


@top_p.mistake
def rarest_first(chances, p):
    """You sorted the wrong way around, and kept the least likely letters. `np.argsort(-chances)`."""
    return _normalized(_first(chances, _needed(np.sort(chances), p), np.argsort(chances)))


@top_p.mistake
def sorted_result(chances, p):
    """Your result is sorted: its first number no longer belongs to the first letter. Put each back in its place."""
    return -np.sort(-top_p(chances, p))


@top_p.mistake
def as_a_threshold(chances, p):
    """You kept the letters whose own probability is above 1 - p. It is their *sum* that has to reach p."""
    kept = np.where(chances >= 1 - p, chances, 0)
    return kept / max(kept.sum(), 1e-12)


@top_p.mistake
def nothing_left(chances, p):
    """The letter that crosses p is missing. So where one letter alone has more than p, nothing is kept, and 0 / 0 is
    NaN.
    """
    return _normalized(_first(chances, _needed(-np.sort(-chances), p) - 1))


@top_p.mistake
def one_too_many(chances, p):
    """One letter too many: the one that crosses p is the last one needed."""
    return _normalized(_first(chances, _needed(-np.sort(-chances), p) + 1))


@top_p.mistake
def kept_ones_alone(chances, p):
    """Those are the kept letters alone, sorted. Each letter keeps its place, and the others get 0: (V,)."""
    likeliest = -np.sort(-chances)
    return _normalized(likeliest[: _needed(likeliest, p)])


@top_p.mistake
def not_put_back(chances, p):
    """You counted in the sorted order, but then kept the first letters of the *alphabet*. `order` says which letters to
    keep.
    """
    return _normalized(_first(chances, _needed(-np.sort(-chances), p), np.arange(len(chances))))


@top_p.mistake
def likelier_than_p(chances, p):
    """You kept each letter that has p or more by itself. It is their *sum* that has to reach p."""
    return _normalized(np.where(chances >= p, chances, 0))


@top_p.mistake
def nothing_cut(chances, p):
    """Nothing is cut. Keep the fewest likeliest letters that together reach p."""
    return chances.copy()


@top_p.mistake
def letters_themselves(chances, p):
    """Those are the letters that are kept. Return probabilities, with 0 for all other letters: (V,)."""
    return np.argsort(-chances)[: _needed(-np.sort(-chances), p)]


def _intervals(rng):
    yield 0, 1, [2, 1, 1], 0
    yield 0, 1, [2, 1, 1], 2
    yield 5, 7, [1, 3, 4], 1
    for _ in range(3):
        counts = rng.integers(1, 9, 5).tolist()
        yield int(rng.integers(1000)), int(rng.integers(2, 100)), counts, int(rng.integers(1, 5))


@exercise(
    title="arithmetic coding: one letter narrows an interval",
    difficulty=3,
    minutes=10,
    cases=_intervals,
    hints=[
        "Cut the interval into `sum(counts)` equal parts. Letter k gets `counts[k]` of them. How many come before it?",
        "To stay with whole numbers, make the unit smaller: multiply `low` by the number of parts. The width then has "
        "`width` small units for each part.",
        "`low * total + width * sum(counts[:letter])`, and `width * counts[letter]`.",
    ],
    why="A letter of probability p narrows the interval to its share p, so naming a number inside takes -log2 p bits "
    "more: the model's cost, to the bit.",
)
def narrow(low, width, counts, letter):
    total = sum(counts)
    return low * total + width * sum(counts[:letter]), width * counts[letter]


@narrow.mistake
def letter_counted_before(low, width, counts, letter):
    """You began behind the letter's own part: before letter k stand the letters below k, `counts[:letter]`."""
    total = sum(counts)
    return low * total + width * sum(counts[: letter + 1]), width * counts[letter]


@narrow.mistake
def unit_not_changed(low, width, counts, letter):
    """`low` is still in the old unit. Each step makes the unit smaller by the factor `sum(counts)`, so multiply it."""
    return low + width * sum(counts[:letter]), width * counts[letter]


@narrow.mistake
def width_forgotten(low, width, counts, letter):
    """The part before the letter must be scaled with the width of the interval: `width * sum(counts[:letter])`."""
    return low * sum(counts) + sum(counts[:letter]), width * counts[letter]


@narrow.mistake
def rest_of_the_interval(low, width, counts, letter):
    """Your interval ends where the old one ended. It must end where the next letter's part begins: `width *
    counts[letter]` long.
    """
    total = sum(counts)
    return low * total + width * sum(counts[:letter]), width * sum(counts[letter:])


@narrow.mistake
def end_for_width(low, width, counts, letter):
    """You gave the end of the interval. Give its width."""
    start, size = narrow(low, width, counts, letter)
    return start, start + size


@narrow.mistake
def width_of_one_letter(low, width, counts, letter):
    """The new width is `counts[letter]` of the small units times the old width: every letter narrows what the letters
    before it left.
    """
    return narrow(low, width, counts, letter)[0], counts[letter]


@narrow.mistake
def in_the_old_unit(low, width, counts, letter):
    """That is right, in fractions of the old unit. To stay with whole numbers, leave out the division: the new unit is
    `sum(counts)` times smaller.
    """
    start, size = narrow(low, width, counts, letter)
    return start / sum(counts), size / sum(counts)


@narrow.mistake
def from_the_other_end(low, width, counts, letter):
    """You added the parts *after* the letter. Its interval begins where those *before* it end:
    `sum(counts[:letter])`.
    """
    total = sum(counts)
    return low * total + width * sum(counts[letter + 1 :]), width * counts[letter]


@narrow.mistake
def letters_for_parts(low, width, counts, letter):
    """You made one part for each letter, `len(counts)`. Letter k gets `counts[k]` parts, so there are `sum(counts)`."""
    return low * len(counts) + width * sum(counts[:letter]), width * counts[letter]


@narrow.mistake
def letters_before_counted(low, width, counts, letter):
    """You counted the letters before this one. Count their parts: `sum(counts[:letter])`."""
    return low * sum(counts) + width * letter, width * counts[letter]


@narrow.mistake
def low_left_out(low, width, counts, letter):
    """Your interval begins at 0 each time. It lies within the old one: add `low * sum(counts)`."""
    return width * sum(counts[:letter]), width * counts[letter]
