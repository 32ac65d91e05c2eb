"""Right calls of every public function: what `test_hostile` spoils, one argument at a time."""

from __future__ import annotations

import functools
from dataclasses import replace

import nbformat
import numpy as np
import torch
from matplotlib.figure import Figure
from nbformat import v4
from torch import nn

from lstm_lessons import (
    cell,
    claims,
    confidence,
    forecasting,
    handmade,
    ladder,
    models,
    plots,
    progress,
    regularization,
    sequences,
    trace,
    train,
    volatility,
    widgets,
    workcopy,
)
from lstm_lessons.benchmark import data_parallel, gpu, processes, records, timing
from lstm_lessons.benchmark import lstm as benchmark
from lstm_lessons.data import (
    adding,
    catalog,
    digits,
    languages,
    markets,
    number_words,
    pairs,
    python_source,
    seventh_voice,
    sines,
    spoken_strings,
    studies,
    weather,
)
from lstm_lessons.data import text as csv_text
from lstm_lessons.publish import grade, hosted, site, slides, student, worksheets
from lstm_lessons.publish.confined import Limits
from lstm_lessons.speech import baselines, ctc, recognizer, scores
from lstm_lessons.speech.recognizer import Recognizer
from lstm_lessons.text import classifier, export, language_model, ngrams, predict, tokenizer, translation
from lstm_lessons.widgets.timeline_explorer.profiled import Span
from lstm_lessons.widgets.training_explorer.widget import CURVES


def lstm():
    return nn.LSTM(3, 4, batch_first=True)


