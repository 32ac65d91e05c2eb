"""Exercises of lesson 8: letters as numbers, pieces of words, a leak, and what is taken for what.

Shapes: N texts, K classes.
"""

import numpy as np

from lstm_lessons.exercises._engine import exercise

__all__ = ["leaked_share", "ngrams", "to_numbers", "confusion"]


@exercise(
    title="all n-grams",
    minutes=4,
    cases=[("Norwegen", 3), ("New York", 2), ("Åland", 5), ("la la la", 4), ("Oz", 3), ("Oman", 1)],
    hints=[
        "The first n-gram is `text[0:n]`, the next one `text[1 : n + 1]`. Where does the last begin?",
        "A text of L letters has L - n + 1 n-grams.",
        "`[text[k : k + n] for k in range(len(text) - n + 1)]`.",
    ],
    why="A text shorter than n has none. That is why the vectorizer takes several n at once.",
)
def ngrams(text, n):
    return [text[k : k + n] for k in range(len(text) - n + 1)]


@ngrams.mistake
def last_one_missing(text, n):
    """The last n-gram is missing: the one that ends with the text. It starts at `len(text) - n`, and `range` stops
    before its end, hence + 1.
    """
    return [text[k : k + n] for k in range(len(text) - n)]


@ngrams.mistake
def side_by_side(text, n):
    """Those stand side by side. N-grams overlap: move on by one letter, not by n."""
    return [text[k : k + n] for k in range(0, len(text) - n + 1, n)]


@ngrams.mistake
def short_ones_at_the_end(text, n):
    """Your last n-grams are shorter than n: a slice past the end of a text is cut in silence."""
    return [text[k : k + n] for k in range(len(text))]


@ngrams.mistake
def each_once(text, n):
    """Each n-gram once. How often one occurs matters to the counts, so give all, in their order."""
    return sorted(set(ngrams(text, n)))


@ngrams.mistake
def words(text, n):
    """Those are n-grams of words. Here n counts letters."""
    words = text.split()
    return [" ".join(words[k : k + n]) for k in range(len(words) - n + 1)]


@ngrams.mistake
def without_spaces(text, n):
    """None of yours holds a space. Spaces tell where words begin and end, and that is worth much: "n " at the end of a
    word is a hint.
    """
    return ngrams(text.replace(" ", ""), n)


@ngrams.mistake
def small_letters(text, n):
    """You made capitals lowercase. German writes nouns with a capital: a hint that you would throw away."""
    return ngrams(text.lower(), n)


ngrams.also("last_one_missing", lambda text, n: [text[k : k + n] for k in range(len(text) - n - 1)])
ngrams.also("side_by_side", lambda text, n: [text[k : k + n] for k in range(0, len(text), n)])
ngrams.also("each_once", lambda text, n: list(dict.fromkeys(ngrams(text, n))))
ngrams.also("without_spaces", lambda text, n: [gram for word in text.split() for gram in ngrams(word, n)])


@ngrams.mistake
def first_one_missing(text, n):
    """The first n-gram is missing: the one that begins with the text. `range` begins at 0 by itself."""
    return ngrams(text, n)[1:]


@ngrams.mistake
def end_that_stays(text, n):
    """The end of your slice does not move: `text[k:n]` ends at n each time. It ends n letters after k."""
    return [text[k:n] for k in range(len(text) - n + 1)]


_SOME = {" ": 2, "N": 3, "a": 4, "e": 5, "n": 6, "o": 7, "w": 8, "r": 9}


@exercise(
    title="letters as numbers",
    minutes=4,
    cases=[("New Oran", _SOME), ("on", _SOME), ("Ærø", _SOME), ("no one", _SOME), ("NO", _SOME)],
    hints=[
        "`letters` is a dict from letter to number. What does `letters.get(letter, 1)` give?",
        "One number a letter, in the order of the text, spaces too.",
        "`[letters.get(letter, 1) for letter in text]`.",
    ],
    errors={
        "KeyError": "`letters[letter]` fails for a letter that training never saw. `letters.get(letter, 1)` does not."
    },
    why="0 is padding, 1 any letter that training has not seen twice. Both are decided before "
    "training, so that the model can learn what to make of unknown ones.",
)
def to_numbers(text, letters):
    return [letters.get(letter, 1) for letter in text]


