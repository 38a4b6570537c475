"""Where a frozen Optave Inspector begins."""

import multiprocessing
import os
import sys


def _give_back_the_library_path() -> None:
    # The frozen app's own start puts its libraries before the system's. Programs that the user has this app start, such
    # as a token command or the browser, must not load them.
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        elif sys.platform != "win32":
            os.environ.pop(name, None)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    _give_back_the_library_path()
    from optave_inspector.cli import main

    main()
