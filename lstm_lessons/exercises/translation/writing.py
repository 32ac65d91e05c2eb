"""How a decoder writes: letter by letter, or with a beam.

Shapes: B texts, S letters of the source, T of the target, V signs, H units. Padding is 0, begin 1, end 2.
"""

import math

from lstm_lessons.exercises._engine import exercise
from lstm_lessons.exercises.translation.training import END


def _speaker(seed, stops):
    """What a model would say next: probabilities of five signs, which depend on all that is written."""

    def next_probabilities(signs):
        place = sum((k + 2) * sign for k, sign in enumerate(signs))
        scores = [(7 * place + 13 * sign + 5 * seed) % 23 for sign in range(5)]
        scores[0] = scores[1] = 0
        scores[END] = 50 if len(signs) == stops else 0
        return [(score + 1) / sum(s + 1 for s in scores) for score in scores]

    return next_probabilities


@exercise(
    title="writing, letter by letter",
    minutes=4,
    difficulty=2,
    given={"END": END},
    cases=[(_speaker(seed, stops), longest) for seed, stops, longest in ((1, 4, 9), (2, 0, 5), (3, 6, 9), (4, 20, 6))],
    hints=[
        "Begin with an empty list. Ask `next_probabilities(signs)`, and take the place of the largest.",
        "Is it `END`? Then stop, and do not add it. Else add it, and ask again with the longer list.",
        "`for _ in range(longest)` ends it in any case; `probabilities.index(max(probabilities))` is the place.",
    ],
    why="What was said is fed back. A wrong letter is never taken back: hence the beam, below.",
)
def greedy(next_probabilities, longest):
    signs = []
    for _ in range(longest):
        probabilities = next_probabilities(signs)
        sign = probabilities.index(max(probabilities))
        if sign == END:
            break
        signs.append(sign)
    return signs


@greedy.mistake
def end_written(next_probabilities, longest):
    """The end sign is no letter: stop without adding it."""
    signs = greedy(next_probabilities, longest)
    return signs if len(signs) == longest else [*signs, END]


@greedy.mistake
def never_stops(next_probabilities, longest):
    """You write on behind the end. Stop at `END`."""
    signs = []
    for _ in range(longest):
        probabilities = next_probabilities(signs)
        signs.append(probabilities.index(max(probabilities)))
    return signs


@greedy.mistake
def probabilities_kept(next_probabilities, longest):
    """You kept the largest probability, and not its place: the sign is the place."""
    signs = greedy(next_probabilities, longest)
    return [max(next_probabilities(signs[:k])) for k in range(len(signs))]


@greedy.mistake
def nothing_fed_back(next_probabilities, longest):
    """It is asked about an empty text each time. Hand over what is written so far."""
    return greedy(lambda signs: next_probabilities([]), longest)


@greedy.mistake
def last_letter_alone(next_probabilities, longest):
    """You hand over the last letter alone. This function has no state: it needs all of them. (An LSTM remembers, and
    needs the last.)
    """
    return greedy(lambda signs: next_probabilities(signs[-1:]), longest)


@greedy.mistake
def one_too_few(next_probabilities, longest):
    """One letter too few: `longest` may be reached."""
    return greedy(next_probabilities, longest - 1)


@greedy.mistake
def longest_ignored(next_probabilities, longest):
    """Nothing holds it at `longest` letters. A network that never says `END` would write forever."""
    return greedy(next_probabilities, 1000)


@greedy.mistake
def first_letter_alone(next_probabilities, longest):
    """One letter, and it is over: `return` stands in the loop. Move it behind."""
    return greedy(next_probabilities, 1) or None


@greedy.mistake
def begin_written(next_probabilities, longest):
    """You began the list with `BEGIN`. `next_probabilities` reads it by itself: begin with an empty list."""
    return greedy(lambda signs: next_probabilities([1, *signs]), longest)


@greedy.mistake
def one_too_many(next_probabilities, longest):
    """One letter too many: at most `longest` of them."""
    return greedy(next_probabilities, longest + 1)


@greedy.mistake
def begin_kept(next_probabilities, longest):
    """`BEGIN` is not a letter, and `next_probabilities` reads it by itself: begin with an empty list."""
    return [1, *begin_written(next_probabilities, longest)]


@greedy.mistake
def least_likely(next_probabilities, longest):
    """You took the place of the *smallest* probability."""
    return greedy(lambda signs: [-p for p in next_probabilities(signs)], longest)


@greedy.mistake
def asked_once(next_probabilities, longest):
    """You asked once, and returned the probabilities. Pick a sign, add it, and ask again with all that is written so
    far.
    """
    return next_probabilities([])


@greedy.mistake
def last_sign_first(next_probabilities, longest):
    """The right signs, but from last to first: you put each new one in front. `append` puts it at the end."""
    return greedy(next_probabilities, longest)[::-1]


def _next_logs(seed):
    """Log-probabilities of four signs, which depend on what is written."""

    def next_logs(signs):
        scores = [1 + (11 * sum(signs) + 7 * sign * (seed + len(signs)) + 3 * seed) % 17 for sign in range(4)]
        return [math.log(score / sum(scores)) for score in scores]

    return next_logs