def cases():
    """Functions and right arguments, by name: each argument is spoiled in its turn."""
    lengths, batch = [2, 3], torch.zeros(2, 3, 3)
    out, hours = torch.zeros(2, 3, 4), np.datetime64("2013-01-01T00") + np.arange(100)
    series, usable = np.zeros(100), np.ones(100, bool)
    sizes = {"input_size": 3, "hidden_size": 4}
    flags = {"bias": True, "batch_first": True, "dropout": 0.1, "bidirectional": True}
    yield cell.LSTM, sizes | flags | {"num_layers": 2, "dtype": torch.float32}
    yield cell.LSTMCell, sizes | {"bias": True, "dtype": torch.float32}
    state = (torch.zeros(1, 2, 4), torch.zeros(1, 2, 4))
    for kind in (cell.LSTM, ladder.PackedLSTM):
        yield kind(3, 4, batch_first=True), {"input": batch, "hx": state}
    yield cell.LSTMCell(3, 4), {"input": batch[0], "hx": (torch.zeros(3, 4), torch.zeros(3, 4))}
    weights = {"weight_ih": torch.zeros(16, 3), "weight_hh": torch.zeros(16, 4)}
    weights |= {"bias_ih": torch.zeros(16), "bias_hh": torch.zeros(16)}
    yield cell.lstm_gates, {"x": batch[0], "h": torch.zeros(3, 4)} | weights
    yield cell.lstm_step, {"x": batch[0], "state": (torch.zeros(3, 4), torch.zeros(3, 4))} | weights
    layer = {"x": batch, "state": (torch.zeros(3, 4), torch.zeros(3, 4)), "weights": [*weights.values()]}
    yield cell.lstm_layer, layer | {"reverse": False, "lengths": torch.tensor([2, 1, 2])}
    for rung in ladder.RUNGS.values():
        yield rung, layer
    yield trace.trace_gates, {"lstm": lstm(), "x": batch, "state": state}
    run = {"lstm": lstm(), "input": batch, "hx": state, "layer": ladder.naive_layer}
    yield ladder.run, run
    yield sequences.pad, {"sequences": [torch.zeros(2, 3), torch.zeros(1, 3)]}
    yield sequences.pack, {"sequences": [torch.zeros(2, 3), torch.zeros(1, 3)]}
    yield sequences.mask, {"lengths": lengths, "steps": 4}
    for function in (sequences.last_valid, sequences.mean_pool, sequences.max_pool):
        yield function, {"output": out, "lengths": lengths}
    yield sequences.pool, {"kind": "mean", "output": out, "final": out[:, 0], "lengths": torch.tensor(lengths)}
    yield sequences.final_states, {"h_n": torch.zeros(2, 2, 4), "num_layers": 1}
    yield sequences.flip, {"padded": batch, "lengths": lengths}
    yield sequences.run_padded, {"lstm": lstm(), "padded": batch, "lengths": lengths}
    buckets = {"lengths": [3, 1, 2], "batch_size": 2, "seed": 0, "bucket": 2}
    yield sequences.length_buckets, buckets
    yield sequences.padding_share, {"lengths": [3, 1, 2], "batches": [[0, 1], [2]]}
    sequence = sizes | {"classes": 5, "num_layers": 2, "bidirectional": True, "dropout": 0.1}
    yield models.SequenceClassifier, sequence | {"pool": "mean"}
    yield models.Forecaster, sizes | {"shape": (2, 3), "dropout": 0.1}
    small = models.SequenceClassifier(3, 4, 5)
    yield small, {"padded": batch, "lengths": lengths}
    yield models.Forecaster(3, 4, (2,)), {"x": batch}
    scored = {"padded": batch, "lengths": lengths, "labels": torch.zeros(2), "batch_size": 2}
    yield functools.partial(models.accuracy, small), scored
    fit = {"model": nn.Linear(3, 1), "loss": squares, "batches": [0]}
    fit |= {"epochs": 1, "validate": lambda m: 0.5, "optimizer": None, "learning_rate": 0.1}
    fit |= {"clip_norm": 1.0, "patience": 1, "restore_best": True, "amp_dtype": None, "seed": 0}
    yield train.fit, fit | {"progress": False}
    window = {"past": 3, "horizon": 2}
    span = {"usable": usable, "start": 0, "stop": 90, "stride": 2}
    yield forecasting.origins, span | window
    yield forecasting.past_hours, {"at": [50, 60], "past": 3}
    yield forecasting.next_hours, {"at": [50, 60], "horizon": 3}
    yield forecasting.hours_of, {"at": [50, 60]} | window
    yield forecasting.assert_apart, {"one": [50], "other": [70]} | window
    folds = {"usable": usable, "borders": [60], "test_hours": 20, "validation_hours": 20}
    yield forecasting.rolling_origin, folds | window | {"stride": 1}
    yield forecasting.carry_forward, {"values": series}
    for function in (forecasting.persistence, forecasting.seasonal_naive):
        yield function, {"series": series, "at": [50, 60], "horizon": 3}
    yield forecasting.calendar, {"time": hours}
    yield forecasting.climatology, {"series": series, "time": hours, "known": [3, 4, 5]}
    yield forecasting.mae_by_hour, {"truth": np.zeros((2, 3)), "forecast": np.zeros((2, 3))}
    yield forecasting.pinball, {"truth": 1.0, "forecast": 2.0, "quantile": 0.5}
    yield forecasting.coverage, dict.fromkeys(("truth", "low", "high"), np.zeros(3))
    yield volatility.log_returns, {"prices": [1.0, 2.0, 1.5]}
    yield volatility.log_range_variance, {"high": [2.0, 3.0], "low": [1.0, 1.0]}
    yield volatility.trailing_mean, {"values": [1.0, 2.0, 1.5], "days": 2}
    yield volatility.har_features, {"log_variance": np.ones(30)}
    yield volatility.leverage_features, {"log_variance": np.ones(70), "returns": np.ones(70)}
    yield volatility.walk_forward, {"count": 200, "borders": [100, 150], "first": 66}
    yield volatility.qlike, {"truth": np.ones(2), "forecast": np.full(2, 2.0)}
    yield volatility.kupiec, {"breaches": np.array([True, False]), "share": 0.05}
    yield confidence.interval, {"values": [1.0, 2.0]}
    yield confidence.resampled, {"values": [1.0, 2.0, 3.0], "groups": [0, 0, 1], "seed": 0}
    yield confidence.resampled_blocks, {"values": np.arange(9.0), "block": 3, "seed": 0}
    for function in (seventh_voice.loudness, seventh_voice.mfcc):
        yield function, {"sound": np.zeros(900)}
    yield seventh_voice.load, {"language": "fr"}
    yield confidence.paired, {"values": [1.0, 2.0], "baseline": [1.0, 2.5]}
    yield claims.claim, {"sentence": "It is so.", "holds": True, "value": 3.0}
    gates = {gate: [0.0, 0.0, 1.0] for gate in "ifgo"}
    yield handmade.lstm_from_gates, {"gates": gates, "input_size": 1}
    yield regularization.VariationalDropout, {"p": 0.5}
    yield regularization.VariationalDropout(), {"x": batch}
    for kind in (regularization.WeightDrop, regularization.RecurrentDropout):
        yield kind, {"lstm": lstm(), "p": 0.5}
    yield regularization.set_forget_bias, {"lstm": lstm(), "value": 1.0}
    yield regularization.init_per_gate, {"lstm": lstm()}
    yield regularization.decay_groups, {"model": lstm(), "weight_decay": 0.1}
    yield adding.load, {"count": 3, "steps": 5, "seed": 0}
    sine = {"count": 3, "steps": 5, "seed": 0, "waves": 2, "noise": 0.1}
    yield sines.load, sine
    yield digits.load, {"split": "speaker", "fold": 0, "seed": 0, "scaled": True}
    part = digits.load().validation
    yield part.subset, {"indices": [0, 1]}
    yield part.per_class, {"count": 2, "seed": 0}
    yield languages.load, {"seed": 0}
    readings = weather.load()
    yield readings.of, {"station": "JFK", "feature": "temperature"}
    yield readings.select, {"features": ["temperature"]}
    yield studies.load, {"name": "regularization"}
    yield markets.load, {"name": "wti"}
    yield markets.load().rebased, {"first": 3}
    yield markets.load().on, {"date": "2008-09-15"}
    yield weather.suspicious, {"weather": readings}
    yield weather.clean, {"weather": readings, "longest_gap": 6}
    yield weather.filled, {"raw": readings, "cleaned": readings}


