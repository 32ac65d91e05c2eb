"""Exercises of lesson 8: letters as numbers, pieces of words, a leak, and what is taken for what.

Shapes: N texts, K classes.
"""

from __future__ import annotations

import numpy as np

from lstm_lessons.exercises._engine import Exercise, Mistake

# --- Runs of letters ----------------------------------------------------------------------


def _ngrams(text, n):
    return [text[k : k + n] for k in range(len(text) - n + 1)]


def _last_one_missing(text, n):
    return [text[k : k + n] for k in range(len(text) - n)]


def _side_by_side(text, n):
    return [text[k : k + n] for k in range(0, len(text) - n + 1, n)]


def _short_ones_at_the_end(text, n):
    return [text[k : k + n] for k in range(len(text))]


def _each_once(text, n):
    return sorted(set(_ngrams(text, n)))


def _words(text, n):
    words = text.split()
    return [" ".join(words[k : k + n]) for k in range(len(words) - n + 1)]


def _without_spaces(text, n):
    return _ngrams(text.replace(" ", ""), n)


def _small_letters(text, n):
    return _ngrams(text.lower(), n)


ngrams = Exercise(
    name="ngrams",
    title="all runs of n letters",
    reference=_ngrams,
    cases=[("Norwegen", 3), ("New York", 2), ("Åland", 5), ("la la la", 4), ("Oz", 3), ("Oman", 1)],
    mistakes=[
        Mistake(
            "last_one_missing",
            _last_one_missing,
            "The last run is missing: the one that ends with the text. It starts at "
            "`len(text) - n`, and `range` stops before its end, hence + 1.",
        ),
        Mistake(
            "side_by_side",
            _side_by_side,
            "Those stand side by side. Runs overlap: move on by one letter, not by n.",
        ),
        Mistake(
            "short_ones_at_the_end",
            _short_ones_at_the_end,
            "Your last runs are shorter than n: a slice past the end of a text is cut in silence.",
        ),
        Mistake(
            "each_once",
            _each_once,
            "Each run once, and sorted. How often one occurs matters to the counts, so give all, "
            "in their order.",
        ),
        Mistake("words", _words, "Those are runs of words. Here n counts letters."),
        Mistake(
            "without_spaces",
            _without_spaces,
            "You dropped the spaces. They tell where words begin and end, and that is worth much: "
            '"n " at the end of a word is a hint.',
        ),
        Mistake(
            "small_letters",
            _small_letters,
            "You made small letters of capitals. German writes nouns with a capital: a hint that "
            "you would throw away.",
        ),
    ],
    hints=[
        "The first run is `text[0:n]`, the next one `text[1 : n + 1]`. Where does the last begin?",
        "A text of L letters has L - n + 1 runs of n letters.",
        "`[text[k : k + n] for k in range(len(text) - n + 1)]`.",
    ],
    difficulty=1,
    minutes=4,
    why="A text shorter than n has none. That is why the vectorizer takes several n at once.",
)


# --- Letters as numbers -------------------------------------------------------------------


def _to_numbers(text, letters):
    return [letters.get(letter, 1) for letter in text]


def _unknown_as_padding(text, letters):
    return [letters.get(letter, 0) for letter in text]


def _unknown_left_out(text, letters):
    return [letters[letter] for letter in text if letter in letters]


def _unknown_as_new_number(text, letters):
    return [letters.get(letter, len(letters) + 2) for letter in text]


def _code_points(text, letters):
    return [ord(letter) for letter in text]


def _small_first(text, letters):
    return [letters.get(letter.lower(), 1) for letter in text]


def _spaces_left_out(text, letters):
    return [letters.get(letter, 1) for letter in text if letter != " "]


_SOME = {" ": 2, "N": 3, "a": 4, "e": 5, "n": 6, "o": 7, "w": 8, "r": 9}


to_numbers = Exercise(
    name="to_numbers",
    title="letters as numbers",
    reference=_to_numbers,
    cases=[("New Oran", _SOME), ("on", _SOME), ("Ærø", _SOME), ("no one", _SOME), ("NO", _SOME)],
    mistakes=[
        Mistake(
            "unknown_as_padding",
            _unknown_as_padding,
            'You gave unknown letters the number 0. That is padding, "no letter": its embedding '
            "is zero and never learns. An unknown letter is a letter, number 1.",
        ),
        Mistake(
            "unknown_left_out",
            _unknown_left_out,
            "You left unknown letters out. Then what stood apart stands together, and a letter "
            "that is rare everywhere is a hint in itself. Give it the number 1.",
        ),
        Mistake(
            "unknown_as_new_number",
            _unknown_as_new_number,
            "You made up a number beyond the alphabet. The embedding has no row for it: an "
            "IndexError, the day somebody types a new letter.",
        ),
        Mistake(
            "code_points",
            _code_points,
            "Those are Unicode code points, up to 1,114,111. An embedding would need as many rows. "
            "Use the numbers in `letters`.",
        ),
        Mistake(
            "small_first",
            _small_first,
            "You made small letters of capitals. `letters` knows both, and capitals are a hint.",
        ),
        Mistake(
            "spaces_left_out",
            _spaces_left_out,
            "The spaces are missing. They are letters like others, and say where words end.",
        ),
    ],
    hints=[
        "`letters` is a dict from letter to number. What does `letters.get(letter, 1)` give?",
        "One number a letter, in the order of the text, spaces too.",
        "`[letters.get(letter, 1) for letter in text]`.",
    ],
    difficulty=1,
    minutes=4,
    errors={
        "KeyError": "`letters[letter]` fails for a letter that training never saw. "
        "`letters.get(letter, 1)` does not.",
    },
    why="0 is padding, 1 any letter that training has not seen twice. Both are decided before "
    "training, so that the model can learn what to make of unknown ones.",
)


