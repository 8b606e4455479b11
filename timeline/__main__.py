"""Lets `python -m timeline` be the command `timeline`."""

from __future__ import annotations

from timeline.cli import main

if __name__ == "__main__":
    main(prog_name="timeline")
