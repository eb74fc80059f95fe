"""How well and how fast the screen finds over-claims, beside known rivals in the same run, losers included.

Run by `make bench`. AUROC and P@k: precision among as many items as are to be found; chance is their share. Made-up
rounds show what a method can do under stated assumptions; the real ones (immunisation reports with verdicts, IHR 2018
with external evaluations) are read if the papers' data lie beside the checkout.
"""

import importlib.util
import itertools
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.verify.screening.rules.cohort import Cohort, cohort_of
from services.verify.screening.rules.screening import Screening, screen
from tests.benchmarks.real_rounds import read_evaluations, read_reports
from tests.benchmarks.rivals import DETECTORS, NEED_PAST, PLAIN, THRESHOLDS, Scorer, last_step
from tests.benchmarks.simulated_rounds import HABITS, Round, Setting, framework_of, make_round, rows_of, smaller
from tests.needs import ROOT

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
SEEDS = 6
OWN = "this screen"
DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
VARIED: Mapping[str, Mapping[str, object]] = {
    "uneven criteria, two factors, common shifts, cut off at 100": {"uneven": True},
    "heavy tails (Student 3)": {"tails": 3.0},
    "ratings that saturate": {"bent": True},
    "ratings that favour every third cluster; a fifth of ratings and past missing": {"biased": 6.0, "gaps": 0.2},
    "a constant past (claims in steps of ten: MAD 0)": {"step": 10.0, "noise": 2.0},
    "one past cycle": {"past": 1},
    "nine past cycles": {"past": 9},
    "no past": {"past": 0},
    "no ratings": {"covered": 0.0},
    "five units, one past cycle": {"units": 5, "cluster_size": 5, "past": 1},
    "eight units, two past cycles": {"units": 8, "past": 2},
    "verified past": {"verified_past": True},
}


def cohort_of_round(made: Round) -> Cohort:
    """The round as verify sees it."""
    claims, observations, history = rows_of(made)
    return cohort_of(framework_of(made), claims, observations, history, "2025")


def rivals(every: bool) -> Mapping[str, Scorer]:
    """All of them, or those of other families that do best; PyOD's only where it is installed."""
    have = importlib.util.find_spec("pyod") is not None
    chosen = {name: scorer for name, scorer in DETECTORS.items() if have or not name.startswith("PyOD")}
    few = ("sklearn IsolationForest", "PyOD COPOD")
    return {**PLAIN, **(chosen if every else {name: chosen[name] for name in few if name in chosen})}


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


def finite(score: Floats) -> Floats:
    """Scores that can be sorted: what a method cannot judge comes last."""
    return np.maximum(np.nan_to_num(score, nan=-1e9), -1e9)


def detection(setting: Setting, seeds: int = SEEDS, *, every: bool = False) -> None:
    """Prints AUROC / P@k per habit for every method, and what would be flagged at each one's own threshold."""
    print(f"{'':28}" + "".join(f"{habit:>16}" for habit in HABITS) + "      flagged in an honest round")
    scorers = rivals(every)
    lines: dict[str, list[str]] = {name: [] for name in (OWN, *scorers)}
    flags: list[str] = []
    for habit in HABITS:
        scores: dict[str, list[tuple[float, float]]] = {name: [] for name in lines}
        counted = np.zeros(3, dtype=int)
        for seed in range(seeds):
            made = make_round(seed, habit, setting)
            if not made.inflated.any():
                continue
            done = screen(cohort_of_round(made))
            counted += (done.flagged.sum(), (done.flagged & made.inflated).sum(), made.inflated.sum())
            found = {OWN: done.suspicion} | {
                name: finite(scorer(made)) for name, scorer in scorers.items() if setting.past or name not in NEED_PAST
            }
            for name, score in found.items():
                scores[name].append((auroc(score, made.inflated), precision_at_k(score, made.inflated)))
        for name, found_in in scores.items():
            lines[name].append(" / ".join(f"{value:.3f}" for value in np.mean(found_in, axis=0)) if found_in else "-")
        flags.append(f"{habit}: {counted[0]} flags, {counted[1]} right, {counted[2]} planted")
    honest = honest_flags(setting, seeds)
    for name, cells in lines.items():
        print(f"{name:28}" + "".join(f"{cell:>16}" for cell in cells) + f"{honest.get(name, ''):>18}")
    print("  flags of this screen over all rounds: " + "; ".join(flags))


def honest_flags(setting: Setting, seeds: int) -> dict[str, str]:
    """The share of honest items flagged at each method's own threshold."""
    shares: dict[str, list[float]] = {OWN: [], **{name: [] for name in THRESHOLDS}}
    for seed in range(100, 100 + seeds):
        made = make_round(seed, None, setting)
        shares[OWN].append(float(screen(cohort_of_round(made)).flagged.mean()))
        for name, threshold in THRESHOLDS.items():
            if setting.past or name not in NEED_PAST:
                shares[name].append(float((np.abs(PLAIN[name](made)) > threshold).mean()))
    return {name: f"{100 * float(np.mean(each)):.2f} %" for name, each in shares.items() if each}


