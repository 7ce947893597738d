"""Everybody side by side: the same loss for all, and nobody timed who ends elsewhere.

The whole way is run once, in small, from a copy of the source in which contestants are planted: one
that trains wrongly, one that fails, one that is not installed. No time is asserted.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import workings
from workings.benchmarking import bench, numbers, rounds, targets
from workings.benchmarking.contestants import LIMIT, OURS, PEER, contestant, contestants
from workings.benchmarking.judging import answers_of, loss_of
from workings.benchmarking.networks import laid_out, network_of
from workings.benchmarking.problems import AXES, COLD, PROBLEMS, Problem
from workings.benchmarking.processes import THREADS, Asked, Failed, Setting, bound_to, cores
from workings.benchmarking.task import Task, load
from workings.benchmarking.worker import Worker
from workings.engines import engine
from workings.errors import SettingError, UnknownName

HERE = ("compiled", "numpy", "by_hand", "sklearn")  # who is installed wherever tests are run
TRAINED = [problem.quick() for problem in PROBLEMS if problem.does == "train"]
PREDICTED = [problem.quick() for problem in PROBLEMS if problem.does == "predict"]
ENOUGH = 30  # iterations in which a difference would show

PLANTED = {
    "wrong": """
from workings.benchmarking.contestants import Contestant
class Wrong(Contestant):
    title = "planted: too fast a rate"
    def trainer(self, task):
        from dataclasses import replace
        from workings.benchmarking.contestants.by_hand import CONTESTANT
        how = replace(task.how, rate=task.how.rate * 1.01)
        return CONTESTANT.trainer(replace(task, how=how))
CONTESTANT = Wrong()
""",
    "failing": """
from workings.benchmarking.contestants import Contestant
class Failing(Contestant):
    title = "planted: fails"
    def trainer(self, task):
        print("this is no answer")
        raise RuntimeError("no wish to train")
CONTESTANT = Failing()
""",
    "ending": """
import os
from workings.benchmarking.contestants import Contestant
class Ending(Contestant):
    title = "planted: ends"
    def trainer(self, task):
        os._exit(3)
CONTESTANT = Ending()
""",
    "absent": """
from workings.benchmarking.contestants import Contestant
class Absent(Contestant):
    title = "planted: absent"
    needs = ("no_module_is_called_so",)
