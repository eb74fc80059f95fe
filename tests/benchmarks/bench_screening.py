"""How well and how fast the screen finds planted over-claims, beside known rivals in the same run.

Run by `make bench`. The rivals are re-expressed from their published algorithms (PEERS, section d.3): DHIS2's z and
modified z over a unit's own past, REDCap's rule E (more than 2 SD from the column), and the plain signals and their
maximum. P@k: precision among as many flags as there are planted items; chance is the share planted. Synthetic data:
what a method can do under stated assumptions, not what it does anywhere in the world.
"""

import itertools
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.verify.domain.cohort import Cohort, cohort_of
from services.verify.domain.screening import screen
from tests.benchmarks.simulated_rounds import HABITS, Round, Setting, framework_of, make_round, rows_of, smaller
from tests.needs import ROOT

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
SEEDS = 6


def cohort_of_round(made: Round) -> Cohort:
    """The round as verify sees it."""
    claims, observations, history = rows_of(made)
    return cohort_of(framework_of(made), claims, observations, history, "2025")


def column_spread(values: Floats) -> Floats:
    """Median absolute deviation, scaled."""
    return np.asarray(1.4826 * np.nanmedian(np.abs(values - np.nanmedian(values, axis=0)), axis=0))


def own_past(made: Round) -> Floats:
    """Claim minus the median of its own past, the year's shift removed, per criterion."""
    steps = made.claims - np.nanmedian(made.past, axis=0)
    return np.asarray((steps - np.nanmedian(steps, axis=0)) / column_spread(steps))


def two_way(made: Round) -> Floats:
    """Median polish over units and criteria."""
    left = made.claims.copy()
    for _ in range(10):
        left = left - np.median(left, axis=1, keepdims=True)
        left = left - np.median(left, axis=0)
    return np.asarray(left / column_spread(left))


def external(made: Round) -> Floats:
    """Residual of scikit-learn's HuberRegressor on the rating, per criterion; minus infinity without a rating."""
    from sklearn.linear_model import HuberRegressor

    left = np.full(made.claims.shape, -np.inf)
    for column in range(made.claims.shape[1]):
        rating = made.ratings[:, column]
        if np.isfinite(rating).all():
            standard = ((rating - rating.mean()) / rating.std())[:, None]
            fitted = HuberRegressor().fit(standard, made.claims[:, column])
            residual = made.claims[:, column] - fitted.predict(standard)
            left[:, column] = residual / (1.4826 * np.median(np.abs(residual)))
    return left


def dhis2_z(made: Round) -> Floats:
    """z over the unit's own past and the tested value, population standard deviation, as DHIS2 computes it."""
    everything = np.concatenate([made.past, made.claims[None]])
    return np.asarray((made.claims - everything.mean(axis=0)) / np.maximum(everything.std(axis=0), 1e-12))


def dhis2_modified_z(made: Round) -> Floats:
    """0.6745 · (x − median) / MAD over the same values; rows without spread are dropped, as there."""
    everything = np.concatenate([made.past, made.claims[None]])
    median = np.median(everything, axis=0)
    spread = np.median(np.abs(everything - median), axis=0)
    return np.where(spread > 0, 0.6745 * (made.claims - median) / np.where(spread > 0, spread, 1.0), -np.inf)


def redcap_rule_e(made: Round) -> Floats:
    """Distance from the column's mean in standard deviations."""
    return np.asarray((made.claims - made.claims.mean(axis=0)) / made.claims.std(axis=0))


def maximum_of_three(made: Round) -> Floats:
    """The best combination of the paper on peers."""
    return np.maximum(np.maximum(own_past(made), two_way(made)), external(made))


RIVALS: Mapping[str, Callable[[Round], Floats]] = {
    "own past, one-sided": own_past,
    "two-way polish": two_way,
    "external residual": external,
    "maximum of these three": maximum_of_three,
    "DHIS2 z": dhis2_z,
    "DHIS2 modified z": dhis2_modified_z,
    "REDCap rule E": redcap_rule_e,
}
THRESHOLDS = {"DHIS2 z": 3.0, "DHIS2 modified z": 3.0, "REDCap rule E": 2.0}


def precision_at_k(score: Floats, planted: Truth) -> float:
    """Precision among as many as were planted; ties in the order of units and criteria."""
    order = np.argsort(-score.ravel(), kind="stable")[: int(planted.sum())]
    return float(planted.ravel()[order].mean())


def auroc(score: Floats, planted: Truth) -> float:
    """Area under the ROC curve; ties count half."""
    from scipy.stats import rankdata

    ranks, chosen = rankdata(score.ravel()), planted.ravel()
    count = int(chosen.sum())
    return float((ranks[chosen].sum() - count * (count + 1) / 2) / (count * (chosen.size - count)))


def detection(setting: Setting, seeds: int = SEEDS) -> None:
    """Prints AUROC / P@k per habit for every method, and what would be flagged at each one's own threshold."""
    print(f"{'':24}" + "".join(f"{habit:>18}" for habit in HABITS) + "      flagged in an honest round")
    lines: dict[str, list[str]] = {name: [] for name in ("this screen", *RIVALS)}
    flags: list[str] = []
    for habit in HABITS:
        scores: dict[str, list[tuple[float, float]]] = {name: [] for name in lines}
        counted = np.zeros(3, dtype=int)
        for seed in range(seeds):
            made = make_round(seed, habit, setting)
            done = screen(cohort_of_round(made))
            counted += (done.flagged.sum(), (done.flagged & made.inflated).sum(), made.inflated.sum())
            scores["this screen"].append(
                (auroc(done.suspicion, made.inflated), precision_at_k(done.suspicion, made.inflated))
            )
            for name, rival in RIVALS.items():
                if setting.past or not any(word in name for word in ("past", "DHIS2", "three")):
                    found = np.maximum(rival(made), -1e9)
                    scores[name].append((auroc(found, made.inflated), precision_at_k(found, made.inflated)))
        for name, found_in in scores.items():
            lines[name].append(" / ".join(f"{value:.3f}" for value in np.mean(found_in, axis=0)) if found_in else "-")
        flags.append(f"{habit}: {counted[0]} flags, {counted[1]} right, {counted[2]} planted")
    honest = honest_flags(setting, seeds)
    for name, cells in lines.items():
        print(f"{name:24}" + "".join(f"{cell:>18}" for cell in cells) + f"{honest.get(name, ''):>18}")
    print("  flags of this screen over all rounds: " + "; ".join(flags))