def reliability(said: Floats, true: Truth, title: str) -> None:
    """Prints what share of items was to be adjusted among those of similar suspicion, and how many there were."""
    edges = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0 + 1e-9])
    bins = np.digitize(said, edges) - 1
    shares = [
        f"{true[bins == number].mean():>7.2f} ({int((bins == number).sum())})" if (bins == number).any() else "-"
        for number in range(len(edges) - 1)
    ]
    heads = (f"{low:.2f}–{min(high, 1):.2f}" for low, high in itertools.pairwise(edges))
    print(f"{title:28}" + "".join(f"{head:>16}" for head in heads))
    print(f"{'':28}" + "".join(f"{share:>16}" for share in shares))


def simulated_reliability(seeds: int = SEEDS) -> None:
    """The reliability of suspicion in made-up rounds, without and with verified past."""
    for title, setting in (("uncalibrated", Setting()), ("verified past", smaller(Setting(), verified_past=True))):
        for habit in HABITS:
            made = [make_round(seed, habit, setting) for seed in range(seeds)]
            said = np.concatenate([screen(cohort_of_round(each)).suspicion.ravel() for each in made])
            reliability(said, np.concatenate([each.inflated.ravel() for each in made]), f"{habit}, {title}")


def immunisation(folder: Path) -> None:
    """Rejected over-claims among real reports, year by year."""
    if not folder.exists():
        print("Immunisation reports: not run, the papers' data are not beside the checkout")
        return
    own = {f"{OWN}, earlier reports": 0, f"{OWN}, earlier estimates only": 1}
    scorers = {"report − last estimate": last_step, **rivals(every=True)}
    scores: dict[str, list[Floats]] = {name: [] for name in (*own, *scorers)}
    truths: list[Truth] = []
    flagged: list[Truth] = []
    adjusted: list[Truth] = []
    reports = read_reports(folder)
    for year, both, alone, counts in reports.rounds():
        truths.append(both.inflated[counts])
        done: list[Screening] = []
        for name, made in zip(own, (both, alone), strict=True):
            done.append(screen(cohort_of_round(made)))
            scores[name].append(whole(done[-1], made, done[-1].suspicion)[counts])
        flagged.append(whole(done[0], both, done[0].flagged.astype(float))[counts] > 0)
        estimate = reports.estimated[reports.years.index(year)]
        adjusted.append((both.claims - estimate > 5)[counts])
        for name, scorer in scorers.items():
            scores[name].append(finite(scorer(filled(alone) if name in DETECTORS else alone))[counts])
    true = np.concatenate(truths)
    print(f"Immunisation reports, {len(truths)} years, {true.size} reports, {int(true.sum())} rejected over-claims:")
    print(f"{'':36}AUROC over all   mean of the years   P@k over all")
    for name, found in scores.items():
        score = np.concatenate(found)
        yearly = np.mean([auroc(each, truth) for each, truth in zip(found, truths, strict=True)])
        print(f"{name:36}{auroc(score, true):>13.3f}{yearly:>20.3f}{precision_at_k(score, true):>15.3f}")
    flags, lower = np.concatenate(flagged), np.concatenate(adjusted)
    print(
        f"  flags with earlier reports: {int(flags.sum())}, of which the estimate is more than 5 points lower in "
        f"{int((flags & lower).sum())} and the report rejected in {int((flags & true).sum())}"
    )
    reliability(np.concatenate(scores[f"{OWN}, earlier reports"]), lower, "estimate > 5 lower")


def whole(done: Screening, made: Round, values: Floats) -> Floats:
    """What the screen says, on all units and criteria of the round."""
    table = np.zeros(made.claims.shape)
    table[[made.units.index(unit) for unit in done.cohort.units]] = values[:, : made.claims.shape[1]]
    return table


def filled(made: Round) -> Round:
    """The same with every gap of the claims at its column's median, for detectors that refuse missing numbers."""
    middle = np.nanmedian(made.claims, axis=0)
    return Round(
        made.setting, np.where(np.isfinite(made.claims), made.claims, middle),
        made.past, made.truth_past, made.ratings, made.added,
    )  # fmt: skip


def evaluations(folder: Path) -> None:
    """IHR 2018: claims more than 20 above the external evaluation, it being a rating or hidden for a third."""
    if not folder.exists():
        print("IHR 2018: not run, the papers' data are not beside the checkout")
        return
    for title, hidden in (("as a rating", 0.0), ("hidden for every third country", 1 / 3)):
        made, counts = read_evaluations(folder, hidden)
        true = made.inflated[counts]
        done = screen(cohort_of_round(made))
        print(
            f"IHR 2018, evaluation {title}: {int(true.sum())} of {true.size} claims lie more than 20 above it; "
            f"AUROC / P@k:"
        )
        found = {OWN: whole(done, made, done.suspicion)} | {
            name: finite(scorer(filled(made))) for name, scorer in rivals(every=True).items() if name not in NEED_PAST
        }
        for name, score in found.items():
            print(f"  {name:28}{auroc(score[counts], true):.3f} / {precision_at_k(score[counts], true):.3f}")


def main() -> None:
    """Prints everything."""
    np.seterr(all="ignore")
    import warnings

    warnings.simplefilter("ignore")
    print("Detection on made-up rounds (63 units × 30 criteria, five past cycles, ratings for 60 %): AUROC / P@k")
    detection(Setting(), every=True)
    for title, changes in VARIED.items():
        print(f"\nThe same with {title}:")
        detection(smaller(Setting(), **changes), seeds=3)
    print("\nShare that was inflated among items of similar suspicion (and number of items):")
    simulated_reliability()
    print()
    immunisation(DATA / "immunisation")
    print()
    evaluations(DATA / "ihr-2018")


if __name__ == "__main__":
    main()
