"""Files a verb leaves behind: all of them whole, or none."""
import contextlib
import os
import tempfile
from pathlib import Path


def put(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files into an existing folder under temporary names, flushed to disk, and only then give them theirs.

    An error or an interrupt before the first rename leaves the folder as it was. Raises OSError.
    """
    made: dict[str, str] = {}
    try:
        for name, content in contents.items():
            handle, made[name] = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(made[name], 0o644)
        for name, temporary in made.items():
            os.replace(temporary, folder / name)
    except BaseException:
        for temporary in made.values():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
        raise
