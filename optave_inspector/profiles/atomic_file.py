"""Writing a file so that at any moment, a crash included, there is either the old content or the new one."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of ``path``, or make it, readable by its owner alone.

    Raises OSError; then ``path`` is as it was.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor; mkstemp has made it 0600
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):  # what failed before is what counts
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    # The content is in place already: an error here only means that a power cut could bring the old one back.
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        _log.warning("The folder %s could not be synchronised: %s", folder, error)
