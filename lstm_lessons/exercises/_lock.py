"""Solutions that stay closed until a day, or a word that the teacher says.

A hurdle, not a safe: the solutions are in the package that every learner has, and who looks for them finds them.
"""

import datetime
import hashlib
from dataclasses import dataclass


@dataclass
class Lock:
    """What keeps solutions closed in this kernel; nothing, unless `close` was called."""

    until: datetime.date | None = None  #: they open on this day.
    digest: str | None = None  #: of the word that opens them.
    closed: bool = False

    def close(self, until: str | None, digest: str | None) -> None:
        self.until = datetime.date.fromisoformat(until) if until else None
        self.digest, self.closed = digest, True

    def opens(self, word: str | None) -> bool:
        """Whether solutions are open, now that this word is said. Once open, they stay so."""
        on_its_day = self.until is not None and datetime.date.today() >= self.until
        if on_its_day or (word is not None and self.digest == digest_of(word)):
            self.closed = False
        return not self.closed

    def __str__(self) -> str:
        ways = [f"on {self.until:%B} {self.until.day}, {self.until.year}"] if self.until else []
        ways += ["with your teacher's word"] if self.digest else []
        return f"Solutions open {' or '.join(ways)}."


LOCK = Lock()


def digest_of(word: str) -> str:
    """What a notebook holds in place of the word; upper case and blanks around it do not count."""
    return hashlib.sha256(f"lstm-lessons {word.strip().lower()}".encode()).hexdigest()[:16]


def lock(until: str | None = None, digest: str | None = None) -> None:
    """Close the solutions in this kernel, until a day or a word; `make student` writes the call.

    Args:
        until: the day on which they open, such as ``"2026-12-24"``.
        digest: `digest_of` the word that opens them: ``exercises.<name>.solution("the word")``.

    Raises:
        ValueError: if until is no day, or neither is given.
    """
    if not (until or digest):
        raise ValueError("until or digest must be given, got neither")
    LOCK.close(until, digest)