@to_numbers.mistake
def unknown_as_padding(text, letters):
    """You gave unknown letters the number 0. That is padding, "no letter": its embedding is zero and never learns. An
    unknown letter is a letter, number 1.
    """
    return [letters.get(letter, 0) for letter in text]


@to_numbers.mistake
def unknown_left_out(text, letters):
    """You left unknown letters out. Then what stood apart stands together, and a letter that is rare everywhere is a
    hint in itself. Give it the number 1.
    """
    return [letters[letter] for letter in text if letter in letters]


@to_numbers.mistake
def unknown_as_new_number(text, letters):
    """You made up a number beyond the alphabet. The embedding has no row for it: an IndexError, the day somebody types
    a new letter.
    """
    return [letters.get(letter, len(letters) + 2) for letter in text]


to_numbers.also("unknown_as_new_number", lambda text, letters: [letters.get(letter, -1) for letter in text])


@to_numbers.mistake
def unknown_as_another_letter(text, letters):
    """You gave unknown letters a number that another letter has. The letters begin at 2; 1 is free for the unknown."""
    return [letters.get(letter, len(letters) + 1) for letter in text]


to_numbers.also("unknown_as_another_letter", lambda text, letters: [letters.get(letter, 2) for letter in text])
to_numbers.also("unknown_as_another_letter", lambda text, letters: [letters.get(a, len(letters)) for a in text])


@to_numbers.mistake
def code_points(text, letters):
    """Those are Unicode code points, up to 1,114,111. An embedding would need as many rows. Use the numbers in
    `letters`.
    """
    return [ord(letter) for letter in text]


@to_numbers.mistake
def small_first(text, letters):
    """You made capitals lowercase. `letters` knows both, and capitals are a hint."""
    return [letters.get(letter.lower(), 1) for letter in text]


@to_numbers.mistake
def unknown_as_none(text, letters):
    """`letters.get(letter)` gives None for an unknown letter. Say what it should give: `letters.get(letter, 1)`."""
    return [letters.get(letter) for letter in text]


@to_numbers.mistake
def spaces_left_out(text, letters):
    """The spaces are missing. They are letters like others, and say where words end."""
    return [letters.get(letter, 1) for letter in text if letter != " "]


def _split_groups(rng):
    for train, test, entities in ((40, 15, 30), (25, 12, 40), (9, 7, 8)):
        names = np.array([f"territories: {k}" for k in range(entities)])
        yield tuple(tuple(rng.choice(names, size).tolist()) for size in (train, test))
    yield ("a", "a", "b", "c", "c", "d"), ("e", "a", "a", "a", "f")


@exercise(
    title="how much of a test is known from training",
    minutes=4,
    cases=_split_groups,
    hints=[
        "Which entities does training know? A `set` answers fast.",
        "For each test text: is its entity in that set?",
        "`known = set(train_groups)`, then the mean of `group in known` over `test_groups`.",
    ],
    why="Above 0, the test asks in part for memory. This one line belongs beside every split.",
)
def leaked_share(train_groups, test_groups):
    known = set(train_groups)
    return sum(group in known for group in test_groups) / len(test_groups)


@leaked_share.mistake
def of_entities(train_groups, test_groups):
    """That is a share of entities. Accuracy counts texts, so count texts: an entity with fifteen test names weighs
    fifteen times.
    """
    test = set(test_groups)
    return len(test & set(train_groups)) / len(test)


@leaked_share.mistake
def of_training(train_groups, test_groups):
    """The other way around: you counted training texts. Ask of each *test* text whether training knows its entity."""
    return leaked_share(test_groups, train_groups)


@leaked_share.mistake
def of_all_entities(train_groups, test_groups):
    """You divided by all entities of both parts. The question is about the test alone."""
    train, test = set(train_groups), set(test_groups)
    return len(train & test) / len(train | test)


@leaked_share.mistake
def clean_share(train_groups, test_groups):
    """That is the share that is clean. The leak is the rest."""
    return 1 - leaked_share(train_groups, test_groups)


@leaked_share.mistake
def counted(train_groups, test_groups):
    """You counted them. Divide by the number of test texts."""
    known = set(train_groups)
    return sum(group in known for group in test_groups)


