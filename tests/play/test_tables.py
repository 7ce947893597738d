"""Tables of one's own: good ones, bad ones, what becomes of them, a row by hand."""

from __future__ import annotations

import numpy as np
import pytest

from play.talking import Page
from workings.jobs.fitting import train

GOOD = "width;height;kind\n" + "\n".join(
    f"{k / 10:.1f};{(k * 7 % 13) / 4:.2f};{'abc'[k % 3]}".replace(".", ",") for k in range(75)
)


def sent(one: Page, data: bytes, name: str = "mine.csv") -> None:
    one.send_file(name, data)


@pytest.mark.parametrize(("data", "names", "rows"), [
    (b"a,b,y\n1,2,yes\n3,4,no\n5,6,yes\n7,8,no\n", ["a", "b", "y"], 4),
    (GOOD.encode(), ["width", "height", "kind"], 75),
    (b"\xef\xbb\xbfa\tb\ty\n1\t2\tu\n3\t\tv\n5\t6\tu\n", ["a", "b", "y"], 3),
    ("größe,y\n1,ja\n2,nein\n3,ja\n".encode("latin-1"), ["größe", "y"], 3),
])  # fmt: skip
def test_good_tables_are_read_as_the_command_line_reads_them(
    one: Page, data: bytes, names: list[str], rows: int
) -> None:
    sent(one, data)
    told = one.do("data.preview", source="upload", test=0.0)
    assert [column["name"] for column in told["columns"]] == names
    assert told["rows"] == rows
    assert told["target"] == names[-1]
    assert told["problems"] == []
    assert one.do("data.commit", source="upload", test=0.0)["run"]
    one.do("step", n=2)


def test_the_shape_is_said_and_scaling_is_fitted_on_training_rows_alone(one: Page) -> None:
    sent(one, GOOD.encode())
    told = one.do("data.preview", source="upload", target="kind", test=0.2, seed=3)
    n = told["split"]["training"]
    assert told["split"] == {"training": 60, "test": 15}
    assert told["shape"] == f"X is {n}×2 and y is {n}×3, so wh is 2×8."
    assert [row["role"] for row in told["columns"]] == ["input", "input", "target"]
    one.do("data.commit", source="upload", target="kind", test=0.2, seed=3)
    one.do("watch", window={"n": [0, 2000]})
    points = one.do("points")["points"]
    rows = [row for row in points if row["split"] == "training"]
    assert len(rows) == n
    for scale in ("standard", "range"):
        one.do("data.commit", source="upload", target="kind", test=0.2, seed=3, scale=scale,
               train={"batch": None})  # fmt: skip
        x = np.array([one.do("explain", cell=f"X[{row['row']},1]", step=0)["value"]
                      for row in rows[:8]])  # fmt: skip
        raw = np.array([row["values"][0] for row in rows])
        low, span = (raw.mean(), raw.std()) if scale == "standard" else (raw.min(), np.ptp(raw))
        np.testing.assert_allclose(x, (raw[:8] - low) / span, atol=1e-9)


@pytest.mark.parametrize(("data", "said"), [
    (b"", "empty"), (b"a,b\n1,2,3\n4,5\n", "cells"), (b"\x00\x01\x02\xff" * 100, ""),
    (b"PK\x03\x04rest of a workbook", "workbook"), (b"\x1f\x8bpacked", "packed"),
    (b"PAR1....", "packed"), (b"a,b\n", "row"), (b"a,a\n1,2\n3,4\n", ""),
])  # fmt: skip
def test_bad_tables_are_refused_with_a_reason_and_the_run_stays(
    article: Page, data: bytes, said: str
) -> None:
    article.do("step", n=3)
    check, shown = article.last("tape")["check"], article.last("run")["run"]
    sent(article, data)
    error = article.ask("data.commit", source="upload")
    if not error["ok"]:
        assert said in error["error"]["text"]
        assert error["error"]["text"].startswith("cannot") or error["error"]["text"]
        article.do("seek", step=3)
        assert article.last("tape")["check"] == check
        assert article.last("state")["run"] == shown
    else:
        assert data.startswith(b"a,a")  # names that occur twice are made different, and noted


def test_what_is_too_large_is_refused_with_the_figure(one: Page) -> None:
    assert "5.1 MB" in one.refused("data.begin", name="big.csv", size=5_100_000)["text"]
    sent(one, b"a,y\n" + b"1,2\n" * 20_001)
    assert "20001 rows" in one.refused("data.preview", source="upload")["text"]
    sent(one, ",".join(f"c{k}" for k in range(65)).encode() + b"\n" + b"1," * 64 + b"1\n")
    assert "65 columns" in one.refused("data.preview", source="upload")["text"]
    sent(one, b"a,y\n" + b"x" * 10_001 + b",1\nz,2\n")
    assert "10001 characters" in one.refused("data.preview", source="upload")["text"]
    one.do("data.begin", name="half.csv", size=100)
    assert "0 of 100 bytes" in one.refused("data.preview", source="upload")["text"]


