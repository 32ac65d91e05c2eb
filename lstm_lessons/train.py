"""Training, short enough to read in one sitting: `fit`, and the `History` it returns.

One loop for every lesson. It clips gradients and records their norms, stops early and brings back the best weights, and
can use mixed precision. What a batch is and how its loss is computed stays with the caller.
"""

import contextlib
import copy
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from lstm_lessons import checks
from lstm_lessons.cell import check_flags

Batches = Callable[[int], Iterable[Any]] | Iterable[Any]
_BATCHES = "a list, a DataLoader, or a function of the epoch that gives one"


class TrainingDiverged(RuntimeError):
    """The loss or a gradient became NaN or infinite."""


@dataclass
class History:
    """What happened during training."""

    train_loss: list[float] = field(default_factory=list)  #: mean loss over the batches, one number an epoch.
    validation: list[float] = field(default_factory=list)  #: what ``validate`` returned, one number an epoch.
    #: norm over all gradients before clipping, one number a step; infinite where float16 overflowed
    #: and the step was skipped.
    gradient_norm: list[float] = field(default_factory=list)
    clip_norm: float | None = None  #: the bound on that norm, or None.
    #: epoch (from 0) with the best ``validate``, whose weights the model holds unless
    #: ``restore_best`` was off; without ``validate`` the last one; None before the first.
    best_epoch: int | None = None
    seconds: float = 0.0  #: duration of the training.
    stopped: str = "all epochs"  #: why it ended: ``"all epochs"``, ``"no progress"`` or ``"interrupted"``.

    @property
    def clipped_share(self) -> float:
        """Share of the steps whose gradient was longer than ``clip_norm``."""
        if self.clip_norm is None or not self.gradient_norm:
            return 0.0
        return sum(n > self.clip_norm for n in self.gradient_norm) / len(self.gradient_norm)


