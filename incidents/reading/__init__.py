"""Text into values: dates, times, spans, counts and durations as people write them in French and English.

Pure. Never fills in a part that the text does not give. Knows no column and no clock.
"""