def widget_cases():
    """The same for the widgets."""
    lagged = {"a": (np.arange(50.0) % 7, np.arange(50.0))}
    yield widgets.LagExplorer, {"series": lagged, "chosen": "a", "shift": 1, "start": 3, "length": 30}
    yield widgets.DropoutExplorer, {"p": 0.3, "steps": 4, "units": 3, "draws": 2, "seed": 0}
    step = {"x": [0.5, 1.0], "h": [0.0, 0.1, 0.2], "c": [0.0, 0.1, 0.2], "unit": 1}
    yield widgets.GateExplorer, {"preset": "add up"} | step
    yield widgets.GateExplorer.from_torch, {"module": nn.LSTMCell(2, 3)} | step
    yield widgets.SequenceExplorer, {"preset": "latch", "xs": [0.0, 1.0]}
    shown = {"xs": np.zeros((4, 2)), "feature_names": ("a", "b"), "limits": [[0, 1], [0, 1]], "unit": 0}
    marked = {"labels": list("abcd"), "marks": [1], "layer": 0, "direction": 0}
    yield widgets.SequenceExplorer.from_torch, {"module": nn.LSTM(2, 3)} | shown | marked
    headed = {"module": nn.LSTM(2, 3), "head": nn.Linear(3, 1), "task": "adding"}
    yield widgets.SequenceExplorer.from_torch, headed | shown
    shape = {"input_size": 3, "hidden_size": 4, "num_layers": 1, "bias": True, "batch_first": True}
    shape |= {"bidirectional": False, "batched": True, "packed": True, "sequence": 0, "tensor": "h_n"}
    yield widgets.ShapeExplorer, shape | {"lengths": [3, 2]}
    yield widgets.ShapeExplorer.from_torch, {"module": nn.LSTM(2, 3), "lengths": [3, 2]}
    seen = {"sequences": [np.zeros((4, 2))], "names": ["a"], "feature_names": ["u", "v"], "step_names": ["abcd"]}
    seen |= {"sequence": 0, "layer": 0, "direction": 0, "symbol": "f", "sort": "mean", "unit": 0, "step": 0}
    yield widgets.GateMicroscope.from_torch, {"model": nn.LSTM(2, 3)} | seen
    classes = {"model": models.SequenceClassifier(2, 3, 4), "labels": [1], "class_names": list("abcd")}
    yield widgets.GateMicroscope.from_torch, classes | seen | {"edits": {"0.0.0.h": 0.0}}
    yield widgets.GradientExplorer, {"bias": 0.5, "w": 1.05, "steps": 20}
    yield widgets.SelfCheck, {"question": "Will it?", "answers": {"yes": "It will.", "no": "It will."}, "right": "yes"}
    yield widgets.Prediction, {"question": "Will it?", "answers": ["yes", "no"]}
    yield widgets.Prediction("How much?", {"a": 1.0, "b": 2.0}).outcome, {"found": 1.5}
    runs = {"plain": [dict.fromkeys(CURVES, [1.0, 0.5]) | {"test": 0.5}]}
    yield widgets.TrainingExplorer, {"runs": runs, "chosen": ["plain"], "quantity": "loss", "epoch": 1}
    study = {"study": studies.load("regularization"), "chosen": None, "seeds": 2}
    yield widgets.TrainingExplorer.from_study, study
    spans = {"plain": [Span("Python", "step", 1e-5, False), Span("Python", "step", 1e-5, True)]}
    yield widgets.TimelineExplorer, {"spans": spans, "seconds": {"plain": 1e-4}, "chosen": "plain"}
    phrase = {"phrase": "ab", "examples": ["a"], "trained_on": "words", "direction": 0, "unit": 0, "symbol": "h"}
    trained = {"model": classifier.TextClassifier(6, 3, embedding_size=2, hidden_size=2), "classes": list("xyz")}
    yield widgets.PhraseExplorer.from_torch, trained | {"letters": {"a": 2, "b": 3, "c": 4, "d": 5}} | phrase
    hours = np.datetime64("2013-01-01T00") + np.arange(60)
    day = {"time": hours, "readings": np.zeros((1, 60)), "origins": [20, 30], "stations": ["JFK"], "past": 10}
    bounds = {"low": np.zeros((1, 2, 4)), "high": np.ones((1, 2, 4)), "level": 0.8, "interval_of": "last"}
    yield widgets.ForecastExplorer, day | bounds | {"forecasts": {"last": np.zeros((1, 2, 4))}}


