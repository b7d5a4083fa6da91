"""``python -m jinzhong.cli``: the same command line, where the installed command isn't on the path."""

from jinzhong.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