def fit(
    model: nn.Module,
    loss: Callable[[nn.Module, Any], Tensor],
    batches: Batches,
    *,
    epochs: int,
    validate: Callable[[nn.Module], float] | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    learning_rate: float = 1e-3,
    clip_norm: float | None = 1.0,
    patience: int | None = None,
    restore_best: bool = True,
    amp_dtype: torch.dtype | None = None,
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Train a model in place, and return the `History`.

    Args:
        model: trained in place. Afterwards it is in evaluation mode and holds the best weights if ``validate`` is given
            and ``restore_best`` is on, else the last ones.
        loss: ``loss(model, batch)``, a tensor of one number to make small.
        batches: ``batches(epoch)``, the batches of that epoch; or the batches themselves, in what can be iterated anew
            in every epoch: a list, a ``DataLoader``.
        epochs: passes over the data, at most.
        validate: ``validate(model)``, a number that is better when smaller; called after every epoch in evaluation mode
            without gradients.
        optimizer: Adam with ``learning_rate`` if not given.
        learning_rate: of that Adam.
        clip_norm: gradients longer than this are scaled to it; None leaves them.
        patience: stop after this many epochs without a better ``validate``.
        restore_best: bring back the weights of the best epoch at the end.
        amp_dtype: ``torch.bfloat16`` or ``torch.float16`` for mixed precision; take bfloat16 on a CPU, since few can
            run an LSTM in float16.
        seed: of dropout and whatever else draws in training; the global state of the generators is left as it was.
        progress: show a progress bar.

    Raises:
        TypeError: if an argument, or what one of the functions returns, is of another kind.
        ValueError: for an argument out of range.
        TrainingDiverged: as soon as a loss or a gradient is not finite. The model holds the best weights so far, or
            those before the step that failed.

    Ctrl-C ends the training, not the program: the history so far is returned.
    """
    _check_kinds(model, loss, batches, validate, optimizer)
    _check_numbers(epochs, learning_rate, clip_norm, patience, validate, amp_dtype)
    seed = checks.whole("seed", seed, 0)
    check_flags(restore_best=restore_best, progress=progress)
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=learning_rate)
    device = next(model.parameters()).device.type
    autocast = torch.autocast(device, dtype=amp_dtype, enabled=amp_dtype is not None)
    scaler = torch.amp.GradScaler(device, enabled=amp_dtype == torch.float16)

    history = History(clip_norm=clip_norm)
    best_weights = None
    start = time.perf_counter()
    bar = tqdm(range(epochs), file=sys.stdout, leave=False, disable=not progress)
    with torch.random.fork_rng(), bar:
        torch.manual_seed(seed)
        try:
            for epoch in bar:
                model.train()
                losses = []
                for batch in _batches(batches, epoch):
                    with autocast, _words_for_float16(device, amp_dtype):
                        value = loss(model, batch)
                    norm = _step(value, model, optimizer, scaler, clip_norm, epoch)
                    losses.append(value.item())
                    history.gradient_norm.append(norm)
                if not losses:
                    raise ValueError(f"batches must give at least one batch, epoch {epoch} had none")
                history.train_loss.append(sum(losses) / len(losses))
                if validate is None:
                    history.best_epoch = epoch
                    continue

                model.eval()
                with torch.no_grad():
                    score = checks.array("validate(model)", validate(model))
                checks.kind("validate(model)", score, "one number", score.size == 1)
                history.validation.append(float(score.item()))
                _finite("validation", history.validation[-1], epoch)
                best = min(history.validation)
                if history.validation.index(best) == epoch:
                    history.best_epoch = epoch
                    best_weights = copy.deepcopy(model.state_dict())
                bar.set_postfix_str(f"validation {history.validation[-1]:.4f}, best {best:.4f}")
                if patience is not None and epoch - history.best_epoch >= patience:
                    history.stopped = "no progress"
                    break
        except KeyboardInterrupt:
            history.stopped = "interrupted"
        finally:
            if best_weights is not None and restore_best:
                model.load_state_dict(best_weights)
            model.eval()
            history.seconds = time.perf_counter() - start
    return history


def _step(
    loss: Tensor,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    clip_norm: float | None,
    epoch: int,
) -> float:
    """One step of the optimizer; returns the norm of the gradient before clipping."""
    fits = isinstance(loss, Tensor) and loss.numel() == 1 and loss.requires_grad and not loss.is_meta
    checks.kind("loss(model, batch)", loss, "one number that depends on the parameters", fits)
    _finite("loss", loss.item(), epoch)
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    if all(parameter.grad is None for parameter in model.parameters()):
        raise TypeError("loss(model, batch) must depend on the parameters of model, got one of others")
    scaler.unscale_(optimizer)  # clip the true gradient, not the scaled one
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm or math.inf).item()
    if not scaler.is_enabled():  # the scaler skips such a step by itself, and scales less
        _finite("gradient norm", norm, epoch)
    scaler.step(optimizer)
    scaler.update()
    return norm


def _finite(name: str, value: float, epoch: int) -> None:
    if not math.isfinite(value):
        raise TrainingDiverged(
            f"the {name} is {value} in epoch {epoch}: training has diverged. A smaller learning "
            "rate, clip_norm, or a look for NaN in the data usually help"
        )


def _batches(batches: Batches, epoch: int) -> Iterator[Any]:
    """The batches of an epoch."""
    found = batches(epoch) if callable(batches) else batches
    try:
        return iter(found)
    except (TypeError, RuntimeError):  # torch's own, of what has no first axis
        raise TypeError(f"batches must be {_BATCHES}, got {type(found).__name__}") from None


@contextlib.contextmanager
def _words_for_float16(device: str, amp_dtype: torch.dtype | None) -> Iterator[None]:
    """What oneDNN means by "could not create a primitive descriptor"."""
    try:
        yield
    except RuntimeError as error:
        if (device, amp_dtype) != ("cpu", torch.float16) or "primitive" not in str(error):
            raise
        raise ValueError(
            "amp_dtype must be one that this CPU can run the model in, got torch.float16: take bfloat16 on a CPU"
        ) from error


def _check_kinds(model: Any, loss: Any, batches: Any, validate: Any, optimizer: Any) -> None:
    has_parameters = isinstance(model, nn.Module) and any(True for _ in model.parameters())
    checks.kind("model", model, "a module with parameters", has_parameters)
    checks.kind("loss", loss, "a function of the model and a batch", callable(loss))
    # An iterator would be empty from the second epoch on.
    checks.kind("batches", batches, _BATCHES, not isinstance(batches, Iterator))
    if validate is not None:
        checks.kind("validate", validate, "a function of the model", callable(validate))
    if not callable(batches) and checks.hinted_length(batches) > checks.MOST:
        raise ValueError(f"batches must be {_BATCHES}, got {checks.hinted_length(batches)} of them, which take forever")
    if isinstance(batches, str | bytes | Mapping):
        raise TypeError(f"batches must be {_BATCHES}, got {type(batches).__name__}")
    if any(parameter.is_meta or parameter.is_complex() for parameter in model.parameters()):
        raise ValueError("model must have real weights that hold numbers, got complex ones or some on the device meta")
    if isinstance(optimizer, torch.optim.Optimizer) and not _moves(optimizer, model):
        raise ValueError("optimizer must hold parameters of model, got those of another one")
    if isinstance(optimizer, torch.optim.LBFGS):
        raise TypeError(f"optimizer must take a step without asking for the loss again, got {type(optimizer).__name__}")
    if optimizer is not None:
        is_one = isinstance(optimizer, torch.optim.Optimizer)
        checks.kind("optimizer", optimizer, "a torch.optim.Optimizer", is_one)


def _moves(optimizer: torch.optim.Optimizer, model: nn.Module) -> bool:
    """Whether a step of the optimizer changes the model."""
    own = set(map(id, model.parameters()))
    return any(id(each) in own for group in optimizer.param_groups for each in group["params"])


def _check_numbers(
    epochs: Any, learning_rate: Any, clip_norm: Any, patience: Any, validate: Any, amp_dtype: Any
) -> None:
    checks.sizes(epochs=epochs, **({} if patience is None else {"patience": patience}))
    checks.positive(learning_rate=learning_rate)
    if clip_norm is not None:
        checks.number("clip_norm", clip_norm, "above 0", lambda norm: norm > 0)
    if not (amp_dtype is None or amp_dtype is torch.bfloat16 or amp_dtype is torch.float16):
        raise ValueError(f"amp_dtype must be torch.bfloat16, torch.float16 or None, got {checks.shown(amp_dtype)}")
    if patience is not None and validate is None:
        raise ValueError("patience needs validate: without it no epoch is better than another")
