"""A rule, what the decoder reads and says, its loss, and where it looks.

Shapes: B texts, S letters of the source, T of the target, V signs, H units. Padding is 0, begin 1, end 2.
"""

import torch
from torch.nn.functional import cross_entropy

from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise

END = 2
_ONES = [
    *("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    *("zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
]
_TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


@exercise(
    title="German numbers by a rule",
    minutes=5,
    cases=[(n, _ONES, _TENS) for n in (7, 16, 19, 20, 21, 35, 36, 60, 81, 90, 99, 12, 1)],
    hints=[
        "Below twenty the word stands in `ones`. What is left are tens and units: `divmod(n, 10)`.",
        'Units first, then *und*, then the tens: `ones[3] + "und" + tens[4]`. Without units: `tens[4]`.',
        'One word changes: *eins* loses its s, *einundvierzig*. `"ein" if unit == 1 else ones[unit]`.',
    ],
    errors={
        "list index out of range": "`ones` ends with 19 and `tens` with 90: up to nineteen look in `ones`, from twenty "
        "on take the number apart."
    },
    why="A rule for two digits, and one exception in it. A network has to find both in examples.",
)
def german(n, ones, tens):
    if n < 20:
        return ones[n]
    ten, unit = divmod(n, 10)
    if unit == 0:
        return tens[ten]
    return ("ein" if unit == 1 else ones[unit]) + "und" + tens[ten]


@german.mistake
def eins_kept(n, ones, tens):
    """Nearly: in the middle of a word *eins* loses its s. It is *einundzwanzig*."""
    return german(n, ones, tens).replace("einund", "einsund")


@german.mistake
def tens_first(n, ones, tens):
    """That is the English order. German says the units first: 21 is one-and-twenty."""
    ten, unit = divmod(n, 10)
    return german(n, ones, tens) if n < 20 or unit == 0 else tens[ten] + ("ein" if unit == 1 else ones[unit])


german.also("tens_first", lambda n, ones, tens: ones[n] if n < 20 else tens[n // 10] + ones[n % 10])
german.also("tens_first", lambda n, ones, tens: tens_first_with_und(n, ones, tens).replace("und", "", n >= 20))


@german.mistake
def tens_first_with_und(n, ones, tens):
    """The *und* is there, the order is the English one. The units come first."""
    ten, unit = divmod(n, 10)
    return german(n, ones, tens) if n < 20 or unit == 0 else tens[ten] + "und" + ones[unit]


@german.mistake
def null_said(n, ones, tens):
    """A plain 20 has become *nullundzwanzig*. Units of zero are not said."""
    ten, unit = divmod(n, 10)
    return ones[n] if n < 20 else ("ein" if unit == 1 else ones[unit]) + "und" + tens[ten]


@german.mistake
def zero_said_and_eins_kept(n, ones, tens):
    """The order is right. Two exceptions are missing: units of zero are not said (20 has become *nullundzwanzig*), and
    *eins* loses its s: *einundzwanzig*.
    """
    return ones[n] if n < 20 else ones[n % 10] + "und" + tens[n // 10]


@german.mistake
def und_missing(n, ones, tens):
    """The *und* between units and tens is missing."""
    return german(n, ones, tens) if n < 20 else german(n, ones, tens).replace("und", "", 1)


@german.mistake
def in_three_words(n, ones, tens):
    """German writes it as one word, without spaces."""
    return german(n, ones, tens) if n < 20 else german(n, ones, tens).replace("und", " und ", 1)


@german.mistake
def no_teens(n, ones, tens):
    """The words up to nineteen are their own: look them up in `ones` before you take the number apart."""
    ten, unit = divmod(n, 10)
    if n < 10 or unit == 0:
        return ones[n] if n < 20 else tens[ten]
    return ("ein" if unit == 1 else ones[unit]) + "und" + tens[ten]


@german.mistake
def digits_swapped(n, ones, tens):
    """You swapped the two digits: 35 has become *dreiundfünfzig*. The tens are `n // 10`, and the units `n % 10`."""
    return german(n, ones, tens) if n < 20 or n % 10 == 0 else ones[n // 10] + "und" + tens[n % 10]


@german.mistake
def und_before_round_tens(n, ones, tens):
    """A plain 20 has become *undzwanzig*. Without units there is no *und*."""
    return ("und" if n >= 20 and n % 10 == 0 else "") + german(n, ones, tens)


@german.mistake
def ein_everywhere(n, ones, tens):
    """*ein* is right inside a word. On its own, 1 is *eins*."""
    return "ein" if n == 1 else german(n, ones, tens)


def _targets(rng):
    for batch, steps in ((3, 5), (2, 7), (4, 3)):
        rows = torch.from_numpy(rng.integers(3, 20, size=(batch, steps)))
        yield (torch.cat([torch.ones(batch, 1, dtype=torch.long), rows, torch.full((batch, 1), END)], dim=1),)


@exercise(
    title="what the decoder reads, and what it is to say",
    minutes=4,
    cases=_targets,
    hints=[
        "At each step it reads the letter that stands there, and is to say the next one.",
        "It reads all but the last sign, and says all but the first. Both have one column less than `targets`.",
        "`targets[:, :-1], targets[:, 1:]`.",
    ],
    why="It reads `begin`, and says the first letter; it reads the last letter, and says `end`. Nothing that it says "
    "was among what it had read.",
)
def shifted(targets):
    return targets[:, :-1], targets[:, 1:]


@shifted.mistake
def the_answer_itself(targets):
    """You gave it the very letter that it is to say. It will copy, score 100 % in training, and have nothing to copy
    when it writes alone.
    """
    return targets[:, 1:], targets[:, 1:]


@shifted.mistake
def nothing_shifted(targets):
    """Both are the whole target: the decoder reads what it is to say at the same step, and copies it."""
    return targets, targets


@shifted.mistake
def swapped(targets):
    """The two are swapped: it would read the future and say the past. What it reads comes first."""
    read, said = shifted(targets)
    return said, read


@shifted.mistake
def rows_cut(targets):
    """You cut the batch. Texts are rows; time runs along axis 1: `targets[:, :-1]`."""
    return targets[:-1], targets[1:]


@shifted.mistake
def end_never_said(targets):
    """It never has to say `end`: then it never learns to stop. What it says is everything but `begin`."""
    return targets[:, :-2], targets[:, 1:-1]


@shifted.mistake
def begin_never_read(targets):
    """It does not read `begin`: then nothing tells it how to say the first letter."""
    return targets[:, 1:-1], targets[:, 2:]


@shifted.mistake
def read_twice(targets):
    """Both are what it reads. What it is to say is one step ahead."""
    return targets[:, :-1], targets[:, :-1]


@shifted.mistake
def end_read(targets):
    """What it says is right. But it also reads the last sign, after which there is nothing to say."""
    return targets.clone(), targets[:, 1:]


@shifted.mistake
def rolled(targets):
    """`roll` moves `begin` to the end, so it would have to say `begin` last of all. Cut off a column of each
    instead.
    """
    return targets.clone(), targets.roll(-1, dims=1)


@shifted.mistake
def single_signs(targets):
    """Those are single signs of each text, the last and the second. A colon makes a slice: `1:` is all from the second
    on.
    """
    return targets[:, -1], targets[:, 1]


def _scored(rng):
    for batch, steps, signs in ((3, 5, 6), (2, 7, 4), (4, 4, 9)):
        answers = torch.from_numpy(rng.integers(3, signs, size=(batch, steps)))
        for row in range(batch):
            end = int(rng.integers(1, steps)) if row else steps - 1  # one text has no padding
            answers[row, end], answers[row, end + 1 :] = END, 0
        yield random_tensor(rng, batch, steps, signs), answers


@exercise(
    title="a loss that skips the padding",
    minutes=4,
    difficulty=2,
    trained=True,
    cases=_scored,
    given={"cross_entropy": cross_entropy},
    hints=[
        "`cross_entropy` wants (N, V) and (N,): flatten the first two axes of the scores, and the answers.",
        "It can leave out a number: `ignore_index`. Padding is 0.",
        "`cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0)`.",
    ],
    why="Each true letter weighs the same, whatever the batch is padded to. The end sign is one of them.",
    errors={
        "Expected target size": "`cross_entropy` takes the classes on axis 1. Flatten: scores (B · T, V), answers "
        "(B · T,).",
        "Expected input batch_size": "The scores are flattened, the answers are not: `answers.flatten()`.",
    },
)
def masked_loss(scores, answers):
    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0)


@masked_loss.mistake
def padding_learned(scores, answers):
    """The padding counts: the network is praised for saying nothing behind the end. The loss looks small, and is about
    the padding.
    """
    return cross_entropy(scores.flatten(0, 1), answers.flatten())


@masked_loss.mistake
def end_masked_too(scores, answers):
    """You left out the end sign, too. Then nothing ever teaches it to stop."""
    answers = torch.where(answers == END, 0, answers)
    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0)


@masked_loss.mistake
def divided_by_all(scores, answers):
    """The padding adds nothing, but you divided by all places. Divide by the true letters, `(answers != 0).sum()`: else
    the loss depends on what stands beside a text.
    """
    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction="sum") / answers.numel()


@masked_loss.mistake
def summed(scores, answers):
    """That is the sum. Take the mean, or a longer batch makes a longer step."""
    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction="sum")


@masked_loss.mistake
def each_text_alike(scores, answers):
    """You took the mean of each text, then of the texts: a letter of a short one weighs more. Here each letter weighs
    the same.
    """
    return torch.stack(
        [masked_loss(one[None], answer[None]) for one, answer in zip(scores, answers, strict=True)]
    ).mean()


@masked_loss.mistake
def softmax_first(scores, answers):
    """A softmax too many: `cross_entropy` takes the raw scores, and the softmax itself."""
    return masked_loss(scores.softmax(-1), answers)


@masked_loss.mistake
def shifted_again(scores, answers):
    """You shifted once more. The answers are what it is to say at the same step; that was done by `shifted`."""
    return masked_loss(scores[:, :-1], answers[:, 1:])


@masked_loss.mistake
def graph_is_cut(scores, answers):
    """The number is right, but the graph is cut, by `.item()`, `.detach()` or `torch.no_grad()`. So `loss.backward()`
    does not reach all scores. Return the loss as a tensor, as `cross_entropy` gives it.
    """
    return masked_loss(scores, answers).detach()


@masked_loss.mistake
def each_letter_alone(scores, answers):
    """Those are the losses of the letters, one by one. Return their mean over the true letters: one number."""
    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction="none")


