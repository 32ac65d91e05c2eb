"""The helper package of LSTM Lessons: what two lessons need, or what would bury a story.

An argument that does not fit raises a ValueError, and one of another kind a TypeError, with its name, what was
expected, and what came.

Importing it imports nothing heavy; import the module that you need: ``from lstm_lessons import cell``. In reading
order:

    cell            the LSTM, from its six equations to a drop-in for torch.nn.LSTM
    trace           every gate at every step, from any LSTM
    ladder          the same LSTM made faster, one idea a rung
    sequences       batches of unequal lengths: padding, masks, pooling, buckets
    models          an LSTM and a linear layer: a classifier and a forecaster
    train           one training loop for all lessons, and the history that it leaves

    handmade        small LSTMs whose weights are written by hand
    regularization  dropout that fits a recurrence, first weights, weight decay
    forecasting     windows without a look ahead, baselines, scores
    volatility      returns and ranges of markets, forecasts of tomorrow's, scores
    text/           tokenizer, classifier, language models, translator, export to ONNX, predictions without torch
    speech/         a recognizer, the algorithms of CTC, error rates, simple methods to compare

    claims          a sentence of the prose, checked by the run
    confidence      the interval around a mean of few runs
    checks          arguments, in their plain form or refused by name
    files           a file written whole or not at all
    palette         one color, line style and marker for every symbol
    install         the packages, put into .venv by uv, or by pip where uv cannot be had
    doctor          a look over the machine before the first lesson
    workcopy        the learner's own copies of the lessons, laid by make lab
    progress        what a learner solved, noted on their machine alone

    data/           one module a data set, its files and their provenance beside it
    plots/          figures: what they share, and one module a lesson
    exercises/      the engine that says what is wrong, and one module a lesson
    widgets/        what they share, and the files of each widget together

    benchmark/      fair timing in one process and in many; what an LSTM costs; records
    authoring/      notebooks executed and kept in one form; the studies of lessons 4, 5 and 12
    publish/        lessons as slides, as a site and for learners; what they hand in, graded
    lab/            JupyterLab's defaults for learners
"""

__version__ = "0.1.0"