def honest_flags(setting: Setting, seeds: int) -> dict[str, str]:
    """The share of honest items flagged at each method's own threshold."""
    shares: dict[str, list[float]] = {"this screen": [], **{name: [] for name in THRESHOLDS}}
    for seed in range(100, 100 + seeds):
        made = make_round(seed, None, setting)
        shares["this screen"].append(float(screen(cohort_of_round(made)).flagged.mean()))
        for name, threshold in THRESHOLDS.items():
            if setting.past or "DHIS2" not in name:
                shares[name].append(float((np.abs(RIVALS[name](made)) > threshold).mean()))
    return {name: f"{100 * float(np.mean(each)):.2f} %" for name, each in shares.items() if each}


def reliability(setting: Setting, seeds: int = SEEDS) -> None:
    """Prints what share of items was planted among those of similar suspicion."""
    edges = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0 + 1e-9])
    print("suspicion      " + "".join(f"{low:>6.2f}–{min(high, 1):.2f}" for low, high in itertools.pairwise(edges)))
    for habit in HABITS:
        said, true = [], []
        for seed in range(seeds):
            made = make_round(seed, habit, setting)
            said.append(screen(cohort_of_round(made)).suspicion.ravel())
            true.append(made.inflated.ravel())
        bins = np.digitize(np.concatenate(said), edges) - 1
        planted = np.concatenate(true)
        shares = [f"{planted[bins == number].mean():>11.2f}" if (bins == number).any() else f"{'-':>11}"
                  for number in range(len(edges) - 1)]  # fmt: skip
        print(f"{habit:14}" + "".join(shares))


def speed() -> None:
    """Prints items screened a second at three sizes, against scikit-learn's HuberRegressor on the ratings alone."""
    for units in (63, 1000, 5000):
        made = make_round(0, "chronic", smaller(Setting(), units=units, criteria=40, past=3))
        cohort = cohort_of_round(made)
        started = time.perf_counter()
        screen(cohort)
        own = time.perf_counter() - started
        started = time.perf_counter()
        external(made)
        theirs = time.perf_counter() - started
        items = made.claims.size
        print(
            f"{units:>7} units × 40: {items / own:>9.0f} items a second in {own:.2f} s "
            f"({own / theirs:.1f} × the time of HuberRegressor per criterion, {theirs:.2f} s)"
        )


def real_claims(folder: Path) -> None:
    """IHR 2018: how many claims the external evaluation does not bear out, and how fast that is found."""
    import csv

    from services.verify.domain.items import Claim, Observation
    from shared.criteria.loader import load_document

    if not folder.exists():
        print("IHR 2018: not run, the papers' data are not beside the checkout")
        return
    with (folder / "claims.csv").open(encoding="utf-8") as file:
        claims = [
            Claim(row["unit"], row["cluster"], row["criterion"], float(row["value"]), float(row["self_points"]))
            for row in csv.DictReader(file)
        ]
    with (folder / "observations.csv").open(encoding="utf-8") as file:
        observations = [
            Observation(row["source"], row["unit"], row["indicator"], row["period"], float(row["value"]))
            for row in csv.DictReader(file)
        ]
    source = {"id": "jee", "relation": "same", "tolerance": {"absolute": 20}}
    framework = load_document(
        {
            "framework": "ihr-2018",
            "criteria": [
                {"code": code, "max_points": 100, "rule": {"name": "goalposts", "low": 0, "high": 100},
                 "sources": [source | {"indicator": code}]}
                for code in sorted({claim.criterion for claim in claims})
            ],
        }
    )  # fmt: skip
    started = time.perf_counter()
    done = screen(cohort_of(framework, claims, observations))
    print(
        f"IHR 2018: {int(done.flagged.sum())} of {len(claims)} claims lie more than 20 above the evaluation; "
        f"{time.perf_counter() - started:.2f} s"
    )


def main() -> None:
    """Prints everything."""
    np.seterr(all="ignore")
    print("Detection, setting of PEERS d.3 (63 units × 30 criteria, five past cycles, ratings for 60 %): AUROC / P@k")
    detection(Setting())
    for title, changes in (
        ("heavy tails (Student 3)", {"tails": 3.0}),
        ("ratings that saturate", {"bent": True}),
        ("no past", {"past": 0}),
        ("no ratings", {"covered": 0.0}),
        ("eight units, two cycles", {"units": 8, "past": 2}),
        ("verified past", {"verified_past": True}),
    ):
        print(f"\nThe same with {title}:")
        detection(smaller(Setting(), **changes), seeds=3)
    print("\nShare planted among items of similar suspicion (uncalibrated, prior 5 %):")
    reliability(Setting())
    print("\nSpeed:")
    speed()
    print()
    real_claims(Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "ihr-2018")


if __name__ == "__main__":
    main()