@leaked_share.mistake
def entities_over_texts(train_groups, test_groups):
    """You counted shared *entities*, and divided by texts. Count the test texts of those entities."""
    return len(set(test_groups) & set(train_groups)) / len(test_groups)


@leaked_share.mistake
def same_place(train_groups, test_groups):
    """You compared place by place. An entity of the test may stand anywhere in training."""
    same = sum(a == b for a, b in zip(train_groups, test_groups, strict=False))
    return same / len(test_groups)


@leaked_share.mistake
def in_percent(train_groups, test_groups):
    """Right, in percent. Give a share between 0 and 1."""
    return 100 * leaked_share(train_groups, test_groups)


def _answers(rng):
    for count, classes in ((40, 3), (60, 5), (12, 4)):
        labels = rng.integers(classes - 1, size=count)  # the last class has no text
        right = rng.random(count) < 0.6
        guesses = rng.integers(classes - 1, size=count)
        yield labels, np.where(right, labels, guesses), classes


@exercise(
    title="the confusion matrix",
    difficulty=2,
    cases=_answers,
    hints=[
        "Start with zeros of shape (classes, classes). Each text adds 1 in one place.",
        "The place is row `labels[n]`, column `predicted[n]`.",
        "A loop over `zip(labels, predicted)` will do; `np.add.at(matrix, (labels, predicted), 1)` "
        "is the same without a loop.",
    ],
    errors={"too many values to unpack": "`zip(labels, predicted)` gives the pairs, one for each text."},
    why="The diagonal over its row is the share of a language that is found; a bright place "
    "beside it is a pair that is mixed up, and tells what to look at next.",
)
def confusion(labels, predicted, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


@confusion.mistake
def turned(labels, predicted, classes):
    """Rows and columns are swapped. The row is the truth, the column the answer; then a row sums to the texts of that
    class.
    """
    return confusion(predicted, labels, classes)


@confusion.mistake
def counted_once(labels, predicted, classes):
    """No place of yours holds more than 1. `matrix[labels, predicted] += 1` adds 1 *once* to each place, however often
    it comes: NumPy reads, adds and writes all at the same time. `np.add.at` counts each; so does a loop with `+= 1`.
    """
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels, predicted] += 1
    return matrix


@confusion.mistake
def errors_alone(labels, predicted, classes):
    """The diagonal is missing. The right answers belong there."""
    matrix = confusion(labels, predicted, classes)
    np.fill_diagonal(matrix, 0)
    return matrix


@confusion.mistake
def hits_alone(labels, predicted, classes):
    """Only the diagonal is filled. The errors stand beside it: row of the truth, column of the answer."""
    return np.diag(np.diag(confusion(labels, predicted, classes)))


@confusion.mistake
def one_row_K_times(labels, predicted, classes):
    """`[[0] * K] * K` is *one* row, K times: what is added to one is added to all. Make each anew, `[[0] * K for _ in
    range(K)]`, or begin with `np.zeros((K, K))`.
    """
    return np.tile(np.bincount(predicted, minlength=classes), (classes, 1))


confusion.also("one_row_K_times", lambda labels, predicted, classes: one_row_K_times(predicted, labels, classes))
confusion.also("counted_once", lambda labels, predicted, classes: counted_once(predicted, labels, classes))


@confusion.mistake
def every_pair(labels, predicted, classes):
    """Your two loops pair each label with *each* answer. Text n has one label and one answer: go through both at once,
    with `zip`.
    """
    return np.outer(*(np.bincount(part, minlength=classes) for part in (labels, predicted)))


@confusion.mistake
def without_empty_classes(labels, predicted, classes):
    """Your matrix is smaller than K by K: a class without a text has vanished. Then the rows no longer belong to the
    class names.
    """
    found = np.unique(np.concatenate([labels, predicted]))
    return confusion(labels, predicted, classes)[np.ix_(found, found)]


@confusion.mistake
def shares_of_all(labels, predicted, classes):
    """You divided by the number of texts. Count them."""
    return confusion(labels, predicted, classes) / len(labels)


@confusion.mistake
def shares(labels, predicted, classes):
    """Those are shares of each row. Useful to look at, but give counts."""
    matrix = confusion(labels, predicted, classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
