"""Pollutions of single records: fields lost and added, stray quotes, other signs in one row.

A place is taken only where a person is left with one reading; `readings` counts them from the kinds of the columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from tests.incidents.clean_tables import (
    Case,
    CleanTable,
    Style,
    cell_text,
    fits,
    line_text,
    make_table,
    sentence,
    table_lines,
    usual_style,
    written,
)

Cells = tuple[str, ...]


def readings(table: CleanTable, row: int, found: Iterator[Cells]) -> set[Cells]:
    """Keep those of the possible records in which each cell could stand in its column, `row` itself left aside."""
    others = replace(table, rows=table.rows[:row] + table.rows[row + 1 :])
    return {cells for cells in found if all(fits(others, at, cell) for at, cell in enumerate(cells))}


def _stands_as_cut(table: CleanTable, row: int, cells: Cells) -> bool:
    """Tell whether a record that is too short could just lack its last cells."""
    others = replace(table, rows=table.rows[:row] + table.rows[row + 1 :])
    return all(not cell or fits(others, at, cell) for at, cell in enumerate(cells))


_EDGES = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=\W)(?=\w)|(?<=\w)(?=\W)"
)


def _cut(cells: Cells) -> Iterator[Cells]:
    for at, cell in enumerate(cells):
        for place in range(len(cell) + 1):
            yield (*cells[:at], cell[:place], cell[place:], *cells[at + 1 :])


def _cut_at_edges(cells: Cells) -> Iterator[Cells]:
    for at, cell in enumerate(cells):
        for place in (0, *(edge.start() for edge in _EDGES.finditer(cell)), len(cell)):
            yield (*cells[:at], cell[:place], cell[place:], *cells[at + 1 :])


def _without_one_empty(cells: Cells) -> Iterator[Cells]:
    for at, cell in enumerate(cells):
        if not cell:
            yield cells[:at] + cells[at + 1 :]


def _merged(cells: Cells, sign: str) -> Iterator[Cells]:
    for at in range(len(cells) - 1):
        yield (*cells[:at], cells[at] + sign + cells[at + 1], *cells[at + 2 :])


def _lines_with(table: CleanTable, style: Style, row: int, line: str) -> Case:
    lines = table_lines(table, style)
    lines[row + 1] = line
    return written(table, lines, style)


# --- too few


def lost_delimiter(random: Random) -> Case | None:
    """One delimiter of one row is lost and two cells run together: they are two again.

    Only where a single cut makes a record in which every cell has the shape or the word of its column, at any place
    or else between a letter and a digit, a small and a capital letter, a word and a sign.
    """
    table, style = make_table(random, rows=random.randint(8, 60)), usual_style(random)
    row, at = random.randrange(len(table.rows)), random.randrange(table.width - 1)
    cells = table.rows[row]
    if not cells[at] or not cells[at + 1]:
        return None
    run_together = (*cells[:at], cells[at] + cells[at + 1], *cells[at + 2 :])
    if _stands_as_cut(table, row, run_together):
        return None
    found = readings(table, row, _cut(run_together))
    if len(found) > 1:
        found = readings(table, row, _cut_at_edges(run_together))
    if found != {cells}:
        return None
    texts = [cell_text(cell, style) for cell in cells]
    line = style.delimiter.join((*texts[:at], texts[at] + texts[at + 1], *texts[at + 2 :]))
    return _lines_with(table, style, row, line)


def lost_delimiter_between_numbers(random: Random) -> Case | None:
    """One delimiter between two numbers is lost, and several cuts would do: the record has the cells that are there."""
    table = make_table(random, kinds=("number", "number2"))
    style = replace(usual_style(random), quoting="needed")
    row, at = random.randrange(len(table.rows)), random.randrange(table.width - 1)
    cells = table.rows[row]
    if (
        not table.columns[at].kind == table.columns[at + 1].kind == "number"
        or not cells[at]
        or not cells[at + 1]
    ):
        return None
    run_together = cells[at] + cells[at + 1]
    cells = (*cells[:at], run_together, *cells[at + 2 :])
    longest = [max(len(line[place]) for line in table.rows) for place in (at, at + 1)]
    cuts = [
        cut
        for cut in range(1, len(run_together))
        if cut <= longest[0] and len(run_together) - cut <= longest[1]
    ]
    if len(cuts) < 2 or _stands_as_cut(table, row, cells):
        return None
    case = _lines_with(table, style, row, line_text(cells, style))
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def cut_row(random: Random) -> Case | None:
    """One to three last cells of one row are not written, nor their delimiters: they are empty."""
    table, style = make_table(random), usual_style(random)
    missing = random.randint(1, 3)
    row, kept = random.randrange(len(table.rows)), table.width - missing
    if kept < 2 or not all(table.rows[row][:kept]):
        return None
    cells = table.rows[row][:kept]
    line = line_text(cells, style)
    case = _lines_with(table, style, row, line)
    return replace(case, rows=(*table.rows[:row], cells + ("",) * missing, *table.rows[row + 1 :]))


# --- too many


def added_delimiter(random: Random) -> Case | None:
    """One delimiter too many at the start, the end or between two cells of one row: no cell is there.

    Only where the surplus empty cell can be told: leaving out another one would put a cell under a wrong name.
    """
    table, style = make_table(random, rows=random.randint(8, 60)), usual_style(random)
    row, at = random.randrange(len(table.rows)), random.randint(0, table.width)
    cells = (*table.rows[row][:at], "", *table.rows[row][at:])
    if readings(table, row, _without_one_empty(cells)) != {table.rows[row]}:
        return None
    texts = [cell_text(cell, style) for cell in table.rows[row]]
    return _lines_with(table, style, row, style.delimiter.join((*texts[:at], "", *texts[at:])))


def added_delimiter_in_header(random: Random) -> Case:
    """One delimiter too many in the header: a blank name that no row has a cell for is no column."""
    table, style = make_table(random), usual_style(random)
    lines, at = table_lines(table, style), random.randint(0, table.width)
    names = [cell_text(name, style) for name in table.header]
    lines[0] = style.delimiter.join((*names[:at], "", *names[at:]))
    return written(table, lines, style)


def unquoted_delimiter(random: Random) -> Case | None:
    """A text with one delimiter in it stands without quotes: it is one cell.

    Only where no other two neighbours of the row could be one cell.
    """
    style = replace(usual_style(random), quoting="needed")
    table = make_table(random, without="\n", kinds=("title",), rows=random.randint(8, 60))
    row, at = (
        random.randrange(len(table.rows)),
        next(n for n, c in enumerate(table.columns) if c.kind == "title"),
    )
    cells = table.rows[row]
    text = sentence(random, "fr", without="\n\"',;\t") + style.delimiter + " selon la presse"
    cells = (*cells[:at], text, *cells[at + 1 :])
    broken = tuple(
        part for cell in cells for part in (cell.split(style.delimiter) if cell == text else [cell])
    )
    if readings(table, row, _merged(broken, style.delimiter)) != {cells} or style.delimiter == "\t":
        return None
    if readings(table, row, _without_one_empty(broken)):
        return None
    texts = [cell_text(cell, style) if cell != text else text for cell in cells]
    case = _lines_with(table, style, row, style.delimiter.join(texts))
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def added_cell(random: Random) -> Case | None:
    """One row has a word more than there are names, at its end: no reading is right, and the cells are given back."""
    table, style = make_table(random), usual_style(random)
    row = random.randrange(len(table.rows))
    cells = (*table.rows[row], random.choice(("checked", "vérifié", "OK", "see below")))
    if readings(table, row, _merged(cells, style.delimiter)) or readings(
        table, row, _without_one_empty(cells)
    ):
        return None
    case = _lines_with(table, style, row, line_text(cells, style))
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def delimiter_after_each_line(random: Random) -> Case:
    """Each line, the header too, ends with a delimiter: no column is there."""
    table, style = make_table(random), usual_style(random)
    return written(table, [line + style.delimiter for line in table_lines(table, style)], style)


def delimiter_after_each_row(random: Random) -> Case:
    """Each row, but not the header, ends with a delimiter: no column is there."""
    table, style = make_table(random), usual_style(random)
    header, *rows = table_lines(table, style)
    return written(table, [header, *(row + style.delimiter for row in rows)], style)


# --- stray quotes


def stray_quote_inside(random: Random) -> Case | None:
    """A quote inside a cell that has no quotes around it (5" pipe): it is of the text."""
    return _with_bare_text(random, lambda text: text.replace(" ", '" ', 1))


def stray_quote_before(random: Random) -> Case | None:
    """A single quote before a cell that needs none, in a file that quotes only what needs it: it is of the text."""
    return _with_bare_text(random, lambda text: '"' + text)


def stray_quote_after(random: Random) -> Case | None:
    """A single quote after a cell that has no quotes around it: it is of the text."""
    return _with_bare_text(random, lambda text: text + '"')


def _with_bare_text(random: Random, spoil: Callable[[str], str]) -> Case | None:
    style = replace(usual_style(random), quoting="needed")
    table = make_table(random, without="\n", kinds=("title",))
    row, at = random.randrange(len(table.rows)), random.randrange(table.width)
    text = table.rows[row][at]
    if not text or cell_text(text, style) != text or spoil(text) == text:
        return None
    texts = [cell_text(cell, style) for cell in table.rows[row]]
    texts[at] = spoil(text)
    case = _lines_with(table, style, row, style.delimiter.join(texts))
    # A quote that could close at the next one leaves two readings.
    if spoil(text)[0] == '"' and any('"' in cell for cell in texts[at + 1 :]):
        return None
    cells = (*table.rows[row][:at], spoil(text), *table.rows[row][at + 1 :])
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def bare_quotes_in_quotes(random: Random) -> Case | None:
    """Quotes inside a quoted cell that are not doubled ("he said "no" to it"): they are of the text."""
    table = make_table(random, kinds=("title",))
    style = replace(usual_style(random), quoting=random.choice(("needed", "all")))
    row, at = (
        random.randrange(len(table.rows)),
        next(n for n, c in enumerate(table.columns) if c.kind == "title"),
    )
    words = sentence(random, "en", without='"\n').split(" ")
    if len(words) < 4:
        return None
    inner = random.randint(1, len(words) - 3)
    words[inner], words[inner + 1] = '"' + words[inner], words[inner + 1] + '"'
    text = " ".join(words)
    texts = [cell_text(cell, style) for cell in table.rows[row]]
    texts[at] = f'"{text}"'
    case = _lines_with(table, style, row, style.delimiter.join(texts))
    cells = (*table.rows[row][:at], text, *table.rows[row][at + 1 :])
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def unescaped_quotes(random: Random) -> Case | None:
    """No quote inside quotes is doubled, in the whole file: each is of the text, also one before the closing one."""
    table = make_table(random, kinds=("text",), without="\n")
    style = replace(usual_style(random), quoting=random.choice(("needed", "all")))
    bare = 0
    lines = [line_text(table.header, style)]
    for row in table.rows:
        texts = []
        for cell in row:
            text = cell_text(cell, style)
            if text != cell and '"' in cell:
                # A quote beside a delimiter could be a closing one: such a text has more readings than one.
                if re.search(rf'"\s*[{style.delimiter}]|[{style.delimiter}]\s*"', cell):
                    return None
                bare += 1
                text = f'"{cell}"'
            texts.append(text)
        lines.append(style.delimiter.join(texts))
    return written(table, lines, style) if bare >= 2 else None


def unclosed_quote(random: Random) -> Case | None:
    """In a file that quotes every cell, one closing quote is missing: the cell ends where it would have ended."""
    table = make_table(random, without="\n,;\t", kinds=("title",))
    style = replace(usual_style(random), quoting="all")
    row, at = random.randrange(len(table.rows)), random.randrange(table.width)
    if not table.rows[row][at] or '"' in table.rows[row][at]:
        return None
    texts = [cell_text(cell, style) for cell in table.rows[row]]
    texts[at] = texts[at][:-1]
    return _lines_with(table, style, row, style.delimiter.join(texts))


def unclosed_quote_around_delimiter(random: Random) -> Case | None:
    """In a file that quotes what needs it, the closing quote of a text with one delimiter is missing: as above.

    The cell holds just that many delimiters by which the row would else be too wide.
    """
    style = replace(usual_style(random), quoting="needed")
    table = make_table(random, without="\n\"',;\t", kinds=("title",))
    row, at = (
        random.randrange(len(table.rows)),
        next(n for n, c in enumerate(table.columns) if c.kind == "title"),
    )
    cells = (*table.rows[row][:at], f"Panne{style.delimiter} coupure", *table.rows[row][at + 1 :])
    texts = [cell_text(cell, style) for cell in cells]
    texts[at] = texts[at][:-1]
    case = _lines_with(table, style, row, style.delimiter.join(texts))
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def unclosed_quote_among_quotes(random: Random) -> Case | None:
    """The closing quote of one text is missing where the texts of later rows have quotes too: only it is mended."""
    style = replace(usual_style(random), quoting="text")
    table = make_table(random, without="\n\"',;\t", kinds=("title",), rows=random.randint(8, 60))
    row, at = (
        random.randrange(len(table.rows)),
        next(n for n, c in enumerate(table.columns) if c.kind == "title"),
    )
    texts = [cell_text(cell, style) for cell in table.rows[row]]
    texts[at] = texts[at][:-1]
    return _lines_with(table, style, row, style.delimiter.join(texts))


# --- other signs in one row


def row_with_other_delimiter(random: Random) -> Case | None:
    """The header or one row is written with another delimiter: it is cut at that one."""
    table, style = make_table(random), usual_style(random)
    other = random.choice([sign for sign in ",;\t|" if sign != style.delimiter])
    row = random.randrange(-1, len(table.rows))
    cells = table.header if row < 0 else table.rows[row]
    line = line_text(cells, replace(style, delimiter=other))
    if line.count(style.delimiter) + 1 == table.width:
        return None
    return _lines_with(table, style, row, line)


def row_with_spaces(random: Random) -> Case | None:
    """The header or one row is cut by spaces, with quotes around what holds one: it is cut at those."""
    table, style = make_table(random), usual_style(random)
    row = random.randrange(-1, len(table.rows))
    cells = table.header if row < 0 else table.rows[row]
    line = line_text(cells, replace(style, delimiter=" "))
    if line.count(style.delimiter) + 1 == table.width:
        return None
    return _lines_with(table, style, row, line)


def row_with_other_quote(random: Random) -> Case | None:
    """One row has apostrophes for quotes, around a text with a delimiter at least: it is read with those."""
    table, style = make_table(random, without="\n'", kinds=("title",)), usual_style(random)
    row, at = (
        random.randrange(len(table.rows)),
        next(n for n, c in enumerate(table.columns) if c.kind == "title"),
    )
    cells = (*table.rows[row][:at], f"Panne{style.delimiter} coupure", *table.rows[row][at + 1 :])
    if any("'" in cell or '"' in cell for cell in cells):
        return None
    case = _lines_with(table, style, row, line_text(cells, replace(style, quote="'")))
    return replace(case, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


ALL = (
    lost_delimiter, lost_delimiter_between_numbers, cut_row, added_delimiter, added_delimiter_in_header,
    unquoted_delimiter, added_cell, delimiter_after_each_line, delimiter_after_each_row, stray_quote_inside,
    stray_quote_before, stray_quote_after, bare_quotes_in_quotes, unescaped_quotes, unclosed_quote,
    unclosed_quote_around_delimiter, unclosed_quote_among_quotes, row_with_other_delimiter, row_with_spaces,
    row_with_other_quote,
)  # fmt: skip