@masked_loss.mistake
def divided_by_texts(scores, answers):
    """You divided by the number of texts. Divide by the true letters, `(answers != 0).sum()`, or the loss grows with
    the length of the texts.
    """
    return cross_entropy(scores.flatten(0, 1), answers.flatten(), ignore_index=0, reduction="sum") / len(answers)


@masked_loss.mistake
def no_softmax(scores, answers):
    """You took minus the score itself. The loss is minus the logarithm of a *probability*: `cross_entropy` includes the
    softmax, `nll_loss` does not.
    """
    return -scores.flatten(0, 1)[answers.flatten() != 0, answers.flatten()[answers.flatten() != 0]].mean()


@masked_loss.mistake
def scores_masked(scores, answers):
    """You set the scores of the padding to 0. Those places still count, with a loss of log(V) each. Leave them out of
    the mean: `ignore_index`.
    """
    return cross_entropy((scores * (answers != 0)[..., None]).flatten(0, 1), answers.flatten())


@masked_loss.mistake
def perplexity(scores, answers):
    """That is the perplexity. The loss itself is asked for."""
    return masked_loss(scores, answers).exp()


def _looks(rng):
    for batch, letters, units in ((3, 5, 4), (2, 7, 9), (4, 3, 2)):
        keep = torch.arange(letters) < torch.from_numpy(rng.integers(1, letters, size=(batch, 1)))
        keep[0] = True
        yield random_tensor(rng, batch, units), 2 * random_tensor(rng, batch, letters, units), keep