def shipped_cases(shipped, folder):
    """The same for what needs files and a trained classifier."""
    path = folder / "texts.csv"
    path.write_text("text,label,who\na,x,1\nb,x,2\nc,y,3\nd,y,4\n")
    table = {"path": path, "text": "text", "label": "label", "group": "who", "separator": ","}
    yield csv_text.load_csv, table | {"encoding": "utf-8", "seed": 0}
    splits = csv_text.load_csv(path)
    yield splits.train.subset, {"indices": [0, 1]}
    letters = shipped.classifier.letters
    yield tokenizer.build_vocabulary, {"texts": ["ab", "a"], "at_least": 1}
    yield tokenizer.encode, {"text": "ab", "letters": letters, "longest": 5}
    batch = {"numbers": [[2, 3, 4], [2, 0, 0]], "lengths": [3, 1]}
    model = shipped.classifier.model
    sizes = {"letters": 9, "classes": 3, "embedding_size": 4, "hidden_size": 5, "dropout": 0.1}
    yield classifier.TextClassifier, sizes | {"pool": "mean"}
    yield model, batch
    yield classifier.encode_batch, {"texts": ["ab", "a"], "letters": letters, "longest": 5}
    yield classifier.excerpt, {"text": "a b", "rng": np.random.default_rng(0), "shortest": 1}
    fit = {"splits": splits, "embedding_size": 2, "hidden_size": 2, "dropout": 0.1, "excerpts": 0.1}
    fit |= {"label_smoothing": 0.1, "epochs": 1, "batch_size": 2, "learning_rate": 0.1}
    fit |= {"patience": 1, "longest": 5, "seed": 0, "progress": False}
    yield classifier.fit_classifier, fit
    deployed = predict.load(shipped.onnx)
    for either in (shipped.classifier, deployed):
        yield either.probabilities, {"texts": ["ab", "a"]}
    yield deployed.encode, {"texts": ["ab", "a"]}
    yield deployed.scores, batch
    yield shipped.classifier.accuracy, {"part": splits.train}
    yield export.save, {"classifier": shipped.classifier, "path": folder / "saved"}
    yield export.load, {"path": shipped.weights}
    yield export.operators, {"path": shipped.onnx}
    yield export.stored, {"path": shipped.onnx}
    yield export.quantize_in_torch, {"model": model}
    yield export.lean_scores, {"model": model} | batch
    yield export.in_batches, {"runner": deployed.scores, "batch_size": 1} | batch
    yield export.parity, dict.fromkeys(("scores", "reference"), np.eye(3)) | {"labels": [0, 1, 2]}
    yield export.runner, {"path": str(shipped.weights), "way": "lean"}
    yield predict.load, {"path": shipped.onnx}
    yield predict.runner, {"path": str(shipped.onnx)}
    yield predict.answer, {"probabilities": np.ones(3), "classes": ["a", "b", "c"], "top": 2}


def writer_cases(folder):
    """The same for what writes letter by letter, and for its data."""
    asked = {"training": [0, 1, 0, 2], "asked": [0, 1], "letters": 3, "order": 2}
    for function in (ngrams.witten_bell, ngrams.kneser_ney):
        yield function, asked
    model = language_model.LanguageModel("\nab", 2, 3)
    sizes = {"embedding_size": 2, "hidden_size": 3, "dropout": 0.1, "tied": True}
    yield language_model.LanguageModel, {"alphabet": "\nab"} | sizes
    state = (torch.zeros(1, 2, 3), torch.zeros(1, 2, 3))
    yield model, {"numbers": torch.zeros(2, 3, dtype=torch.int64), "state": state}
    yield language_model.encode, {"text": "ab", "alphabet": "ab"}
    pieces = {"stream": torch.arange(20), "streams": 2, "steps": 3, "offset": 1}
    yield consumed(language_model.chunks), pieces
    fit = {"model": model, "text": "ab" * 9, "epochs": 1, "streams": 2, "steps": 2, "learning_rate": 0.1}
    fit |= {"weight_decay": 0.1, "cycle": True, "validate": lambda m: 0.5, "seed": 0, "progress": False}
    yield language_model.fit_language_model, fit
    yield language_model.letter_bits, {"model": model, "texts": ["ab", "a"], "steps": 2}
    yield language_model.predictions, {"model": model, "texts": ["ab", "a"], "steps": 2, "silent": [0]}
    yield language_model.without, {"model": model, "units": [0, 2]}
    yield language_model.states, {"model": model, "texts": ["ab", "a"], "steps": 2}
    yield language_model.adapted_bits, {"model": model, "text": "ab", "learning_rate": 0.1, "steps": 2}
    how = {"temperature": 0.5, "top_k": 2, "top_p": 0.9}
    yield language_model.reshape, {"chances": np.array([0.5, 0.25, 0.25])} | how
    yield language_model.write, {"model": model, "begin": "a", "letters": 2, "seed": 0} | how
    yield language_model.in_eight_bits, {"model": model}
    yield language_model.save, {"model": model, "path": folder / "writer", "trained_on": "letters"}
    language_model.save(model, folder / "letters.safetensors")
    yield language_model.load, {"path": folder / "letters.safetensors"}
    yield number_words.words, {"number": 21, "language": "de"}
    yield number_words.draw, {"count": 3, "below": 200, "seed": 0}
    drawn = {"source": "en", "target": "de", "below": 50, "count": 3, "held": 5, "seed": 0}
    yield number_words.load, drawn
    yield catalog.load, {"longest": 30, "seed": 0}
    yield catalog.bare, {"text": "Open"}
    yield python_source.shared_share, {"text": "a" * 90, "others": {"b": "a" * 90}}
    yield pairs.split, {"pairs": [("a", "b")] * 5, "sizes": (1, 2)}


