"""A text file as a table, step by step: bytes, encoding, dialect, layout, rows. Knows no field and no record.

Read in this order: `source`, `encoding`, `dialect`, `shapes`, `fitting`, `layout`, `text_table`; `workbook` is the
same for a spreadsheet. `limits` and `remarks` are the tables of numbers and of sentences that they share.
"""
