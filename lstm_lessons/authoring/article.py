"""What a popular article on LSTMs says, and what the lessons find when they run it: the table in lesson 0.

A cell that settles a statement carries the tag ``article:<name>``, beside the run that settles it; the table is made
from these tags, so it cannot name a section that is gone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lstm_lessons.authoring.notebooks import read_all, store

PREFIX = "article:"
TABLE = "article-table"  # the tag of the cell that holds the table


@dataclass(frozen=True)
class Statement:
    """Of the article, in short, and how it stands."""

    said: str
    verdict: str


STATEMENTS = {
    "equations": Statement("Three gates, a candidate and two updates make the cell", "right"),
    "arguments": Statement("What the arguments of `nn.LSTM` mean", "right, but `dropout` needs two layers"),
    "shapes": Statement("Stacked and bidirectional layers, and their shapes", "right"),
    "states": Statement("h_0 and c_0 are zero if you give none", "right; they never follow `batch_first`"),
    "h_n": Statement("`h_n` is the last layer's state", "**wrong**: it holds every layer and direction"),
    "sizes": Statement("Take 64 to 512 hidden units, and more layers", "**measure it**: no gain that lasts here"),
    "bidirectional": Statement("Read both ways when the whole sequence is there", "right"),
    "pooling": Statement("The last step of a bidirectional `output` sums it up", "**wrong**: half of it read one step"),
    "dropout": Statement("Dropout between the layers helps", "**weak**: noise on the inputs helps more"),
    "decay": Statement("Weight decay helps", "**not seen** here; much of it hurts"),
    "clipping": Statement("Clip the gradients", "right, for those that explode; here none do"),
    "start": Statement("Start with Xavier and orthogonal weights", "**not seen** to help here"),
    "stopping": Statement("Stop early", "right, and not free: it costs labeled data"),
    "batches": Statement("Batches make training fast", "right"),
    "precision": Statement("Mixed precision makes a GPU faster", "published figures say so; look at the error, too"),
    "temperature": Statement("A predictor of tomorrow's temperature", "**wrong**: it reads along the batch"),
    "text": Statement("A classifier of texts", "**wrong**: the backward half reads one letter"),
    "int8": Statement("Eight bits make a model small and fast", "right, by a newer tool; compare its answers"),
    "translation": Statement("Good at translation", "right for number words, with attention; they drift off without"),
    "speech": Statement("Good at speech recognition", "right for known voices; a new one costs many times the errors"),
    "finance": Statement("Good at financial forecasting", "**not seen** for returns; for risk a regression is as good"),
}


def settled(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Each statement's name, the file and the section of a cell that settles it, lesson by lesson: ``§ 2``, or the
    heading of a section without a number.
    """
    for path, notebook in read_all(folder).items():
        section = ""
        for cell in notebook.cells:
            lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
            for heading in (line.removeprefix("## ") for line in lines if line.startswith("## ")):
                number = re.match(r"\d+(?=\. )", heading)
                section = f"§ {number[0]}" if number else f"*{heading}*"
            for tag in cell.metadata.get("tags", []):
                if tag.startswith(PREFIX):
                    yield tag.removeprefix(PREFIX), path.name, section


def table(folder: Path) -> str:
    """The table in Markdown, in the order of the lessons.

    Raises:
        ValueError: if a statement has no cell, or a tag no statement.
    """
    places = list(settled(folder))
    if strange := {name for name, _, _ in places} ^ set(STATEMENTS):
        raise ValueError(f"tags {PREFIX}<name> must be those of STATEMENTS, each in some cell; at fault: {strange}")
    rows = ["| The article | Where it is run | What was found |", "|---|---|---|"]
    for name, file, section in places:
        statement = STATEMENTS[name]
        rows.append(f"| {statement.said} | [{int(file[:2])}]({file}) {section} | {statement.verdict} |")
    return "\n".join(rows)


def update(folder: Path) -> None:
    """Write the table into the lesson that has its cell."""
    for path, notebook in read_all(folder).items():
        for cell in notebook.cells:
            if TABLE in cell.metadata.get("tags", []):
                cell.source = table(folder)
                store(path, notebook)


if __name__ == "__main__":
    update(Path("notebooks"))