def spoken():
    """A few recordings, and one of them."""
    part = digits.load(scaled=False).train
    part = part.subset(np.flatnonzero(part.voices == part.voices[0])[:60])
    return part, part.sequences[0]


def speech_cases():
    """The same for spoken strings, and for what hears them."""
    part, frames = spoken()
    rng, strings = np.random.default_rng(0), spoken_strings.splice(part, 2)
    string = {"part": part, "count": 2, "digits": (1, 2), "pause": (0, 1), "gain": 1.0, "tract": 0.1, "speed": 0.1}
    yield spoken_strings.splice, string | {"said": [[1, 2]], "seed": 0}
    yield spoken_strings.quiet_frames, {"sequences": [frames]}
    yield spoken_strings.joined, {"recordings": [frames], "pauses": [1, 2], "quiet": frames, "rng": rng}
    yield spoken_strings.louder, {"frames": frames, "decibels": 3.0}
    for function in (spoken_strings.with_speed, spoken_strings.with_tract):
        yield function, {"frames": frames, "factor": 1.1}
    yield spoken_strings.with_noise, {"frames": frames, "ratio": 20.0, "rng": rng}
    for function in (spoken_strings.smooth_loudness, spoken_strings.level, spoken_strings.center):
        yield function, {"frames": frames}
    of_training = {"mean": np.zeros(13), "std": np.ones(13)}
    yield spoken_strings.centered, {"strings": strings}
    yield spoken_strings.centered_so_far, {"strings": strings, "weight": 20.0} | of_training
    yield spoken_strings.scaled, {"strings": strings} | of_training
    logs = torch.randn(5, 4).log_softmax(-1)
    yield ctc.collapse, {"path": [1, 1, 0], "blank": 0}
    yield ctc.greedy, {"log_probs": logs}
    yield consumed(ctc.paths), {"labels": [1], "steps": 3, "classes": 2}
    yield ctc.path_log_probability, {"log_probs": logs, "path": [0, 1, 2, 3, 0]}
    for function in (ctc.least_frames, ctc.with_blanks):
        yield function, {"labels": [1, 2]}
    yield ctc.may_skip, {"states": [0, 1, 0, 2, 0]}
    for function in (ctc.forward_table, ctc.log_likelihood):
        yield function, {"log_probs": logs, "labels": [1, 2]}
    yield ctc.spans, {"path": [1, 1, 0]}
    search = {"log_probs": logs, "width": 3, "prior": lambda before, label: -1.0, "weight": 1.0, "bonus": 0.0}
    yield ctc.beam_search, search | {"floor": -5.0}
    yield ctc.ngram_prior, {"sequences": [[1, 2]], "order": 2, "classes": 4, "extra": 0.1}
    yield baselines.segments, {"level": np.arange(20.0), "share": 0.4, "gap": 3, "shortest": 4}
    yield baselines.warped_distances, {"frames": frames, "templates": [frames[:4], frames]}
    yield recognizer.Recognizer, dict.fromkeys(("hidden_size", "input_size", "classes"), 3) | {"dropout": 0.1}
    model = recognizer.Recognizer(2).eval()
    yield model, {"padded": torch.zeros(2, 3, 13), "lengths": [3, 2]}
    yield recognizer.as_batch, {"frames": [frames], "labels": [[1, 2]]}
    yield functools.partial(recognizer.loss, model), {"batch": recognizer.as_batch([frames], [[1, 2]])}
    yield functools.partial(recognizer.posteriors, model), {"frames": [frames], "batch_size": 2}
    yield functools.partial(recognizer.heard, model), {"frames": [frames]}
    yield scores.edits, {"said": [1, 2], "heard": [1]}
    yield scores.share_exact, {"said": [[1, 2]], "heard": [[1]]}


def slow_speech_cases():
    fit = {"part": spoken()[0], "prepare": spoken_strings.centered, "hidden_size": 2, "bidirectional": True}
    fit |= {"dropout": 0.1, "updates": 1, "batch_size": 2, "learning_rate": 0.1, "seed": 0, "progress": False}
    yield recognizer.fit_recognizer, fit
    heard = {"said": [[1, 2], [3]], "heard": [[1], [3]], "seed": 0}
    yield scores.error_rate, heard
    yield scores.rate_difference, heard | {"baseline": [[2], [3]]}


