"""An interrupted time series: the same numbers as statsmodels, and what is too little to say."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from requests_app.rules.figures import interrupted_series
from requests_app.rules.figures.interrupted_series import NoFit, effect, fit
from requests_app.rules.figures.periods import later

START = dt.date(2024, 1, 1)
# Made with the seeds 7 and 8 of tests/benchmarks/interrupted_series.py: 34 % less from the start on; a neighbor without any change.
CALLS = [
    2906, 2545, 2745, 2846, 3173, 3190, 3388, 3562, 3060, 2799, 2887, 3038, 3188, 2533, 3062, 2956, 2826, 3076, 3382, 3176,
    2938, 3216, 2685, 3115, 3021, 2740, 2647, 2732, 3221, 3359, 3107, 3282, 2888, 3047, 3119, 3115, 1780, 2059, 2037, 1850,
    2268, 2232, 2205, 2134, 2007, 2026, 1757, 1898, 1803, 1901, 2146, 1875, 2103, 2276, 2448, 2400, 2180, 2064, 2174, 2032,
]  # fmt: skip
NEXT_DOOR = [
    1090, 1123, 1143, 1105, 1262, 1418, 1434, 1464, 1335, 1319, 1332, 1223, 1138, 1207, 1308, 1125, 1409, 1362, 1449, 1292,
    1266, 1100, 1147, 1087, 1381, 1012, 1203, 1231, 1230, 1339, 1424, 1303, 1329, 1177, 1157, 1236, 1175, 1010, 1075, 981,
    1480, 1441, 1209, 1214, 1362, 1181, 1207, 1276, 1172, 1181, 1199, 1144, 1366, 1215, 1451, 1565, 1285, 1540, 1248, 1098,
]  # fmt: skip
MONTHS = [later(dt.date(2021, 1, 1), at) for at in range(60)]
COUNTS, CONTROL = dict(zip(MONTHS, CALLS, strict=True)), dict(zip(MONTHS, NEXT_DOOR, strict=True))

# By statsmodels 0.14 (by_statsmodels.py): coefficient, its error by Newey and West, and by overdispersion.
ALONE = {
    "level": (4.602376457, 0.016779666, 0.018493363),
    "trend": (0.004786690, 0.009294346, 0.010563619),
    "step": (-0.423374250, 0.035020150, 0.032902441),
    "slope": (0.034340763, 0.022044681, 0.025162648),
    "sine_1": (-0.036309543, 0.009148768, 0.010979687),
    "cosine_1": (-0.050248253, 0.010089029, 0.010329744),
    "sine_2": (0.025629320, 0.009706192, 0.010486889),
    "cosine_2": (0.022259815, 0.011089077, 0.010398547),
}
WITH_CONTROL = {
    "step": (-0.424759436, 0.037078155, 0.033577772),
    "slope": (0.036306426, 0.025326799, 0.026357772),
    "control": (-0.027963694, 0.094085266, 0.100714195),
}


@pytest.mark.parametrize(("control", "published"), [(None, ALONE), (CONTROL, WITH_CONTROL)], ids=["alone", "control"])
def test_the_same_as_statsmodels(
    control: dict[dt.date, int] | None, published: dict[str, tuple[float, float, float]]
) -> None:
    fitted = fit(MONTHS, CALLS, START, control=control)
    for name, (coefficient, robust, dispersed) in published.items():
        at = fitted.names.index(name)
        assert fitted.coefficients[at] == pytest.approx(coefficient, abs=1e-6)
        assert np.sqrt(fitted.robust[at, at]) == pytest.approx(robust, abs=1e-6)
        assert np.sqrt(fitted.dispersed[at, at]) == pytest.approx(dispersed, abs=1e-6)


@pytest.mark.slow
def test_statsmodels_still_says_so(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)
    python = tmp_path / "bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "statsmodels==0.14.*"], check=True)
    script = Path(__file__).with_name("by_statsmodels.py")
    for control, published in ((None, ALONE), (CONTROL, WITH_CONTROL)):
        fitted = fit(MONTHS, CALLS, START, control=control)
        np.savez(tmp_path / "series.npz", design=fitted.design, calls=CALLS, months=[f"{month}" for month in MONTHS])
        printed = subprocess.run(
            [python, script, tmp_path / "series.npz"], check=True, capture_output=True, text=True
        ).stdout
        rows = dict(zip(fitted.names, printed.split("\n"), strict=False))
        for name, figures in published.items():
            assert [float(one) for one in rows[name].split()] == pytest.approx(figures, abs=1e-6)


def test_the_effect_is_the_average_since_the_start_with_its_interval() -> None:
    measured = effect(COUNTS, START)
    assert measured is not None
    assert measured.low < measured.change < measured.high
    # The step, and the slope in the middle of two years.
    assert measured.change == pytest.approx(np.expm1(-0.423374250 + 0.034340763 * 11.5 / 12), abs=1e-6)
    assert measured.is_clear
    assert measured.low < -0.34 < measured.high
    assert sorted(measured.without_start) == MONTHS[36:]
    expected = sum(measured.without_start.values())
    assert sum(CALLS[36:]) / expected - 1 == pytest.approx(measured.change, abs=0.01)


def test_the_interval_takes_the_wider_error() -> None:
    # Overdispersion's next door; Newey and West's where calls rise and fall over years.
    waves = {month: round(2000 + 300 * np.sin(at / 5)) for at, month in enumerate(MONTHS)}
    wider = []
    for counts in (CONTROL, waves):
        fitted = fit(MONTHS, list(counts.values()), START)
        measured = effect(counts, START)
        assert measured is not None
        weights = np.array([name == "step" for name in fitted.names]) + np.array(
            [11.5 / 12 * (name == "slope") for name in fitted.names]
        )
        errors = [float(np.sqrt(weights @ covariance @ weights)) for covariance in (fitted.robust, fitted.dispersed)]
        wider.append(errors.index(max(errors)))
        # 52 degrees of freedom, and four of sixty months.
        half = 2.006647 * (1.96 + 2.9694 / 15 + 0.4160 / 225 - 0.5324 / 3375) / 1.96 * max(errors)
        assert np.log1p(measured.high) - np.log1p(measured.change) == pytest.approx(half, abs=1e-5)
    assert wider == [1, 0]


def test_without_an_effect_no_change_is_in_the_interval() -> None:
    measured = effect(CONTROL, START)
    assert measured is not None
    assert measured.low < 0 < measured.high
    assert not measured.is_clear


def test_less_than_24_months_before_or_12_since_is_too_early() -> None:
    enough = {month: COUNTS[month] for month in MONTHS[12:48]}
    assert effect(enough, START) is not None
    for missing in (MONTHS[12], MONTHS[47]):
        assert effect({month: calls for month, calls in enough.items() if month != missing}, START) is None
    # A control counts only where it has the month, too.
    assert effect(enough, START, control=dict.fromkeys(MONTHS[13:48], 10)) is None


def test_the_month_in_which_it_began_is_neither_before_nor_since() -> None:
    counts = {month: COUNTS[month] for month in MONTHS[12:48]}
    in_the_middle = dt.date(2023, 12, 15)
    # December has the middle; 23 months before it are too few.
    assert effect(counts, in_the_middle) is None
    measured = effect({**counts, MONTHS[11]: COUNTS[MONTHS[11]]}, in_the_middle)
    assert measured is not None
    assert dt.date(2023, 12, 1) not in measured.expected
    assert min(measured.without_start) == START


def test_a_missing_month_is_left_out_and_keeps_the_others_in_their_place() -> None:
    whole = effect(COUNTS, START)
    measured = effect({month: calls for month, calls in COUNTS.items() if month != MONTHS[20]}, START)
    assert whole is not None
    assert measured is not None
    assert measured.change == pytest.approx(whole.change, abs=0.01)
    assert MONTHS[20] not in measured.expected


def test_counts_without_a_model_are_refused() -> None:
    with pytest.raises(NoFit):
        effect(dict.fromkeys(MONTHS, 0), START)
    with pytest.raises(NoFit):
        # A control that is the season itself says nothing more.
        effect(
            COUNTS,
            START,
            control={month: interrupted_series.calendar.monthrange(month.year, month.month)[1] for month in MONTHS},
        )


def test_students_quantile_is_the_table_s() -> None:
    for freedom, quantile in ((20, 2.085963), (28, 2.048407), (52, 2.006647), (120, 1.979930)):
        assert interrupted_series._students_t(freedom) == pytest.approx(quantile, abs=1e-5)
