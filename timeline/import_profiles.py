"""Saved ways to read the files of one tool: kept beside the database, found again by the header of a file.

Knows where they are kept and which one a file gets; what a profile says is known to the record's import.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from incidents import (
    CsvError,
    ImportOptions,
    Profile,
    ReadingOptions,
    find_profile,
    load_profile,
    open_table,
    profile_of,
    save_profile,
    with_profile,
)
from timeline.rejected import ADDED

NONE = "none"
"""What stands for no profile, also where one fits the header."""


def profiles_folder(database: str | os.PathLike[str]) -> Path:
    """Give the folder of profiles that belongs to a database."""
    return Path(f"{os.fspath(database)}-profiles")


def with_its_profile(
    options: ImportOptions, source: Path, folder: Path
) -> tuple[ImportOptions, Profile | None]:
    """Give options completed by the profile that they name, else by the one that the header of the file calls for.

    Raises `ProfileError` for one that is not there or cannot be read.
    """
    plain = replace(options, profile="")
    if options.profile == NONE or (not options.profile and not folder.is_dir()):
        return plain, None
    if options.profile:
        profile = load_profile(options.profile, folder)
    else:
        try:
            with open_table(source, reading_of(options)) as table:
                header = table.header
        except CsvError:
            return plain, None  # The import itself says what is wrong with the file.
        found = find_profile(header, folder, options.record_type)
        if found is None:
            return plain, None
        profile = found
    return with_profile(plain, profile), profile


def keep_profile(name: str, options: ImportOptions, header: tuple[str, ...], folder: Path) -> Path:
    """Keep how a file was read under a name. Raises `ProfileError` for a name that cannot be one."""
    own = tuple(name for name in options.ignored if name not in ADDED)
    return save_profile(profile_of(name, replace(options, ignored=own), header), folder)


def reading_of(options: ImportOptions) -> ReadingOptions:
    """Give what options say of the file itself."""
    return ReadingOptions(options.encoding, options.delimiter, options.quote, options.header, options.sheet)