def translator_cases():
    """The same for the translator."""
    sizes = {"source_signs": 5, "target_signs": 6, "embedding_size": 2, "hidden_size": 4}
    yield translation.Translator, sizes | {"attention": True}
    model = translation.Translator(5, 6, 2, 4).eval()
    model.head.bias.data[translation.END] = 9.0  # it ends soon
    numbers, lengths = torch.tensor([[2, 3], [4, 0]]), torch.tensor([2, 1])
    batch = {"numbers": numbers, "lengths": lengths}
    yield model, batch | {"targets": torch.tensor([[1, 3, 2], [1, 2, 0]])}
    yield model.encode, batch
    memory = model.encode(numbers, lengths)
    yield model.decode, {"previous": torch.ones(2, 1, dtype=torch.int64), "memory": memory, "state": memory.first}
    yield translation.attention_weights, {"h": torch.zeros(2, 1, 4), "states": memory.states, "keep": memory.keep}
    source, target = {"a": 2, "b": 3, "c": 4}, {"x": 3, "y": 4, "z": 5}
    yield translation.target_vocabulary, {"texts": ["ab", "a"]}
    yield translation.encode_sources, {"texts": ["ab", "a"], "letters": source}
    yield translation.encode_targets, {"texts": ["xy", "z"], "letters": target}
    yield translation.decode_letters, {"numbers": [3, 4, 2], "letters": target}
    yield translation.greedy, {"model": model, "longest": 3} | batch
    yield translation.beam_search, {"model": model, "width": 2, "longest": 3} | batch
    trained = translation.TrainedTranslator(model, source, target, train.History())
    yield trained.translate, {"texts": ["ab", "a"], "longest": 3, "batch_size": 1}
    yield trained.beam, {"texts": ["ab"], "width": 1}
    few = pairs.Pairs(("ab", "c"), ("x", "yz"))
    yield trained.exact, {"pairs": few}
    yield translation.exact_share, {"found": ["a", "b"], "expected": ["a", "c"]}
    fit = {"pairs": few, "embedding_size": 2, "hidden_size": 4, "attention": True, "updates": 1, "batch_size": 2}
    fit |= {"learning_rate": 0.1, "seed": 0, "progress": False, "kind": translation.Translator}
    yield translation.fit_translator, fit | {"loss": translation.loss}
    shown = {"model": model, "source_letters": source, "target_letters": target, "phrase": "ab", "examples": ["a"]}
    shown |= {"trained_on": "words", "forced": {"0": 3}, "looked": {"0": 1}, "step": 0, "view": "beam", "width": 2}
    yield widgets.TranslationExplorer.from_torch, shown


def later_widget_cases(shipped):
    """The same for widgets that need more than numbers."""
    shown = {"model": Recognizer(2), "voices": {"telephone": seventh_voice.load()}, "digits": "31", "voice": 0}
    shown |= {"scale": (np.zeros(13), np.ones(13)), "pauses": [1, 2, 3], "alignment": "__3_1", "stage": "answer"}
    yield widgets.SpeechExplorer.from_torch, shown
    files = {"classifier": shipped.classifier, "trained": shipped.onnx, "shipped": shipped.int8}
    yield widgets.QuantizationExplorer, files | {"phrase": "ag", "examples": ["a"]}
    step = {"run": lambda: torch.zeros(3) + 1}
    yield widgets.TimelineExplorer.from_runs, {"runs": step, "seconds": {"run": 1e-4}, "chosen": "run"}
    program = {gate: [0.0, 0.0, 0.0, 1.0] for gate in "ifgo"}
    yield widgets.SequenceExplorer, {"puzzle": "latch", "program": program, "xs": [[0.0, 1.0], [1.0, 0.0]]}
    race = {"task": "adding", "preset": None, "race": "networks", "length": 9, "units": 2, "rate": 0.01}
    race |= {"optimizer": "sgd", "forget_bias": 1.0, "clip": 1.0, "seed": 0, "playing": False, "racer": 1}
    yield widgets.Playground, race | {"view": "traces", "weights": {}}
    writer = language_model.LanguageModel("\nab", 2, 3)
    text = {"model": writer, "text": "ab", "begins": ["a"], "held_out": ["ab"], "unit": 1, "color": "f", "seed": 0}
    yield widgets.WritingExplorer.from_torch, text | {"temperature": 0.5, "top_k": 2, "top_p": 0.9}
    yield widgets.WritingExplorer.from_torch(writer, text="ab").influences, {"place": 1, "target": 1}


