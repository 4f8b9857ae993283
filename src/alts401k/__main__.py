"""`python -m alts401k` is the command `alts401k`."""

from alts401k.cli import main

if __name__ == "__main__":
    main()