@exercise(
    title="where to look",
    minutes=6,
    difficulty=2,
    cases=_looks,
    hints=[
        "A product of `h` with each state: `states @ h[:, :, None]` is (B, S, 1); `[..., 0]` drops the last axis.",
        "Divide by √H. Put minus infinity where `keep` is False: `masked_fill(~keep, -torch.inf)`.",
        "Then a softmax over the letters, the last axis.",
    ],
    why="Minus infinity becomes exactly 0. The shares of the true letters sum to 1, whatever the padding.",
    errors={"Boolean value of Tensor": "`not` is for a single value. `~keep` reverses each of a tensor's."},
)
def look(h, states, keep):
    scores = (states @ h[:, :, None])[..., 0] / h.shape[-1] ** 0.5
    return scores.masked_fill(~keep, -torch.inf).softmax(-1)


def _scores(h, states):
    return (states @ h[:, :, None])[..., 0] / h.shape[-1] ** 0.5


@look.mistake
def padding_attended(h, states, keep):
    """It looks at the padding: `keep` has no effect. Then a text's translation depends on how far its batch is padded.
    (`masked_fill` changes nothing in place: use what it returns.)
    """
    return look(h, states, torch.ones_like(keep))


@look.mistake
def masked_too_late(h, states, keep):
    """You set the padding to 0 after the softmax: the rest no longer sums to 1. Mask the scores, before it."""
    return look(h, states, torch.ones_like(keep)) * keep


