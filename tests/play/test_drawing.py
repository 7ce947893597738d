"""Points drawn by hand become a table of one's own; what is no point is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from play.talking import Page
from workings.play.drawing import CLASSES, MOST

POINTS = [{"x": k / 7, "y": -k / 3, "class": "AB"[k % 2]} for k in range(14)]


def test_points_become_a_table_that_trains(one: Page) -> None:
    told = one.do("data.draw", points=POINTS)
    assert (told["name"], told["rows"], told["task"]) == ("drawn.csv", 14, "classification")
    assert told["split"] == {"training": 14, "test": 0}
    assert [column["name"] for column in told["columns"]] == ["x1", "x2", "class"]
    one.do("data.commit", source="upload", test=0.0, scale="none", train={"batch": None})
    one.do("watch", window={"n": [0, 100]})
    x = one.tape()["X"]
    np.testing.assert_array_equal(x, [[p["x"], p["y"]] for p in POINTS])  # every digit
    one.do("step", n=5)


def test_a_curve_is_drawn_as_amounts_over_one_input(one: Page) -> None:
    told = one.do("data.draw", kind="amounts", points=[{"x": k, "y": k * k} for k in range(9)])
    assert (told["task"], told["inputs"], told["target"]) == ("regression", ["x"], "y")


def test_drawn_points_go_along_in_a_link(one: Page) -> None:
    one.do("data.draw", points=POINTS)
    one.do("data.commit", source="upload", test=0.0)
    one.do("step", n=4)
    check = one.last("tape")["check"]
    link = one.do("share", view={}, rows=True)["link"]
    one.do("open", preset="and")
    one.do("open", link=link)
    assert one.last("tape")["check"] == check


@pytest.mark.parametrize(("points", "said"), [
    (None, "0 points"), ([], "0 points"), (POINTS[:1], "1 points"), (POINTS * 100, f"to {MOST}"),
    ([{"x": 1, "y": 2, "class": "A"}] * 2, "every point is A"),
    ([{"x": 1, "y": 2, "class": "Z"}] * 2, ", ".join(CLASSES)),
    ([{"x": "1", "y": 2, "class": "A"}] * 2, "point 1: x"),
    ([{"x": float("inf"), "y": 2, "class": "A"}] * 2, "point 1: x"),
    (["=1+1", 3], "point 1: x"),
])  # fmt: skip
def test_what_is_no_point_is_refused_and_the_run_stays(
    article: Page, points: Any, said: str
) -> None:
    error = article.refused("data.draw", points=points)
    assert said in error["text"]
    assert error["field"] == "points"
    article.do("step")
    assert article.refused("data.draw", kind="maps", points=POINTS)["field"] == "kind"


def test_columns_have_statistics_and_scaling_has_its_proof(one: Page) -> None:
    told = one.do("data.preview", source="iris", test=0.3, seed=5, scale="standard")
    one.do("data.commit", source="iris", test=0.3, seed=5, scale="standard")
    points = one.do("points")["points"]
    for place, column in enumerate(told["columns"][:4]):
        raw = {split: np.array([row["values"][place] for row in points if row["split"] == split])
               for split in ("training", "test")}  # fmt: skip
        every = np.concatenate(list(raw.values()))
        scaling = column["scaling"]
        assert float(column["before"]["mean"]) == pytest.approx(every.mean(), rel=1e-3)
        assert scaling["off"] == scaling["fitted"]["off"]  # what is used is that of training rows
        assert float(scaling["off"]) == pytest.approx(raw["training"].mean(), rel=1e-3)
        assert float(scaling["by"]) == pytest.approx(raw["training"].std(), rel=1e-3)
        assert float(scaling["all"]["off"]) == pytest.approx(every.mean(), rel=1e-3)
        assert (scaling["training"]["mean"], scaling["training"]["sd"]) == ("0", "1")
        assert scaling["test"]["mean"] != "0"
        assert sum(scaling["bins"]["training"]) == told["split"]["training"]
        assert sum(scaling["bins"]["test"]) == told["split"]["test"]
    assert dict(map(tuple, told["columns"][4]["words"])).keys() >= {"setosa"}
