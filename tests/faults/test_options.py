"""Every numeric option of every command, with nonsense; memory is asked for first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest

from faults.saying import KEPT, checked
from workings import memory as memory_module
from workings.cli import main
from workings.cli._commands import workings
from workings.data import builtin_table, sources
from workings.errors import SettingError
from workings.jobs.fitting import train
from workings.memory import free_memory
from workings.models import model as module
from workings.models.rows import check_memory

NONSENSE = ("-1", "nan", "inf", "1e400", "-1e400", "fast", "", "1.5.5", "0x10", "9" * 400, "1e9999")
REST = {
    "train": ["xor", "--quiet", "--epochs", "1"], "size": ["iris", "--quiet", "--epochs", "1"],
    "diagnose": ["xor", "--quiet", "--epochs", "1"], "data": ["xor"], "show": ["article"],
    "export": ["article", "--to", "xlsx", "-o", "x.xlsx"], "predict": ["m", "xor"],
    "worksheet": ["--network", "2-2-1", "-o", "sheet.html"], "evaluate": ["m", "xor"],
    "check": ["w.csv", "--for", "article"], "lab": [],
    "learn": ["3"],
}  # fmt: skip
SKIPPED = {"bench", "play", "resume"}  # they are timed, serve, or go on with what is checked here


def numeric() -> Iterator[tuple[str, str]]:
    """Each command with each of its options that takes numbers."""
    context = click.Context(workings)
    for command in workings.list_commands(context):
        found = workings.get_command(context, command)
        assert found is not None
        for option in found.params:
            number = isinstance(option.type, click.types.IntParamType | click.types.FloatParamType)
            many = option.name in ("hidden", "batch_size", "sizes")
            if isinstance(option, click.Option) and (number or many) and command not in SKIPPED:
                yield command, option.opts[0]


# what an option is called in a sentence, where it is not called by its name
SAID = {
    "--cv": "folds", "--hidden": "layer", "--test-size": "rows for test", "--lr": "rate",
    "--iterations": "iteration",
}  # fmt: skip
EXPECTED = re.compile("expected|is not a valid|is not in the range|Name (one of|a model)")
FRACTIONS = {"--lr", "--l1", "--l2", "--dropout", "--clip", "--test-size"}


@pytest.mark.fault("options")
@pytest.mark.parametrize(("command", "option"), list(numeric()))
def test_numbers_that_make_no_sense_are_refused_with_the_range(
    command: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    train("xor", hidden=[2], epochs=1).model.save("m")
    fractions = [] if option in FRACTIONS else ["0.5"]
    for value in (*NONSENSE, *fractions):
        with pytest.raises(SystemExit) as ended:
            main([command, *REST[command], option, value])
        out, err = capsys.readouterr()
        assert ended.value.code == 2, (option, value, out, err)
        said = (err or out).splitlines()[-1]  # `data` says on its page what training would refuse
        assert "Traceback" not in out + err
        assert len(said) < 1000
        word = option.strip("-").replace("-", "_")
        assert any(one in said for one in (option, word, SAID.get(option, word))), (value, said)
        assert EXPECTED.search(said), said
        KEPT[said] = None
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.fault("options")
def test_there_are_options_to_be_tested() -> None:
    found = set(numeric())
    assert {("train", "--lr"), ("train", "--epochs"), ("train", "--hidden")} <= found
    assert len(found) > 40


@pytest.mark.fault("memory", "options")
@pytest.mark.parametrize(
    "options",
    [{"hidden": [10**9]}, {"hidden": [10**5, 10**6]}, {"hidden": [10**30]}, {"hidden": [2] * 5000},
     {"epochs": 10**30}, {"batch_size": 10**30}, {"patience": 10**30}, {"seed": 10**60}],
    ids=lambda options: next(iter(options)),
)  # fmt: skip
def test_numbers_beyond_all_measure_end_at_once(options: dict[str, object]) -> None:
    """Refused, or as good as a smaller one; `epochs` is stopped by hand."""

    class Enough(Exception):
        pass

    def stop(progress: object) -> None:
        raise Enough

    try:
        train("xor", watch=stop, **{"epochs": 2, **options})
    except (SettingError, Enough) as error:
        if isinstance(error, SettingError):
            checked(error)


@pytest.mark.fault("memory")
@pytest.mark.parametrize(
    ("options", "words"),
    [({"hidden": [3000, 3000]}, "weights: they need about"),
     ({"hidden": [4000], "batch_size": None, "engine": "numpy"}, "at a time: they need about")],
)  # fmt: skip
def test_what_a_training_needs_is_said_before_it_is_allocated(
    options: dict[str, object], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workings.memory.free_memory", lambda: 10**8)
    with pytest.raises(SettingError, match=words) as caught:
        train("digits", **options)
    assert "are free" in checked(caught.value)
    assert caught.value.hint


@pytest.mark.fault("memory")
def test_what_a_prediction_needs_is_said_before_it_is_allocated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from faults.saying import checked

    model = train("xor", hidden=[2], epochs=1).model
    monkeypatch.setattr("workings.models.rows.free_bytes", lambda: 10**6)
    with pytest.raises(SettingError, match="cannot predict 1000000 rows") as caught:
        check_memory(model.preparation, 10**6)
    checked(caught.value)


@pytest.mark.fault("memory")
def test_wide_networks_predict_fewer_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = train("iris", hidden=[40], epochs=1).model
    answers = made.answers(builtin_table("iris"))
    assert made._at_once == module.PREDICTED_AT_ONCE
    monkeypatch.setattr(module, "CELLS_AT_ONCE", 1000)
    made = replace(made)
    assert 1 < made._at_once < 20
    # a sum of fewer rows at once may be added up in another order
    assert np.allclose(made.answers(builtin_table("iris")), answers, rtol=0, atol=1e-14)


@pytest.mark.fault("memory")
def test_somebody_says_how_much_memory_is_free() -> None:
    assert sources.free_bytes() > 2**20
    assert (free_memory() or 2**21) > 2**20


@pytest.mark.fault("memory")
def test_memory_that_only_holds_files_is_free_and_a_container_s_limit_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word, text in (("MACHINE", "MemFree: 5 kB\nMemAvailable:   700 kB\n"), ("LIMIT", "max"),
                       ("USED", "100")):  # fmt: skip
        (tmp_path / word).write_text(text)
        monkeypatch.setattr(memory_module, word, tmp_path / word)
    assert free_memory() == 700 * 1024
    (tmp_path / "LIMIT").write_text("5100\n")
    assert free_memory() == 5000
    (tmp_path / "USED").write_text("9000\n")
    assert free_memory() == 0