CONTESTANT = Absent()
""",
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads of a BLAS that wait for a processor they do not get take seconds over a product."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """results.md of a small run with planted contestants, what was printed, and the folder."""
    place = tmp_path_factory.mktemp("bench")
    source = Path(workings.__file__).parent
    copied = shutil.copytree(source, place / "src/workings", ignore=shutil.ignore_patterns("*.pyc"))
    for word, text in PLANTED.items():
        (copied / f"benchmarking/contestants/{word}.py").write_text(text)
    told = [
        "--quick", "--threads", "1", "--rounds", "1", "-o", str(place / "out"),
        *(x for word in ("moons", "one-row", "cold-moons", "batch") for x in ("--problem", word)),
        *(x for word in ("compiled", "by_hand", "products", *PLANTED)
          for x in ("--contestant", word)),
    ]  # fmt: skip
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "workings", "bench", *told], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(place / "src")}, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return (place / "out/results.md").read_text(), ran.stdout, place / "out"


def section(page: str, title: str) -> str:
    return page.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


# -- the whole way ---------------------------------------------------------------------------------


def test_every_problem_and_contestant_has_its_row(written: tuple[str, str, Path]) -> None:
    text, _, _ = written
    times = section(text, "Times")
    for word in ("compiled", "by_hand", "products"):
        title = contestant(word).title
        assert f"| moons   | {title}" in times
        assert f"| one-row | {title}" in times
    assert "| moons     " in section(text, "Ratios")
    assert "| cold-moons" in section(text, "Ratios")
    assert "### Batch" in section(text, "How it grows")
    starts = section(text, "Cold starts")
    assert "nothing kept" in starts
    assert "| kept " in starts
    assert "workings, compiled" in section(text, "Memory")


def test_a_wrong_one_is_not_timed_and_it_is_said_why(written: tuple[str, str, Path]) -> None:
    text, _, _ = written
    before, noted = text.split("## Left out, and noted")
    assert "planted" not in before
    assert "- planted: too fast a rate (moons): its loss is" in noted
    assert "- planted: too fast a rate (cold-moons): its loss is" in noted
    assert "- planted: fails (moons): RuntimeError: no wish to train" in noted
    assert "- planted: ends (moons): its process ended by itself (code 3)" in noted


def test_what_is_not_installed_is_said(written: tuple[str, str, Path]) -> None:
    text, said, _ = written
    assert "- planted: absent: not installed: no_module_is_called_so" in text
    assert "note: absent is left out: not installed: no_module_is_called_so" in said


def test_a_line_for_each_problem_is_printed(written: tuple[str, str, Path]) -> None:
    _, said, _ = written
    lines = [line.split(":")[0] for line in said.splitlines() if not line.startswith("  note")]
    assert lines[:4] == ["moons", "one-row", "cold-moons", "batch"]
    assert all(line.startswith("Wrote ") for line in lines[4:])


def test_targets_are_judged(written: tuple[str, str, Path]) -> None:
    rows = [line for line in section(written[0], "What is wanted").splitlines() if "moons" in line]
    assert len(rows) == 4  # time, cold start, compiling, memory
    assert all("| met" in row or "| missed" in row for row in rows)


def test_the_pictures_are_there(written: tuple[str, str, Path]) -> None:
    for name in ("ratios.png", "growth.png"):
        assert (written[2] / name).read_bytes().startswith(b"\x89PNG")
        assert f"]({name})" in written[0]


# -- the same loss, and that another one would be seen ---------------------------------------------


@pytest.mark.parametrize("problem", TRAINED, ids=lambda problem: problem.name)
def test_all_who_are_here_end_with_the_same_loss(problem: Problem) -> None:
    task = problem.task()
    iterations = min(ENOUGH, task.how.iterations)
    losses = {}
    for word in HERE:
        who = contestant(word)
        if not who.why_not(task):
            losses[word] = loss_of(task, who.trainer(task)(iterations)())
    start = loss_of(task, task.weights)
    assert len(losses) >= 3
    for loss in losses.values():
        assert loss == pytest.approx(losses["by_hand"], rel=problem.tolerance)
    # what is allowed is far less than what training does, so who does not train is seen
    assert abs(losses["by_hand"] - start) > 2 * problem.tolerance * start


@pytest.mark.parametrize("problem", TRAINED, ids=lambda problem: problem.name)
def test_the_loss_that_is_judged_is_that_of_our_program(problem: Problem) -> None:
    task = problem.task()
    network = network_of(task)
    values = {word: x.astype(float) for word, x in laid_out(network, task.weights).items()}
    given = {"X": task.X.astype(float), "y": task.y.astype(float), **values}
    ours = engine().run(network.program(), given)["loss"]
    assert loss_of(task, task.weights) == pytest.approx(float(ours), rel=1e-12)  # float64


def test_weights_of_another_shape_have_no_loss() -> None:
    task = TRAINED[0].task()
    (w, b), *others = task.weights
    with pytest.raises(ValueError, match="weights are"):
        loss_of(task, [(w[:, :1], b), *others])


@pytest.mark.parametrize("problem", PREDICTED, ids=lambda problem: problem.name)
def test_all_who_are_here_predict_the_same(problem: Problem) -> None:
    task = problem.task()
    some = task.X[:50]
    wanted = answers_of(task, some)
    for word in (*HERE, "estimator", "model"):
        found = np.asarray(contestant(word).predictor(task)(some)).astype(float)
        if found.ndim == 1:  # labels
            assert (found == wanted.argmax(axis=1)).all(), word
        else:
            assert found == pytest.approx(wanted, abs=problem.tolerance), word


def test_less_than_an_epoch_is_the_same_iterations_for_all() -> None:
    task = next(p for p in TRAINED if p.name == "digits").task()
    for count in (1, 5, task.per_epoch, 2 * task.per_epoch):
        losses = [loss_of(task, contestant(word).trainer(task)(count)()) for word in HERE]
        assert losses == pytest.approx([losses[0]] * len(HERE), rel=1e-4)  # Adam's epsilon


def test_who_starts_again_starts_from_the_start() -> None:
    task = next(p for p in TRAINED if p.name == "moons").task()
    for word in HERE:
        train = contestant(word).trainer(task)
        first, again = (loss_of(task, train(20)()) for _ in range(2))
        assert first == again


# -- tasks and contestants -------------------------------------------------------------------------


def test_a_task_comes_back_from_its_folder(tmp_path: Path) -> None:
    task = TRAINED[0].task()
    task.save(tmp_path)
    again = load(tmp_path)
    assert again.how == task.how
    assert again.sizes == task.sizes
    for (w, b), (v, c) in zip(task.weights, again.weights, strict=True):
        assert (w == v).all()
        assert (b == c).all()


def test_each_row_is_taken_once_in_an_epoch() -> None:
    task = next(p for p in TRAINED if p.name == "moons-online").task()
    assert sorted(np.concatenate(task.batches[: task.per_epoch])) == list(range(len(task.X)))


def test_every_contestant_says_who_it_is() -> None:
    titles = [who.title for who in contestants().values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert [who.side for who in contestants().values()] == sorted(
        (who.side for who in contestants().values()), key=[OURS, PEER, LIMIT].index
    )


def test_every_target_is_about_a_problem_and_contestants_that_there_are() -> None:
    problems, known = {problem.name for problem in PROBLEMS}, contestants()
    for target in targets.TARGETS:
        assert target.problem in problems
        assert target.of in known
        assert target.against in ("", *known)
        assert target.measure in targets.MEASURES
    assert set(COLD) <= problems


def test_growth_goes_over_three_decades() -> None:
    for points in AXES.values():
        assert points[-1].value == 1000 * points[0].value


# -- processes -------------------------------------------------------------------------------------


def test_all_processes_are_told_the_same_number_of_threads(tmp_path: Path) -> None:
    setting = Setting(2, tmp_path)
    for who in contestants().values():
        told = setting.environment(who)
        assert {told[word] for word in THREADS} == {"2"}
        assert all(told[word].startswith(str(tmp_path)) for word in who.keeps)
        unasked = Setting(2, tmp_path, asked=False).environment(who)
        assert {word for word in who.keeps if word in unasked and word not in os.environ} == (
            set(who.keeps) - set(os.environ) if who.usually else set()
        )


def test_modules_are_kept_compiled_as_where_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in Setting(1, tmp_path).environment(contestant("numpy"))


def test_who_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    told = {**os.environ, "TMPDIR": str(tmp_path)}
    command = ["bench", "--problem", "moons", "--contestant", "by_hand", "-o", str(tmp_path / "o")]
    process = subprocess.Popen([sys.executable, "-m", "workings", *command], env=told)  # noqa: S603
    try:
        began = time.monotonic()
        while not list(tmp_path.glob("workings-bench-*")):
            assert process.poll() is None
            assert time.monotonic() < began + 60
            time.sleep(0.02)
        process.terminate()
        assert process.wait(timeout=60) == (128 + signal.SIGTERM)
    finally:
        process.kill()
        process.wait()
    assert [one.name for one in tmp_path.iterdir()] == ["o"]


def test_a_process_ends_when_nobody_asks_any_more(tmp_path: Path) -> None:
    with Asked("by_hand", contestant("by_hand"), Setting(1, tmp_path)) as worker:
        assert worker.process.stdin is not None
        worker.process.stdin.close()
        assert worker.process.wait(timeout=30) == 0


def test_an_answer_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    task = TRAINED[0].task()
    task.save(tmp_path)
    with Asked("by_hand", contestant("by_hand"), Setting(1, tmp_path)) as worker:
        worker.ask("load", folder=str(tmp_path))
        worker.ask("begin")
        worker.setting = Setting(1, tmp_path, patience=0.5)
        with pytest.raises(Failed, match=r"no answer within 0\.5 s"):
            worker.ask("run", iterations=10**9)


def test_memory_beyond_the_data_is_seen(tmp_path: Path) -> None:
    task = TRAINED[0].task()
    task.save(tmp_path)
    with Asked("by_hand", contestant("by_hand"), Setting(1, tmp_path)) as worker:
        worker.ask("load", folder=str(tmp_path))
        worker.ask("begin")
        told = worker.ask("result", path=str(tmp_path / "x.npz"))
    if told["beyond"] is not None:  # where the system tells
        assert 0 < told["beyond"] < told["peak"]


def test_whatever_a_contestant_raises_is_an_answer() -> None:
    found = Worker(contestant("by_hand")).answer('{"do": "load", "folder": "/no/such/folder"}')
    assert found["error"].startswith("FileNotFoundError: ")


def test_processors_are_given_back() -> None:
    before = cores()
    with bound_to(1):
        assert cores() == 1 or not hasattr(os, "sched_getaffinity")
    assert cores() == before


# -- rounds ----------------------------------------------------------------------------------------


def test_who_ends_elsewhere_does_not_count() -> None:
    task = TRAINED[0].task()
    losses = {"numpy": 0.5, "by_hand": 0.5 + 1e-12, "sklearn": 0.51, "jax": np.nan}
    entries = {word: rounds.Entry(word, loss=loss) for word, loss in losses.items()}
    wanted = rounds._judge(TRAINED[0], task, entries)
    assert wanted == pytest.approx(0.5)
    assert [word for word, entry in entries.items() if entry.counts] == ["numpy", "by_hand"]
    assert "its loss is 0.51, not 0.5" in entries["sklearn"].why_not


def test_operations_are_those_of_the_products() -> None:
    how = TRAINED[0].task().how
    X, y = np.zeros((5, 2)), np.zeros((5, 1))
    task = Task(
        how, X, y, [(np.zeros((2, 3)), np.zeros(3)), (np.zeros((3, 1)), np.zeros(1))]
    )  # fmt: skip
    each = 5 / task.per_epoch
    # forward, and what weights are owed: 2 x 3 and 3 x 1; what the hidden layer is owed: 3 x 1
    assert rounds.flops(task) == 2 * each * (2 * (6 + 3) + 3)


# -- what is asked for, and words ------------------------------------------------------------------


def test_names_that_there_are_not_are_refused() -> None:
    with pytest.raises(UnknownName, match=r"problem called 'moon'\. Did you mean 'moons'"):
        bench.Plan(problems=("moon",))
    with pytest.raises(UnknownName, match=r"contestant called 'torchh'\. Did you mean 'torch'"):
        bench.Plan(contestants=("torchh",))
    with pytest.raises(SettingError, match="cannot run 100000 threads"):
        bench.Plan(threads=100_000)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.00 ns"), (1.5, "1.50 s"), (2e-3, "2.00 ms"), (999.6, "1000 s"), (np.nan, "–")],
)
def test_times_in_words(seconds: float, text: str) -> None:
    assert numbers.duration(seconds) == text


def test_a_table_is_even_and_numbers_are_to_the_right() -> None:
    lines = numbers.table(["a", "b"], [["x", "1"], ["y|z", "20"]]).splitlines()
    assert lines == ["| a    |  b |", "| ---- | -: |", "| x    |  1 |", "| y\\|z | 20 |"]
