"""Numbers and durations with bounds: a corpus of strings, the arithmetic of the unknown, and the flat fields."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents.amount import (
    AMOUNT_REASONS,
    LARGEST,
    Amount,
    AmountError,
    add,
    multiply,
    read_amount,
    read_duration,
    scaled,
)
from incidents.reading.amounts import AMOUNT_HALF_WIDTHS, read_count, read_minutes
from incidents.reading.numbers import number_of_words, with_digits

CORPUS = Path(__file__).parents[1] / "data" / "amounts.csv"


def corpus() -> list[Any]:
    with CORPUS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [pytest.param(row, id=f"line {line}: {row['text'][:50]!a}") for line, row in enumerate(rows, 2)]


def read_row(row: dict[str, str]) -> Amount | None:
    if row["kind"] == "count":
        return read_count(row["text"])
    return read_minutes(row["text"], clock=row["clock"] or None)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", corpus())
def test_corpus(row: dict[str, str]) -> None:
    if row["outcome"] == "unknown":
        assert read_row(row) is None
    elif row["outcome"] == "amount":
        amount = read_row(row)
        assert amount is not None
        expected = [float(row[name]) if row[name] else None for name in ("low", "high", "central")]
        assert [amount.low, amount.high, amount.central] == expected
        assert Amount.from_flat("a", amount.flat("a")) == amount
    else:
        with pytest.raises(AmountError) as caught:
            read_row(row)
        assert (caught.value.code, caught.value.value) == (row["outcome"], row["text"])
        assert "{" not in str(caught.value)


def test_the_corpus_is_large_and_has_every_outcome() -> None:
    rows = [param.values[0] for param in corpus()]
    assert len(rows) >= 80
    assert len({(row["kind"], row["text"], row["clock"]) for row in rows}) == len(rows)
    assert {row["outcome"] for row in rows} == {"amount", "unknown"} | (
        set(AMOUNT_REASONS) - {"bounds-reversed"}
    )


def test_the_lead_record() -> None:
    affected, duration = (
        read_amount("plus de dix millions d’abonnés"),
        read_duration("une quarantaine de minutes"),
    )
    assert affected == Amount(10_000_000, None, 10_000_000, "plus de dix millions d’abonnés")
    assert duration == Amount(35, 45, 40, "une quarantaine de minutes")
    assert duration is not None
    hours = multiply(affected, scaled(duration, 1 / 60))
    assert hours is not None and hours.high is None
    assert hours.low == pytest.approx(5_833_333.3, abs=0.1)
    assert hours.central == pytest.approx(6_666_666.7, abs=0.1)
    nearly = read_duration("près de 40 minutes")
    assert nearly is not None and (nearly.low, nearly.high, nearly.central) == (35, 40, 40)


def test_words_are_kept_where_they_say_more() -> None:
    for text, words in (
        ("420,000", None),
        ("200-250", None),
        ("more than 10", "more than 10"),
        ("~ 300", "~ 300"),
    ):
        amount = read_amount(text)
        assert amount is not None and amount.words == words


def test_the_bounds_stand_in_order() -> None:
    for low, high, central in ((2, 1, None), (1, 3, 4), (2, 3, 1), (None, 3, 4), (2, None, 1)):
        with pytest.raises(AmountError) as caught:
            Amount(low, high, central)
        assert caught.value.code == "bounds-reversed"
    for number in (-1, float("nan"), float("inf"), LARGEST + 1):
        with pytest.raises(AmountError):
            Amount(None, number)


def test_an_exact_amount_has_its_centre_and_whole_numbers_are_integers() -> None:
    amount = Amount(40.0, 40)
    assert (amount.central, amount.is_exact, str(amount.low)) == (40, True, "40")
    assert not Amount(40, None).is_exact and not Amount(None, None).is_exact
    assert Amount(None, None).is_unknown and not Amount(None, 3).is_unknown
    assert Amount.exact(0).is_exact


def test_what_a_table_of_two_columns_states() -> None:
    assert Amount.stated(10_000_000, None) == Amount(10_000_000, None, 10_000_000)
    assert Amount.stated(35, 45) == Amount(35, 45, None)
    assert Amount.stated(None, 30) == Amount(None, 30, None)
    assert Amount.stated(5, 5).central == 5


def test_products_keep_what_is_unknown_unknown() -> None:
    assert multiply(Amount(2, 3, 2), Amount(10, None, 10)) == Amount(20, None, 20)
    assert multiply(Amount(2, 3), Amount(10, 20, 15)) == Amount(20, 60, None)
    assert multiply(Amount(2, None), Amount(None, 3)) is None
    assert multiply(None, Amount.exact(3)) is None
    assert multiply(Amount.exact(3), Amount.exact(0)) == Amount.exact(0)


def test_sums_keep_what_is_unknown_unknown() -> None:
    assert add([]) == Amount.exact(0)
    assert add([Amount(1, 2, 1), Amount(3, None, 3)]) == Amount(4, None, 4)
    assert add([Amount(1, 2, 1), None]) == Amount(None, None, None)
    assert add([Amount(1, 2, 1), None, Amount(None, 5)], unknown_low_as_zero=True) == Amount(1, None, None)


def test_flat_fields_carry_the_suffix_of_the_unit() -> None:
    flat = Amount(35, 45, 40, "about forty").flat("duration", "_minutes")
    assert flat == {
        "duration_low_minutes": 35,
        "duration_high_minutes": 45,
        "duration_central_minutes": 40,
        "duration_words": "about forty",
    }
    text = {key: str(value) for key, value in flat.items()}
    assert Amount.from_flat("duration", text, "_minutes") == Amount(35, 45, 40, "about forty")
    assert Amount.from_flat("duration", {}, "_minutes") is None
    with pytest.raises(AmountError, match="not a number"):
        Amount.from_flat("duration", {"duration_low_minutes": "many"}, "_minutes")


def test_both_readings_of_what_is_open() -> None:
    with pytest.raises(AmountError) as number:
        read_amount("1.234")
    assert (number.value.params["first"], number.value.params["second"]) == ("1.234", "1234")
    with pytest.raises(AmountError) as clock:
        read_duration("1:30")
    assert (clock.value.params["first"], clock.value.params["second"]) == ("1 h 30 min", "1 min 30 s")


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("quatre-vingt-dix-neuf", 99),
        ("soixante et onze", 71),
        ("septante-deux", 72),
        ("deux cent mille", 200_000),
        ("mille deux cents", 1_200),
        ("un million deux cent mille", 1_200_000),
        ("one hundred and twenty", 120),
        ("twenty-two", 22),
        ("two thousand five hundred", 2_500),
        ("trois trois", None),
        ("dix trois", None),
        ("bonjour", None),
        ("", None),
    ],
)
def test_number_words(words: str, number: int | None) -> None:
    assert number_of_words(words) == number


def test_number_words_in_a_sentence() -> None:
    assert (
        with_digits("plus de dix millions et 10 millions, des millions")
        == "plus de 10000000 et 10 millions, des millions"
    )


def test_the_declared_widths_are_the_ones_used() -> None:
    percent = AMOUNT_HALF_WIDTHS["round_count"].percent
    assert read_amount("about 1000") == Amount(1000 - 10 * percent, 1000 + 10 * percent, 1000, "about 1000")
    least = AMOUNT_HALF_WIDTHS["minutes"].least
    assert read_duration("about 40 minutes") == Amount(40 - least, 40 + least, 40, "about 40 minutes")


# Properties

numbers = st.integers(0, 10**12) | st.floats(0, 10**12)


@st.composite
def amounts(draw: st.DrawFn) -> Amount:
    low, central, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    words = draw(st.none() | st.text(min_size=1, max_size=20))
    return Amount(
        draw(st.sampled_from([low, None])),
        draw(st.sampled_from([high, None])),
        draw(st.sampled_from([central, None])),
        words,
    )


@given(amounts(), st.sampled_from(["", "_minutes"]))
def test_flat_fields_read_back_to_the_same_amount(amount: Amount, suffix: str) -> None:
    again = Amount.from_flat("affected", amount.flat("affected", suffix), suffix)
    assert again == (None if amount.is_unknown and not amount.words else amount)


@given(amounts(), amounts())
def test_products_and_sums_hold_every_product_and_sum_of_the_inputs(a: Amount, b: Amount) -> None:
    total, product = add([a, b]), None
    if all(
        bound is None or bound < 10**8 for side in (a, b) for bound in (side.low, side.central, side.high)
    ):
        product = multiply(a, b)
    if a.central is not None and b.central is not None:
        assert total.central == a.central + b.central
        assert total.low is None or total.low <= a.central + b.central
        assert total.high is None or a.central + b.central <= total.high
        if product is not None:
            assert product.low is None or product.low <= a.central * b.central
            assert product.high is None or a.central * b.central <= product.high


@given(st.integers(1, 10**9))
def test_a_hedge_never_narrows(count: int) -> None:
    exact, about, below, above = (
        read_amount(prefix + str(count)) for prefix in ("", "environ ", "près de ", "un peu plus de ")
    )
    assert exact and about and below and above
    assert (
        exact.low == exact.high == exact.central == about.central == below.central == above.central == count
    )
    assert about.low == below.low is not None and about.high == above.high is not None
    assert about.low <= below.low <= count == below.high == above.low <= above.high  # type: ignore[operator]


@given(st.integers(0, 10**15), st.sampled_from([" ", "\u00a0", "\u202f", ",", "'", "’"]))
def test_every_separator_of_thousands_reads_to_the_same_number(number: int, separator: str) -> None:
    assert read_amount(f"{number:,}".replace(",", separator)) == Amount.exact(number)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_every_way_of_writing_a_duration_reads_to_the_same_minutes(
    hours: int, minutes: int, seconds: int
) -> None:
    expected = hours * 60 + minutes + seconds / 60
    for text in (
        f"{hours}:{minutes:02}:{seconds:02}",
        f"PT{hours}H{minutes}M{seconds}S",
        f"{hours} h {minutes} min {seconds} s",
        f"{hours} hours, {minutes} minutes and {seconds} seconds",
        f"{hours} heures {minutes} minutes et {seconds} secondes",
    ):
        amount = read_duration(text)
        assert amount is not None and amount.is_exact, text
        assert amount.low == pytest.approx(expected), text


VOCABULARY = """
    10 1.234 1,5 40 000 million millions k M plus de moins près environ une quarantaine entre et à - to
    heures h min 30 half and a demi about nearly < > + ± ( ) ? % s PT P1D : 1:30 several plusieurs
    dizaines of d' abonnés users jours
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(
    st.text(max_size=130)
    | st.lists(WORDS, max_size=8).map(" ".join)
    | st.lists(WORDS, max_size=8).map("".join)
)
@example("environ " + "9" * 18)
@example("about 999999999999999999 weeks")
@example("1" + " 000" * 28)
@example("P999999999999999Y")
@example("plusieurs millions de millions")
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    for reader in (read_amount, read_duration):
        try:
            amount = reader(text)
        except AmountError as error:
            assert error.code in AMOUNT_REASONS and error.value == text and str(error)
            continue
        assert amount is None or Amount.from_flat("a", amount.flat("a")) == amount
