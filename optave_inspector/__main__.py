"""``python -m optave_inspector``: the same as the command ``optave-inspector``."""

from .cli import main

if __name__ == "__main__":
    main()