def figures():
    """The same for every figure, as it is drawn and not yet shown."""
    line, lines, seeds = np.linspace(0.1, 0.9, 4), np.linspace(0.1, 0.9, 8).reshape(2, 4), np.array([0.5, 0.7, 0.6])
    by_name, of_lines = {"a": line, "b": line + 0.1}, {"a": lines, "b": lines + 0.1}
    hours = np.datetime64("2013-01-01T00") + np.arange(4)
    record = train.History(
        train_loss=[2.0, 1.0], validation=[0.5, 0.4], gradient_norm=[1.0, 2.0], clip_norm=1.0, best_epoch=1
    )
    yield plots.history, {"record": record}
    yield plots.accuracies, {"rows": {"a": {"way": seeds}}, "baselines": {"guess": 0.1}, "lowest": 0.0}
    yield plots.fading, {"start_only": [1.0, 0.5], "memory": [1.0, 0.7]}
    yield plots.gradient_paths, {"rnn": {"rnn": lines}, "lstm": {0.0: lines, 1.0: lines}}
    yield plots.silenced_memory, {"right": line, "wrong": line, "write": 1, "reads": [2, 3]}
    yield plots.exploding_gradient, {"full": lines, "direct": lines}
    yield plots.adding_sequence, {"x": np.array([[0.5, 0], [0.2, 1], [0.3, 1]])}
    curves = {"curves": {"a": lines.T}, "guess": 0.5, "window": 2, "gate": line, "marks": [1]}
    yield plots.learning_curves, curves
    yield plots.by_step, {"lines": by_name, "what": "size", "level": 0.5}
    yield plots.gates_at_marks, {"gates": {"i": line, "c": line}, "marks": [1]}
    yield plots.ablation, {"errors": {"a": seeds}, "guess": 0.5}
    yield plots.error_by_step, {"errors": of_lines, "floor": 0.1, "quantity": "error"}
    yield plots.padding, {"lengths": np.array([3, 1, 2]), "ways": {"a": [np.array([0, 1]), np.array([2])]}}
    asked = {"errors": {"a": {"alone": seeds}}, "baseline": seeds, "baseline_name": "guess"}
    yield plots.in_batches_and_alone, asked
    yield plots.spoken_digits, {"recordings": {"one": [lines, lines]}}
    yield plots.lengths_by_class, {"lengths": np.array([3, 1, 2]), "labels": np.array([0, 0, 1])}
    yield plots.while_listening, {"frames": [1, 2, 3, 4], "curves": of_lines}
    future = {"heard": [1, 2], "halves": {"a": lines}, "step": 0, "units": {"a": list("wxyz")}}
    yield plots.as_the_future_arrives, future
    heard = {"sounds": {"one": line}, "loudness": [lines], "beliefs": [lines[:, :1]]}
    yield plots.said_and_heard, heard | {"rate": 8000, "hop": 2, "pause": 0.1}
    yield plots.reach, {"effects": by_name}
    yield plots.dropout_masks, {"masks": {"a": np.eye(3)}}
    yield plots.compare_techniques, {"new": {"a": 90 + seeds, "b": 91 - seeds}, "known": None, "baseline": "a"}
    rows = list(timing.compare({"a": seeds, "b": 2 * seeds}, "a").values())
    yield plots.benchmark, {"rows": rows, "source": "here"}
    yield plots.error_and_time, {"rows": [replace(row, state_error=1e-3) for row in rows]}
    swept = {"dtype": "float32", "seconds": (1.0, 2.0, 3.0), "best": 1.0, "work": 9.0, "bytes": 3.0}
    swept |= {"peak": 9.0, "bandwidth": 5.0}
    yield plots.batch_sweep, {"rows": [swept | {"B": 1}, swept | {"B": 4}]}
    yield plots.suspects, {"panels": {"a": (hours, line, 1)}}
    year = {"time": hours, "series": line, "name": "JFK", "parts": {"training": (0, 2), "test": (2, 4)}}
    yield plots.year_and_split, year
    yield plots.error_by_hour_ahead, {"errors": by_name, "minus": "a"}
    yield plots.error_by_months, {"months": [1, 2, 3, 4], "errors": by_name}
    yield plots.error_by_period, {"errors": of_lines, "periods": ["May", "June"]}
    yield plots.interval_by_hour, {"intervals": {"a": (line, line)}, "level": 0.8}
    days = np.datetime64("2014-01-01") + np.arange(4)
    yield plots.forecast_and_truth, {"days": days, "truth": line, "forecast": line, "unit": "US$"}
    yield plots.memory, {"series": {"a": np.sin(np.arange(30.0))}, "most": 5}
    yield plots.growth, {"days": days, "results": by_name}
    leads = {"a": [confidence.Interval(-1.0, -2.0, 0.5)]}
    yield plots.leads, {"rows": leads, "names": ["market"], "baseline": "HAR"}
    yield plots.confusion, {"matrix": np.eye(2, dtype=int), "names": ["a", "b"]}
    yield plots.letters_of_a_unit, {"texts": ["abcd"], "values": [line], "label": "h"}
    yield plots.calibration, {"stated": line, "true": line}
    yield plots.learning_curve, {"sizes": np.array([10, 20, 30, 40]), "curves": by_name}
    yield plots.squashing, {}
    yield plots.symbols, {}
    yield plots.bits_by_order, {"curves": by_name}
    yield plots.cost_of_a_letter, {"methods": {"a": leads["a"][0]}, "above": "b"}
    shares = {"a": np.array([0.5, 0.4])}
    asked = {"bins": ["1", "2"], "tasks": {"brackets": shares}, "counts": np.array([[3, 4]])}
    yield plots.right_by_distance, asked
    words = {"bounds": np.array([[0, 2]]), "labels": [3]}
    yield plots.spoken_string, {"frames": lines.T} | words
    yield plots.posteriors, {"tables": {"a": lines.T}, "classes": ["-", "0"]} | words
    yield plots.error_by_voice, {"rates": shares, "voices": ["A", "B"]}
    yield plots.still_right, {"shares": by_name}
    yield plots.alignment, {"source": "abcd", "written": "xy", "weights": lines}
    one = {"a": 0.5, "b": 0.6}
    yield plots.shipped, {"accuracy": one, "kilobytes": one, "seconds": {"one": {"a": seeds, "b": seeds}}}
    yield plots.int8_steps, {"weights": by_name}
    yield plots.cold_starts, {"seconds": by_name}