def _beams(rng):
    for seed, width in ((1, 2), (2, 3), (3, 1), (5, 4)):
        texts = [(0,), (3, 1), (2, 2), (1, 3)][: max(2, width)]
        yield [(text, float(-k - rng.random())) for k, text in enumerate(texts)], _next_logs(seed), width


@exercise(
    title="one step of a beam",
    minutes=7,
    difficulty=3,
    cases=_beams,
    hints=[
        "Each text grows by each sign: collect all of them in one list, as pairs of text and log-probability.",
        "The log-probability of the longer text is the old one *plus* that of the sign.",
        "`sorted(grown, key=lambda pair: -pair[1])[:width]`.",
    ],
    errors={"can only concatenate tuple": "Put the sign into a tuple with the text: `(*text, sign)`."},
    why="All continuations of all texts compete. Two of the best may come from the same text, and another one ends.",
)
def beam_step(beam, next_logs, width):
    grown = [((*text, k), log + p) for text, log in beam for k, p in enumerate(next_logs(text))]
    return sorted(grown, key=lambda pair: -pair[1])[:width]


def _grown(beam, next_logs):
    return [((*text, sign), log + more) for text, log in beam for sign, more in enumerate(next_logs(text))]


@beam_step.mistake
def the_best_of_each(beam, next_logs, width):
    """You kept the best continuation of each text. All compete: a good text may keep two, a poor one none."""
    best = [beam_step([each], next_logs, 1)[0] for each in beam]
    return sorted(best, key=lambda pair: -pair[1])[:width]


@beam_step.mistake
def logs_multiplied(beam, next_logs, width):
    """Probabilities are multiplied; logarithms are *added*."""
    grown = [((*text, sign), log * more) for text, log in beam for sign, more in enumerate(next_logs(text))]
    return sorted(grown, key=lambda pair: -pair[1])[:width]


@beam_step.mistake
def past_forgotten(beam, next_logs, width):
    """You compared the last sign alone. What the text before it cost belongs to it: add the old log-probability."""
    return beam_step([(text, 0.0) for text, _ in beam], next_logs, width)


@beam_step.mistake
def worst_kept(beam, next_logs, width):
    """`sorted` begins with the smallest, and you kept those: the *least* probable."""
    return sorted(_grown(beam, next_logs), key=lambda pair: pair[1])[:width]


@beam_step.mistake
def nothing_pruned(beam, next_logs, width):
    """All are kept. The beam would grow fourfold at each step: keep `width` of them."""
    return beam_step(beam, next_logs, 10**6)


@beam_step.mistake
def cut_before_sorted(beam, next_logs, width):
    """You cut the list before sorting it: those that came first stayed, and not the best."""
    return sorted(_grown(beam, next_logs)[:width], key=lambda pair: -pair[1])


@beam_step.mistake
def sign_alone(beam, next_logs, width):
    """The text is lost: keep all of its signs, `(*text, sign)`."""
    return [((text[-1],), log) for text, log in beam_step(beam, next_logs, width)]


@beam_step.mistake
def sorted_by_text(beam, next_logs, width):
    """`sorted` compares pairs by their first part, the text. Sort by the second: `key=lambda pair: -pair[1]`."""
    return sorted(_grown(beam, next_logs), reverse=True)[:width]


beam_step.also("sorted_by_text", lambda beam, next_logs, width: sorted(_grown(beam, next_logs))[:width])


@beam_step.mistake
def best_last(beam, next_logs, width):
    """The right ones, from the least probable to the best. The best comes first: `reverse=True`, or `-pair[1]` as the
    key, and then the first `width`.
    """
    return beam_step(beam, next_logs, width)[::-1]


@beam_step.mistake
def log_before_text(beam, next_logs, width):
    """The right ones, but with the log-probability first. A pair is a text and its log-probability, as in `beam`."""
    return [(log, text) for text, log in beam_step(beam, next_logs, width)]


@beam_step.mistake
def width_for_each(beam, next_logs, width):
    """You kept `width` of each text: the beam grows with each step. All compete for the same `width` places."""
    return [one for each in beam for one in beam_step([each], next_logs, width)]


@beam_step.mistake
def best_alone(beam, next_logs, width):
    """You kept only one text. `width` of them go on."""
    return beam_step(beam, next_logs, 1)


@beam_step.mistake
def texts_alone(beam, next_logs, width):
    """Those are the texts alone. Return pairs, each text with its log-probability: the next step adds to it."""
    return [text for text, _ in beam_step(beam, next_logs, width)]


@beam_step.mistake
def sign_in_front(beam, next_logs, width):
    """You put the new sign in front of the text. It comes last: `(*text, sign)`."""
    return [((*text[-1:], *text[:-1]), log) for text, log in beam_step(beam, next_logs, width)]


@beam_step.mistake
def mean_of_the_logs(beam, next_logs, width):
    """You divided by the length. That is a way to compare texts that have ended; here the plain sums are asked for."""
    grown = [((*text, k), (log + p) / (len(text) + 1)) for text, log in beam for k, p in enumerate(next_logs(text))]
    return sorted(grown, key=lambda pair: -pair[1])[:width]


@beam_step.mistake
def probabilities_for_logs(beam, next_logs, width):
    """You turned the logarithms into probabilities. Keep the logarithms: over a long text probabilities become too
    small for a float.
    """
    return [(text, math.exp(log)) for text, log in beam_step(beam, next_logs, width)]
