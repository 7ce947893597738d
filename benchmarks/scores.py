"""Scores beside scikit-learn's: five folds, standardised inputs, default parameters, in one run.

    python benchmarks/scores.py [--seed 0]

The folds, the start and the order of rows are the same for both, so the weights are too (to the
last digits), except where more outputs than one are regressed.
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

from sklearn import datasets, neural_network
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import workings

TABLES = {
    "iris": datasets.load_iris, "wine": datasets.load_wine,
    "breast cancer": datasets.load_breast_cancer, "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
}  # fmt: skip
MOST = 0.005  # by which ours may be lower


def scored(made: Any, load: Any, seed: int) -> tuple[float, float]:
    """Mean score, and its standard deviation over the folds."""
    X, y = load(return_X_y=True)
    folds = (KFold if load is datasets.load_diabetes else StratifiedKFold)(
        5, shuffle=True, random_state=seed
    )
    scores = cross_val_score(make_pipeline(StandardScaler(), made), X, y, cv=folds)
    return float(scores.mean()), float(scores.std(ddof=1))


def main() -> int:
    """Prints the table; 1 if ours is lower anywhere by more than it may be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    seed, worst = parser.parse_args().seed, 0.0
    warnings.simplefilter("ignore")
    print(f"{'table':<14} {'scikit-learn':>16} {'workings':>16} {'difference':>11}")
    for word, load in TABLES.items():
        kind = "MLPRegressor" if load is datasets.load_diabetes else "MLPClassifier"
        theirs = scored(getattr(neural_network, kind)(random_state=seed), load, seed)
        ours = scored(getattr(workings, kind)(random_state=seed), load, seed)
        print(
            f"{word:<14} {theirs[0]:8.4f} ± {theirs[1]:.3f} {ours[0]:8.4f} ± {ours[1]:.3f} "
            f"{ours[0] - theirs[0]:+11.4f}"
        )
        worst = max(worst, theirs[0] - ours[0])
    return int(worst > MOST)


if __name__ == "__main__":
    raise SystemExit(main())