def figure_cases():
    for function, arguments in figures():
        yield function.draw, arguments


def tool_cases(folder):
    """The same for the benchmark and for what publishes the lessons."""
    small = {"shape": benchmark.Shape(2, 3, 2, 2, directions=2), "rounds": 1, "device": "cpu", "seed": 0}
    sizes = {"batch": 2, "steps": 3, "inputs": 2, "hidden": 2, "layers": 1, "directions": 2, "shortest": 0.5}
    yield benchmark.Shape, sizes
    yield benchmark.adam, small | {"progress": False}  # the others take seconds, and have the same checks
    yield data_parallel.load_batches, {"count": 2, "size": 2, "seed": 0, "device": "cpu"}
    yield data_parallel.make_model, {"hidden": 2, "seed": 0, "device": "cpu"}
    yield (
        data_parallel.launch,
        dict.fromkeys(("processes", "batch_size", "steps", "hidden"), 1) | {"seed": 0, "seconds": 9},
    )
    yield gpu.load, {"folder": folder}
    yield gpu.show, {"part": "dtypes", "table": False, "own": folder}
    for function in (timing.machine, timing.versions):
        yield function, {"device": "cpu"}
    yield plots.show, {"figure": Figure(), "alt": "Nothing.", "place": "here", "update": False}
    times, run = {"a": np.ones(3), "b": 2 * np.ones(3)}, {"a": int, "b": float}
    yield timing.measure, {"variants": run, "rounds": 1, "warmup": 0, "device": "cpu", "title": None}
    yield timing.compare, {"seconds": times, "baseline": "a"}
    yield timing.quartiles, {"values": np.ones(3)}
    yield timing.table, {"rows": list(timing.compare(times, "a").values())}
    record = timing.Record("make", "2026-01-01", {"device": "cpu"}, {}, 3, ())
    yield record.save, {"path": folder / "record.json"}
    record.save(folder / "ladder-cpu.json")
    yield timing.Record.load, {"path": folder / "ladder-cpu.json"}
    yield records.load, {"device": "cpu", "folder": folder}
    yield processes.cold_starts, {"commands": {"a": ["-c", "pass"]}, "rounds": 1}
    runners = {"runners": {"a": ["operator:attrgetter", "real"]}, "batches": {"one": [(1,)]}}
    yield functools.partial(processes.latencies, rounds=1, warmup=0), runners
    title = {"slideshow": {"slide_type": "slide"}}
    cells = [v4.new_markdown_cell("# A lesson\n\n**Why?**\n\n45 minutes", metadata=title)]
    notebook = folder / "01_lesson.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), notebook)
    yield slides.build, {"paths": [notebook], "target": folder / "slides", "full": False}
    yield student.build, {"paths": [notebook], "target": folder / "student", "nbgrader": False, "word": "open"}
    yield worksheets.build, {"paths": [notebook], "target": folder / "sheets"}
    yield workcopy.lay_all, {"lessons": folder, "work": folder / "work"}
    yield progress.show, {"lesson": "start_here"}
    made = {"paths": [notebook], "target": folder / "site", "repository": "a/b", "address": "https://a.b/"}
    yield site.build, made | {"documented": []}
    lesson = v4.new_notebook(cells=cells)
    yield site.page, {"notebook": lesson, "name": "01_lesson", "repository": "a/b", "deck": True}
    yield slides.deck, {"notebook": lesson, "full": True}
    handed_out = {"notebook": lesson, "lesson": "lesson", "until": "2026-12-24", "word": "open", "nbgrader": False}
    yield student.student, handed_out
    (folder / "handed_in").mkdir(exist_ok=True)
    (folder / "handed_in" / "ada_lesson.ipynb").write_text("no notebook")
    yield grade.grade, {"folder": folder / "handed_in", "limits": Limits()}
    for function in (hosted.colab, hosted.kaggle):
        yield function, {"repository": "a/b", "file": "01.ipynb"}
    yield hosted.package_of, {"repository": "a/b"}
    yield hosted.hosted, {"lesson": lesson, "repository": "a/b", "package": "c"}


def consumed(function):
    """What a generator gives, as a list."""

    @functools.wraps(function)
    def listed(**arguments):
        return list(function(**arguments))

    return listed


def squares(model, batch):
    """A loss that needs no batch, so that what fails is not the loss."""
    return sum(parameter.square().sum() for parameter in model.parameters())
