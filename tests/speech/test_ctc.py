"""CTC by hand: equal to PyTorch's loss and its gradient, and to a count of all paths."""

import itertools
import math

import pytest
import torch
from torch.nn.functional import ctc_loss

from lstm_lessons.speech import ctc

CASES = [  # frames, labels: with and without repeats, none, and as many frames as a sequence takes at least
    (6, [1, 2]),
    (5, [1, 1]),
    (6, [2, 2, 1]),
    (5, [3, 1, 2]),
    (3, [1, 1]),
    (1, [3]),
    (4, []),
]


def scores(steps, classes=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(steps, classes, dtype=torch.float64, generator=generator).requires_grad_()


def by_torch(log_probs, labels):
    targets = torch.tensor([labels], dtype=torch.long).view(1, -1)
    sizes = torch.tensor([len(log_probs)]), torch.tensor([len(labels)])
    return -ctc_loss(log_probs[:, None], targets, *sizes, reduction="sum")


def test_repeats_merge_before_blanks_are_dropped():
    assert ctc.collapse([0, 1, 1, 0, 1, 2, 2, 0]) == [1, 1, 2]
    assert ctc.collapse(torch.tensor([0, 0])) == ctc.collapse([]) == []
    assert ctc.collapse([3, 3, 1, 3], blank=3) == [1]


def test_the_paths_are_those_that_collapse_to_the_labels():
    assert set(ctc.paths([1], 2, 2)) == {(0, 1), (1, 0), (1, 1)}
    assert list(ctc.paths([1, 1], 3, 2)) == [(1, 0, 1)] and not list(ctc.paths([1, 1], 2, 2))


@pytest.mark.parametrize(("steps", "labels"), CASES)
def test_the_forward_algorithm_is_the_sum_over_all_paths(steps, labels):
    log_probs = scores(steps).log_softmax(-1).detach()
    each = [ctc.path_log_probability(log_probs, path) for path in ctc.paths(labels, steps, 4)]
    assert ctc.log_likelihood(log_probs, labels).item() == pytest.approx(
        torch.stack(each).logsumexp(0).item(), abs=1e-12
    )


@pytest.mark.parametrize(("steps", "labels"), [*CASES, (60, [1, 2, 2, 3, 1, 3])])
def test_value_and_gradient_are_those_of_torch(steps, labels):
    logits = scores(steps)
    ours, theirs = (of(logits.log_softmax(-1), labels) for of in (ctc.log_likelihood, by_torch))
    assert ours.item() == pytest.approx(theirs.item(), abs=1e-9)
    gradients = [torch.autograd.grad(value, logits)[0] for value in (ours, theirs)]
    assert torch.allclose(*gradients, rtol=0, atol=1e-9)


def test_too_few_frames_are_impossible_and_leave_no_nan():
    logits = scores(3)
    assert ctc.least_frames([1, 1, 2]) == 4 and ctc.least_frames([]) == 0
    found = ctc.log_likelihood(logits.log_softmax(-1), [1, 1, 2])
    assert found == -math.inf
    (gradient,) = torch.autograd.grad(found, logits)
    assert (gradient == 0).all()


def test_spans_say_when():
    assert ctc.spans([0, 2, 2, 0, 2, 1, 0]) == [(2, 1, 3), (2, 4, 5), (1, 5, 6)]


def digit_prior(before, label):
    if not label:  # the end
        return math.log(0.25)
    return math.log((0.7, 0.2, 0.1)[label - 1] if not before or before[-1] != label else 0.05)


@pytest.mark.parametrize("prior", [None, digit_prior])
def test_a_beam_of_every_sequence_ranks_them_as_they_are(prior):
    log_probs = scores(4, seed=3).log_softmax(-1).detach()
    found = ctc.beam_search(log_probs, 10_000, prior=prior, weight=0.8, bonus=0.3)
    sequences = {tuple(ctc.collapse(path)) for path in itertools.product(range(4), repeat=4)}
    assert {each.labels for each in found} == sequences
    for each in found:
        total = ctc.log_likelihood(log_probs, each.labels).item()
        said = sum(0.3 + (0.8 * prior(each.labels[:n], label) if prior else 0) for n, label in enumerate(each.labels))
        said += 0.8 * prior(each.labels, 0) if prior else 0
        assert each.log_probability == pytest.approx(total, abs=1e-9)
        assert each.score == pytest.approx(total + said, abs=1e-9)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_a_beam_finds_what_greedy_misses():
    # The most probable path is blank, blank; but three paths say 1, and together they are more probable.
    log_probs = torch.tensor([[0.6, 0.4], [0.6, 0.4]], dtype=torch.float64).log()
    assert ctc.greedy(log_probs) == []
    best = ctc.beam_search(log_probs, 4)[0]
    assert best.labels == (1,) and best.log_probability == pytest.approx(math.log(0.64))


def test_a_narrow_beam_never_claims_more_than_there_is():
    log_probs = scores(30, seed=1).log_softmax(-1).detach()
    for each in ctc.beam_search(log_probs, 3):
        assert each.log_probability <= ctc.log_likelihood(log_probs, each.labels).item() + 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda lp: ctc.log_likelihood(lp, [4]), "labels must be classes 1 to 3"),
        (lambda lp: ctc.log_likelihood(lp, [0]), "labels must be at least 1"),
        (lambda lp: ctc.greedy(lp[0]), "log_probs must have the shape"),
        (lambda lp: ctc.path_log_probability(lp, [0]), "one class for each of 5 frames, got 1"),
        (lambda lp: ctc.beam_search(lp, 0), "width must be a whole number"),
        (lambda lp: ctc.beam_search(lp, bonus=math.nan), "bonus must be a finite number, got nan"),
        (lambda lp: ctc.greedy(lp * math.nan), "log_probs must be logarithms of probabilities"),
        (lambda lp: ctc.log_likelihood(lp.exp(), [1]), "log_probs must be logarithms of probabilities"),
        (lambda lp: ctc.collapse([1, 0], blank=math.nan), "blank must be a whole number, got nan"),
        (lambda lp: ctc.paths([1], 40, 3), "steps and classes must make at most 10,000,000 paths"),
        (lambda lp: ctc.ngram_prior([[1]], order=10**9), "order must be a whole number from 1 to 100"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call(scores(5).log_softmax(-1))


def test_an_ngram_prior_counts_what_came_next_and_the_end():
    prior = ctc.ngram_prior([[1, 2], [1, 3], [1]], order=2, classes=4, extra=0.1)
    expected = {1: 3.1, 2: 0.1, 3: 0.1, 0: 0.1}  # of the first
    for label, count in expected.items():
        assert prior((), label) == pytest.approx(math.log(count / 3.4))
    assert prior((2, 1), 2) == prior((1,), 2) == pytest.approx(math.log(1.1 / 3.4))
    assert prior((1,), 0) == pytest.approx(math.log(1.1 / 3.4))
    unseen = ctc.ngram_prior([[1, 2]], order=2, classes=4)
    assert unseen((3,), 1) == pytest.approx(math.log(1 / 4))
    assert sum(math.exp(prior((1,), k)) for k in range(4)) == pytest.approx(1)


def test_a_floor_saves_time_and_changes_no_answer_where_all_is_clear():
    log_probs = (6 * scores(12, seed=2)).log_softmax(-1).detach()
    fast, slow = (ctc.beam_search(log_probs, 5, floor=floor)[0] for floor in (-15, -math.inf))
    assert fast.labels == slow.labels and fast.log_probability == pytest.approx(slow.log_probability, abs=1e-3)