def test_a_header_that_would_be_code_is_text(one: Page) -> None:
    name = "<img src=x onerror=alert(1)>"
    sent(one, f'"{name}",y\n1,a\n2,b\n3,a\n'.encode())
    told = one.do("data.preview", source="upload", test=0.0)
    assert told["columns"][0]["name"] == name
    one.do("data.commit", source="upload", test=0.0)
    run = one.last("run")
    assert run["inputs"] == [name]
    assert "<img" not in str(run["parts"]) + str([row["formula"] for row in run["arrays"]])


def test_missing_cells_are_filled_or_their_rows_left_out(one: Page) -> None:
    sent(one, b"a,b,y\n1,2,u\n3,,v\n5,6,u\n7,8,v\n")
    kept = one.do("data.preview", source="upload", test=0.0, missing="fill")
    gone = one.do("data.preview", source="upload", test=0.0, missing="drop")
    assert (kept["split"]["training"], gone["split"]["training"]) == (4, 3)
    assert "missing become 6" in kept["columns"][1]["becomes"]
    assert kept["columns"][1]["missing"] == 1


def test_roles_can_be_chosen_and_problems_are_said(one: Page) -> None:
    sent(one, GOOD.encode())
    told = one.do("data.preview", source="upload", target="height", ignore=["kind"])
    assert told["task"] == "regression"
    assert [row["role"] for row in told["columns"]] == ["input", "target", "ignore"]
    bad = one.do("data.preview", source="upload", target="kind", ignore=["width", "height"])
    assert "no column is left" in bad["problems"][0]
    bad = one.do("data.preview", source="upload", target="nope")
    assert "no column in mine.csv called 'nope'" in bad["problems"][0]
    assert one.refused("data.commit", source="upload", target="nope")["code"] == "bad_value"


def test_a_built_in_table_goes_the_same_way(one: Page) -> None:
    told = one.do("data.preview", source="wine")
    assert told["task"] == "classification"
    one.do("data.commit", source="wine", network={"hidden": [{"units": 4, "activation": "relu"}]})
    one.do("step", n=50)
    assert one.do("result", kind="table")["confusion"]["classes"]


def test_a_row_by_hand_gets_the_engine_s_value(one: Page) -> None:
    one.do("open", preset="iris")
    one.do("step", n=40)
    names = [column["name"] for column in one.last("run")["columns"]]
    told = one.do("predict", row=dict(zip(names, ["5.1", "3.5", "1.4", "0.2"], strict=True)))
    assert told["said"] == "setosa"
    assert sum(row["value"] for row in told["classes"]) == pytest.approx(1, abs=1e-12)
    assert told["row"][0]["read_as"].startswith("5.0999999999999996") or (
        told["row"][0]["read_as"] == "5.1")  # fmt: skip
    assert one.refused("predict", row={"colour": "red"})["code"] == "bad_value"
    wrong = one.refused("predict", row={names[0]: "five"})
    assert (wrong["code"], wrong["field"]) == ("bad_data", f"row.{names[0]}")
    one.do("predict", row={})  # all of it missing: the usual values


def test_a_prediction_is_that_of_the_model_on_the_same_rows(one: Page) -> None:
    one.do("open", preset="article")
    one.do("step", n=1)
    row = dict(zip(("x1", "x2", "x3", "x4"), "1010", strict=True))
    one.do("step", n=1)
    output = one.do("explain", cell="output[1,1]", step=2)["value"]
    one.do("step", n=-1)
    assert one.do("predict", row=row)["value"] == pytest.approx(output, abs=1e-12)


def test_the_network_learns_what_the_command_line_learns() -> None:
    """The same table and options: the same rows to test on, the same units."""
    from workings.play.building import build
    from workings.play.presets import table_of
    from workings.play.specs import Data, Layer, Net, Spec, Train

    net = Net((Layer(32, "tanh"),), sign="gradient")
    data, how = Data("wine", scale="standard", test=0.2), Train("adam", 0.01, 32, l2=0.002)
    spec = Spec("", data, net, how)
    built = build(spec, table_of("wine"))
    result = train("wine")
    assert list(built.job.test.lines) == list(result.test.lines)
    assert built.network.l2 == result.model.network.l2
    assert built.preparation.numbers == result.model.preparation.numbers