# --- The same entity in two parts ---------------------------------------------------------


def _leaked_share(train_groups, test_groups):
    known = set(train_groups)
    return sum(group in known for group in test_groups) / len(test_groups)


def _of_entities(train_groups, test_groups):
    test = set(test_groups)
    return len(test & set(train_groups)) / len(test)


def _of_training(train_groups, test_groups):
    return _leaked_share(test_groups, train_groups)


def _of_all_entities(train_groups, test_groups):
    train, test = set(train_groups), set(test_groups)
    return len(train & test) / len(train | test)


def _clean_share(train_groups, test_groups):
    return 1 - _leaked_share(train_groups, test_groups)


def _counted(train_groups, test_groups):
    known = set(train_groups)
    return sum(group in known for group in test_groups)


def _same_place(train_groups, test_groups):
    same = sum(a == b for a, b in zip(train_groups, test_groups, strict=False))
    return same / len(test_groups)


def _leak_in_percent(train_groups, test_groups):
    return 100 * _leaked_share(train_groups, test_groups)


def _split_groups(rng):
    for train, test, entities in ((40, 15, 30), (25, 12, 40), (9, 7, 8)):
        names = np.array([f"territories: {k}" for k in range(entities)])
        yield tuple(tuple(rng.choice(names, size).tolist()) for size in (train, test))
    yield ("a", "a", "b", "c", "c", "d"), ("e", "a", "a", "a", "f")


leaked_share = Exercise(
    name="leaked_share",
    title="how much of a test is known from training",
    reference=_leaked_share,
    cases=_split_groups,
    mistakes=[
        Mistake(
            "of_entities",
            _of_entities,
            "That is a share of entities. Accuracy counts texts, so count texts: an entity with "
            "fifteen test names weighs fifteen times.",
        ),
        Mistake(
            "of_training",
            _of_training,
            "The other way round: you counted training texts. Ask of each *test* text whether "
            "training knows its entity.",
        ),
        Mistake(
            "of_all_entities",
            _of_all_entities,
            "You divided by all entities of both parts. The question is about the test alone.",
        ),
        Mistake(
            "clean_share", _clean_share, "That is the share that is clean. The leak is the rest."
        ),
        Mistake("counted", _counted, "You counted them. Divide by the number of test texts."),
        Mistake(
            "same_place",
            _same_place,
            "You compared place by place. An entity of the test may stand anywhere in training.",
        ),
        Mistake(
            "in_percent",
            _leak_in_percent,
            "Right, in percent. A share between 0 and 1 is asked.",
        ),
    ],
    hints=[
        "Which entities does training know? A `set` answers fast.",
        "For each test text: is its entity in that set?",
        "`known = set(train_groups)`, then the mean of `group in known` over `test_groups`.",
    ],
    difficulty=1,
    minutes=4,
    why="Above 0, the test asks in part for memory. This one line belongs beside every split.",
)


# --- What is taken for what ---------------------------------------------------------------


def _confusion(labels, predicted, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def _turned(labels, predicted, classes):
    return _confusion(predicted, labels, classes)


def _counted_once(labels, predicted, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels, predicted] += 1
    return matrix


def _errors_alone(labels, predicted, classes):
    matrix = _confusion(labels, predicted, classes)
    np.fill_diagonal(matrix, 0)
    return matrix


def _hits_alone(labels, predicted, classes):
    return np.diag(np.diag(_confusion(labels, predicted, classes)))


def _without_empty_classes(labels, predicted, classes):
    found = np.unique(np.concatenate([labels, predicted]))
    return _confusion(labels, predicted, classes)[np.ix_(found, found)]


def _shares(labels, predicted, classes):
    matrix = _confusion(labels, predicted, classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def _answers(rng):
    for count, classes in ((40, 3), (60, 5), (12, 4)):
        labels = rng.integers(classes - 1, size=count)  # the last class has no text
        right = rng.random(count) < 0.6
        guesses = rng.integers(classes - 1, size=count)
        yield labels, np.where(right, labels, guesses), classes


confusion = Exercise(
    name="confusion",
    title="the confusion matrix",
    reference=_confusion,
    cases=_answers,
    same_dtype=False,
    mistakes=[
        Mistake(
            "turned",
            _turned,
            "Rows and columns are swapped. The row is the truth, the column the answer; then a "
            "row sums to the texts of that class.",
        ),
        Mistake(
            "counted_once",
            _counted_once,
            "`matrix[labels, predicted] += 1` adds 1 *once* to each place, however often it comes: "
            "NumPy reads, adds and writes all at the same time. `np.add.at` counts each.",
        ),
        Mistake(
            "errors_alone",
            _errors_alone,
            "The diagonal is missing. The right answers belong there.",
        ),
        Mistake(
            "hits_alone",
            _hits_alone,
            "Only the diagonal is filled. The errors stand beside it: row of the truth, column of "
            "the answer.",
        ),
        Mistake(
            "without_empty_classes",
            _without_empty_classes,
            "Your matrix is smaller than K by K: a class without a text has vanished. Then the "
            "rows no longer belong to the class names.",
        ),
        Mistake(
            "shares", _shares, "Those are shares of each row. Useful to look at; counts are asked."
        ),
    ],
    hints=[
        "Start with zeros of shape (classes, classes). Each text adds 1 in one place.",
        "The place is row `labels[n]`, column `predicted[n]`.",
        "A loop over `zip(labels, predicted)` will do; `np.add.at(matrix, (labels, predicted), 1)` "
        "is the same without a loop.",
    ],
    difficulty=2,
    minutes=5,
    why="The diagonal over its row is the share of a language that is found; a bright place "
    "beside it is a pair that is mixed up, and tells what to look at next.",
)
