"""Splice a string of spoken digits, see what a network says of each frame, and how CTC reads it: `SpeechExplorer`.

The model is in the page: the browser computes what `log_probabilities` and the rest compute here, with or without a
kernel. A learner's own recording is read in the page alone; Python never hears of it.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lstm_lessons.checks import kind, whole
from lstm_lessons.data.digits import CLASSES as DIGITS
from lstm_lessons.data.digits import FEATURES, SpokenDigits
from lstm_lessons.data.seventh_voice import HOP, mfcc
from lstm_lessons.data.spoken_strings import center, quiet_frames
from lstm_lessons.plots import stills
from lstm_lessons.speech import ctc
from lstm_lessons.speech.recognizer import BLANK, CLASSES, Recognizer, posteriors
from lstm_lessons.widgets.shared.base import Choice, LessonWidget, shown
from lstm_lessons.widgets.shared.checks import numbers
from lstm_lessons.widgets.shared.network import Network, check_weights, network_of
from lstm_lessons.widgets.shared.weights import encode

MOST_WEIGHTS = 187_500  # one megabyte of base64
MOST_DIGITS, MOST_PAUSE, LEAST_PAUSE, USUAL_PAUSE = 8, 40, -20, 4
LEAST_WORD, SHIFT = 3, 7  # frames: what is left of a digit that is cut; from where a pause takes its quiet
TAKES = 2  # recordings of each digit that a page gets
QUIET_FRAMES = 24
FULL_SCALE = 2**15  # of a sound's samples, as 16 bits
STAGES = ("path", "without repeats", "answer")
Voice = SpokenDigits | Mapping[str, np.ndarray]


class Spliced(NamedTuple):
    """A string of U digits, T frames."""

    frames: np.ndarray  #: MFCCs in their own scale, (T, 13) float32.
    bounds: list[tuple[float, float]]  #: where each digit begins and ends, in frames, U.


class SpeechExplorer(LessonWidget):
    """A recognizer at work on a spliced string of digits: features, what it says of each frame, paths, the answer.

    Make one with `from_torch`.

    Traits:
        digits: what is said: up to eight digits; other signs are passed over.
        voice: who says it, the place in ``voices``.
        pauses: frames of quiet before each digit and after the last one, -20 to 40; what lacks is 4. A negative one
            cuts so many frames from the end of the digit before it.
        alignment: a path in signs, digits and blanks (``_``, ``-`` or ``–``), stretched over all frames. Without any
            the most probable path is shown.
        stage: of the collapse: ``"path"``, ``"without repeats"`` or ``"answer"``.
        architecture, weights, scale, voices: what the page computes with.
    """

    module = "speech_explorer"

    architecture = shown(traitlets.Dict())
    weights = shown(traitlets.Unicode())
    scale = shown(traitlets.Dict())
    voices = shown(traitlets.List(traitlets.Dict()))
    classes = shown(traitlets.List(traitlets.Unicode()))
    digits = shown(traitlets.Unicode("331"))
    voice = shown(traitlets.Int(0))
    pauses = shown(traitlets.List(traitlets.Int()))
    alignment = shown(traitlets.Unicode(""))
    stage = shown(Choice(STAGES, "path"))

    def __init__(self, model: Recognizer, recordings: list[tuple[list[list[np.ndarray]], np.ndarray]], **traits: Any):
        """Use `from_torch`."""
        super().__init__(classes=list(CLASSES))
        self._model, self._recordings = model, recordings
        self.set_traits(**traits)

    @classmethod
    def from_torch(
        cls,
        model: Recognizer,
        voices: Mapping[str, Voice],
        *,
        scale: tuple[np.ndarray, np.ndarray] | None = None,
        **traits: Any,
    ) -> Self:
        """Put a trained recognizer into a page; its weights are copied, as float32.

        Args:
            voices: by name, recordings of one voice in their own scale, of which two of each digit are taken; or the
                sound of each digit, as `seventh_voice.load` gives it, which can be heard too.
            scale: mean and deviation, (13,) each, by which the model's input was scaled; None where each string was
                scaled by its own, as `spoken_strings.center` does it.
            traits: ``digits`` and the others that are no data of the page.

        Raises:
            TypeError: if ``model`` is no `Recognizer`, or a voice neither recordings nor sounds.
            ValueError: if it has other sizes than the digits ask for, is too large for a page (187,500 weights, one
                megabyte), or a weight is not finite; or a voice lacks a digit.
        """
        if not isinstance(model, Recognizer):
            raise TypeError(f"model must be a Recognizer, got {type(model).__name__}")
        with torch.device("meta"):
            check_weights(model, Recognizer(bidirectional=model.lstm.bidirectional))
        found = network_of(model.lstm)
        head = tuple(part.detach().cpu().float().double() for part in (model.head.weight, model.head.bias))
        if found.input_size != FEATURES or len(head[1]) != len(CLASSES):
            raise ValueError(
                f"model must read {FEATURES} coefficients and have {len(CLASSES)} classes, got {found.input_size} and "
                f"{len(head[1])}"
            )
        network = Network(found.layers, "", head)
        row = network.numbers()
        if len(row) > MOST_WEIGHTS:
            raise ValueError(f"model must have at most {MOST_WEIGHTS:,} weights to go into a page, got {len(row):,}")
        kind("voices", voices, "a dictionary of one or more voices", isinstance(voices, Mapping) and len(voices) > 0)
        recordings = [_recorded(str(name), voice) for name, voice in voices.items()]
        pages = [
            {"name": str(name), "sound": _is_sound(quiet)} | _encoded(words, quiet)
            for name, (words, quiet) in zip(voices, recordings, strict=True)
        ]
        given = {} if scale is None else dict(zip(("mean", "std"), numbers("scale", scale, (2, FEATURES)), strict=True))
        if given and given["std"].min() <= 0:
            raise ValueError(f"scale must have deviations above 0, got {given['std'].min()}")
        return cls(
            _exact(model),
            recordings,
            architecture=network.architecture,
            weights=encode(row),
            scale={name: values.tolist() for name, values in given.items()},
            voices=pages,
            **traits,
        )

    # --- The same numbers in Python

    def said(self) -> list[int]:
        """The digits that are said, U."""
        return [int(sign) for sign in self.digits if sign in DIGITS][:MOST_DIGITS]

    def spliced(self) -> Spliced:
        """The string of the present digits, voice and pauses."""
        said = self.said()
        if not said:
            return Spliced(np.zeros((0, FEATURES), np.float32), [])
        words, quiet = self._recordings[min(self.voice, len(self._recordings) - 1)]
        step = HOP if _is_sound(quiet) else 1  # recorded items of one frame
        pauses = [*self.pauses, *[USUAL_PAUSE] * (len(said) + 1)][: len(said) + 1]
        pauses[0], pauses[-1] = max(pauses[0], 0), max(pauses[-1], 0)
        takes = [said[:k].count(digit) for k, digit in enumerate(said)]
        pieces, bounds, end = [], [], 0
        for k, pause in enumerate(pauses):
            silence = quiet[(np.arange(max(0, pause) * step) + SHIFT * k * step) % len(quiet)]
            if k == len(said):
                pieces.append(silence)
                break
            recording = words[said[k]][takes[k] % len(words[said[k]])]
            cut = max(0, -pauses[k + 1]) * step
            word = recording[: max(min(LEAST_WORD * step, len(recording)), len(recording) - cut)]
            begin = end + len(silence)
            end = begin + len(word)
            pieces += [silence, word]
            bounds.append((begin / step, end / step))
        whole_string = np.concatenate(pieces)
        return Spliced(mfcc(whole_string) if step > 1 else whole_string, bounds)

    def features(self) -> np.ndarray:
        """What the network reads, (T, 13) float32."""
        frames = self.spliced().frames.astype(np.float64)  # so that it is rounded once, as in the page
        if not len(frames) or not self.scale:
            return center(frames) if len(frames) else frames.astype(np.float32)
        return ((frames - self.scale["mean"]) / self.scale["std"]).astype(np.float32)

    def log_probabilities(self) -> Tensor:
        """Of each class at each frame, (T, 11) float64."""
        frames = self.features()
        if not len(frames):
            return torch.zeros(0, len(CLASSES), dtype=torch.float64)
        return posteriors(self._model, [frames.astype(np.float64)])[0]

    def path(self) -> list[int]:
        """The path that is shown, T classes: the alignment that was typed, or the most probable one."""
        logs, signs = self.log_probabilities(), _signs(self.alignment)
        return [signs[t * len(signs) // len(logs)] for t in range(len(logs))] if signs else logs.argmax(-1).tolist()

    def answer(self) -> list[int]:
        """The digits that the path collapses to."""
        return [label - 1 for label in ctc.collapse(self.path())] if self.said() else []

    def summary(self) -> str:
        if not self.said():
            return "SpeechExplorer: nothing is said yet"
        heard, said = ("".join(map(str, part)) for part in (self.answer(), self.said()))
        way = "the path typed stands for" if _signs(self.alignment) else "the most probable path stands for"
        name = self.voices[min(self.voice, len(self.voices) - 1)]["name"]
        return f"SpeechExplorer: {name} says {said}, {way} {heard or 'nothing'}"

    def picture(self) -> Figure:
        spliced = self.spliced()
        return stills.speech(
            self.features(),
            self.log_probabilities().exp().numpy(),
            [(str(digit), *ends) for digit, ends in zip(self.said(), spliced.bounds, strict=True)],
            path=self.path(),
            classes=CLASSES,
            title=self.summary().partition(": ")[2],
        )

    @traitlets.validate("voice")
    def _check_voice(self, proposal: dict) -> int:
        return whole("voice", proposal["value"], 0, max(0, len(self.voices) - 1))

    @traitlets.validate("pauses")
    def _check_pauses(self, proposal: dict) -> list[int]:
        given = proposal["value"]
        if len(given) > MOST_DIGITS + 1:
            raise ValueError(f"pauses must be {MOST_DIGITS + 1} at most, got {len(given)}")
        return [whole("pauses", pause, LEAST_PAUSE, MOST_PAUSE) for pause in given]


def _signs(text: str) -> list[int]:
    """The classes of a path that is typed; other signs are passed over."""
    known = dict.fromkeys(("_", "-", CLASSES[BLANK]), BLANK) | {sign: k for k, sign in enumerate(CLASSES)}
    return [known[sign] for sign in text if sign in known]


def _is_sound(quiet: np.ndarray) -> bool:
    return quiet.ndim == 1


def _exact(model: Recognizer) -> Recognizer:
    """A copy with the float32 numbers that the browser gets, to compute with in float64."""
    copy = Recognizer(model.lstm.hidden_size, bidirectional=model.lstm.bidirectional).double().requires_grad_(False)
    copy.load_state_dict({name: value.detach().cpu().float().double() for name, value in model.state_dict().items()})
    return copy.eval()


def _recorded(name: str, voice: Voice) -> tuple[list[list[np.ndarray]], np.ndarray]:
    """Recordings of each digit, and quiet to make pauses of: MFCCs (T, 13), or samples (N,)."""
    if isinstance(voice, SpokenDigits):
        chosen = [np.flatnonzero(voice.labels == digit)[:TAKES] for digit in range(len(DIGITS))]
        words = [[voice.sequences[n].astype(np.float32) for n in some] for some in chosen]
        quiet = quiet_frames(list(voice.sequences)).astype(np.float32)[:QUIET_FRAMES] if len(voice) else None
    else:
        expected = "SpokenDigits, or a sound for each digit"
        kind(f"voices[{name!r}]", voice, expected, isinstance(voice, Mapping))
        sounds = [numbers(f"voices[{name!r}][{digit!r}]", voice[digit], ("N",)) for digit in DIGITS if digit in voice]
        words = [[_sixteen_bits(sound)] for sound in sounds] + [[]] * (len(DIGITS) - len(sounds))
        quiet = _quiet_sound([sound for (sound,) in words]) if len(sounds) == len(DIGITS) else None
    if not all(words):
        raise ValueError(f"voices[{name!r}] must hold every digit, got {sum(map(bool, words))} of {len(DIGITS)}")
    return words, quiet


def _sixteen_bits(sound: np.ndarray) -> np.ndarray:
    """Samples between -1 and 1, rounded as a file of 16 bits holds them, float32."""
    return np.clip(np.rint(sound * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.float32) / FULL_SCALE


def _quiet_sound(sounds: Sequence[np.ndarray]) -> np.ndarray:
    """Noise as loud as the quietest frame of some sounds: digital silence would be unlike any pause."""
    frames = [sound[n : n + HOP] for sound in sounds for n in range(0, len(sound) - HOP + 1, HOP)]
    noise = np.random.default_rng(0).normal(size=QUIET_FRAMES * HOP)
    return _sixteen_bits(noise * min((frame.std() for frame in frames), default=0.0))


def _encoded(words: list[list[np.ndarray]], quiet: np.ndarray) -> dict[str, Any]:
    """Recordings for the page: MFCCs as float32, samples as whole numbers of 16 bits."""

    def text(values: np.ndarray) -> str:
        if not _is_sound(values):
            return encode(values)
        return base64.b64encode((values * FULL_SCALE).astype("<i2").tobytes()).decode()

    return {"digits": [[text(take) for take in takes] for takes in words], "quiet": text(quiet)}