@look.mistake
def zero_is_no_mask(h, states, keep):
    """A score of 0 is no mask: e⁰ is 1, a good share. It takes minus infinity."""
    return _scores(h, states).masked_fill(~keep, 0).softmax(-1)


@look.mistake
def padding_alone(h, states, keep):
    """The mask is the wrong way around: it looks at nothing but padding. `masked_fill` fills where it is True, so give
    it `~keep`.
    """
    return _scores(h, states).masked_fill(keep, -torch.inf).softmax(-1)


@look.mistake
def unscaled(h, states, keep):
    """The √H is missing. With many units the products are large, the softmax picks a single letter from the start, and
    hardly learns.
    """
    return (states @ h[:, :, None])[..., 0].masked_fill(~keep, -torch.inf).softmax(-1)


@look.mistake
def products_alone(h, states, keep):
    """A softmax of the products: that is the idea. Two things are missing: the √H, and the mask of the padding."""
    return (states @ h[:, :, None])[..., 0].softmax(-1)


@look.mistake
def divided_by_units(h, states, keep):
    """You divided by H. A sum of H products grows as √H."""
    scores = (states @ h[:, :, None])[..., 0] / h.shape[-1]
    return scores.masked_fill(~keep, -torch.inf).softmax(-1)


@look.mistake
def scores_alone(h, states, keep):
    """Those are the scores. A softmax makes shares of them."""
    return _scores(h, states).masked_fill(~keep, -torch.inf)


@look.mistake
def across_the_batch(h, states, keep):
    """The softmax runs over the texts of the batch, axis 0. Each text shares its look among its letters: axis -1."""
    return _scores(h, states).masked_fill(~keep, -1e9).softmax(0)


@look.mistake
def infinity_times_zero(h, states, keep):
    """Your shares are NaN, as infinity times 0 is. `masked_fill` and `torch.where` choose, and multiply nothing."""
    return (_scores(h, states) - torch.inf * ~keep).softmax(-1)


@look.mistake
def scaled_by_the_letters(h, states, keep):
    """You divided by √S, the number of letters. A product is a sum over the H units: divide by √H."""
    scores = (states @ h[:, :, None])[..., 0] / states.shape[1] ** 0.5
    return scores.masked_fill(~keep, -torch.inf).softmax(-1)


@look.mistake
def the_mix_of_states(h, states, keep):
    """That is the context: the states, mixed by their shares. The shares themselves are asked for, (B, S)."""
    return (look(h, states, keep)[:, :, None] * states).sum(1)


@look.mistake
def multiplied_by_the_root(h, states, keep):
    """You multiplied by √H. Divide by it: with many units the products are large."""
    scores = (states @ h[:, :, None])[..., 0] * h.shape[-1] ** 0.5
    return scores.masked_fill(~keep, -torch.inf).softmax(-1)


@look.mistake
def a_sigmoid_for_each(h, states, keep):
    """A sigmoid looks at each letter by itself. The shares of a text must sum to 1: take a softmax."""
    return _scores(h, states).masked_fill(~keep, -torch.inf).sigmoid()


@look.mistake
def not_normalized(h, states, keep):
    """Those are only the powers. Divide by their sum, so that the shares of each text sum to 1."""
    return _scores(h, states).masked_fill(~keep, -torch.inf).exp()
