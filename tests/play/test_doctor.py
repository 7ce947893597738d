"""What the doctor says of runs on the page: healthy ones, ill ones, and what its remedies do."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from play.talking import Page
from workings.diagnosing import presets as cases
from workings.diagnosing.diseases import diseases
from workings.diagnosing.doctor import at_once
from workings.diagnosing.finding import ERROR, SEVERITIES, WARNING
from workings.diagnosing.replaying import Run as Ran
from workings.play import changing, doctor
from workings.play.building import build
from workings.play.clients import Client
from workings.play.presets import presets, table_of
from workings.play.runs import Run
from workings.play.session import Session
from workings.play.working import QUIET

ILL = {word: row for word, row in presets().items() if row.disease}
HEALTHY = [word for word, row in presets().items() if not row.disease]
EARLY = 60
BESIDES = {"hundred-neurons": {"rows-per-weight"}}  # which is true of 601 weights


def diagnosed(page: Page, step: int) -> dict[str, Any]:
    """What is found after so many steps, fewer where the numbers run away before."""
    page.do("seek", step=step)
    return page.do("diagnose")


def as_bad(found: dict[str, Any], severity: str) -> list[dict[str, Any]]:
    """The findings at least as bad that follow from no other."""
    most = SEVERITIES.index(severity)
    return [one for one in found["findings"]
            if SEVERITIES.index(one["severity"]) <= most and not one["follows"]]  # fmt: skip


def opened(name: str) -> Session:
    """A preset without any page."""
    session, spec = Session(), presets()[name].spec
    session.open(build(spec, table_of(spec.data.source)))
    return session


def place(found: dict[str, Any], disease: str) -> int:
    return next(k for k, one in enumerate(found["findings"]) if one["disease"] == disease)


# -- healthy ---------------------------------------------------------------------------------------


def test_the_article_has_no_error_and_no_warning(article: Page) -> None:
    for step in (1, 5, 40, 150, 500, 2000, 5000):
        found = diagnosed(article, step)
        assert as_bad(found, WARNING) == [], step
        tested = {row["name"] for row in [*found["tested"], *found["untested"]]}
        assert tested == set(diseases())
        assert all(row["sentence"] for row in found["tested"])
        assert [row["name"] for row in found["untested"]] == ["overfitting"]  # nothing to test on


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_preset_has_nothing_worse_than_a_note(name: str) -> None:
    session = opened(name)
    for step in (EARLY, min(1000, session.run.train.until.steps)):
        session.run.advance(step - session.run.last)
        assert as_bad(doctor.findings(session), WARNING) == [], step


def test_what_a_training_has_come_to_is_a_note_until_it_is_over(one: Page) -> None:
    spec = presets()["article"].spec.plain()
    one.do("open", spec={**spec, "train": {**spec["train"], "until": {"steps": 40}}})
    (early,) = [x for x in diagnosed(one, 20)["findings"] if x["disease"] == "constant-prediction"]
    (late,) = [x for x in diagnosed(one, 40)["findings"] if x["disease"] == "constant-prediction"]
    assert (early["severity"], late["severity"]) == ("note", "error")
    assert early["what"].startswith("so far, ")
    assert not late["what"].startswith("so far, ")


def test_the_note_can_be_followed_by_training_on(one: Page) -> None:
    spec = presets()["article"].spec.plain()
    one.do("open", spec={**spec, "train": {**spec["train"], "until": {"steps": 700}}})
    found = diagnosed(one, 20)
    at = place(found, "constant-prediction")
    remedy = found["findings"][at]["remedy"]
    assert remedy["said"] == "Train on: 20 of 700 epochs are done"
    assert remedy["may"]
    told = one.do("fork", remedy=at)
    ended = one.until("state", status="finished")
    assert (ended["run"], ended["step"]) == (told["run"], 700)


def test_a_training_that_should_have_stopped_earlier_goes_back_there(one: Page) -> None:
    one.do("open", spec={
        "data": {"source": "diabetes", "test": 0.5, "seed": 1, "scale": "standard"},
        "network": {"hidden": [{"units": 16, "activation": "tanh"}]},
        "train": {"optimizer": "adam", "lr": 0.02, "until": {"steps": 150}},
    })  # fmt: skip
    found = diagnosed(one, 150)
    at = place(found, "overfitting")
    epoch = found["findings"][at]["remedy"]["change"]["epochs"]
    assert 0 < epoch < 150
    assert one.do("fork", remedy=at)["step"] == epoch


# -- ill -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ILL)
def test_a_preset_has_its_disease_and_no_other_as_bad(one: Page, name: str) -> None:
    row = ILL[name]
    one.do("open", preset=name)
    for step in (EARLY, row.spec.train.until.steps):
        found = diagnosed(one, step)
        own = found["findings"][place(found, row.disease)]
        assert own["severity"] in (ERROR, WARNING)
        assert any(sign.isdigit() for sign in own["what"])
        assert {x["disease"] for x in as_bad(found, own["severity"])} == {row.disease}, step
        follows = {x["follows"] for x in found["findings"] if x["follows"]}
        assert follows <= {row.disease}


@pytest.mark.parametrize("name", ILL)
def test_what_else_is_found_follows_from_it(name: str) -> None:
    session, row = opened(name), ILL[name]
    session.run.advance(row.spec.train.until.steps)
    found = doctor.findings(session)["findings"]
    own = {x["disease"] for x in found if not x["follows"]}
    assert own == {row.disease, *BESIDES.get(name, ())}


@pytest.mark.parametrize("name", ILL)
def test_its_remedy_works_in_one_click(one: Page, name: str) -> None:
    row = ILL[name]
    one.do("open", preset=name)
    last = row.spec.train.until.steps
    found = diagnosed(one, last)
    before = one.last("state")
    at = place(found, row.disease)
    assert found["findings"][at]["remedy"]["may"]
    made = one.do("fork", remedy=at)
    assert made["run"] != before["run"]
    after = diagnosed(one, last)
    assert row.disease not in {x["disease"] for x in after["findings"]}
    assert as_bad(after, WARNING) == [] or name == "hundred-neurons"  # 3 rows for 601 weights
    now = one.last("state")
    assert now["step"] == last
    assert before["status"] == "diverged" or now["loss"] < before["loss"]


@pytest.mark.parametrize("name", ["article", "hundred-neurons", "lr-too-large", "moons"])
def test_all_that_is_offered_can_be_done(name: str) -> None:
    session = opened(name)
    session.run.advance(EARLY)
    session.step = session.run.last
    findings = doctor.findings(session)["findings"]
    ill, client = session.shown, Client(1, lambda _: None)
    for number, finding in enumerate(findings):
        if finding["remedy"] and finding["remedy"]["may"]:
            session.switch(ill)
            doctor.findings(session)
            changing.fork(session, client, {"remedy": number})
            session.running = False


def test_raw_inputs_are_found_where_nothing_scales_them(one: Page) -> None:
    one.do("open", spec={
        "data": {"source": "unscaled-moons", "scale": "none"},
        "network": {"hidden": [{"units": 8, "activation": "tanh"}]},
        "train": {"lr": 0.1, "until": {"steps": 300}},
    })  # fmt: skip
    found = diagnosed(one, 300)
    at = place(found, "unscaled-inputs")
    assert found["findings"][at]["where"] == "columns x1, x2"
    one.do("fork", remedy=at)
    assert one.last("run")["spec"]["data"]["scale"] == "standard"
    assert "unscaled-inputs" not in {x["disease"] for x in diagnosed(one, 300)["findings"]}


def test_a_run_that_broke_off_is_told_by_numbers_that_can_be_read(one: Page) -> None:
    one.do("open", preset="lr-too-large")
    found = diagnosed(one, 200)
    own = found["findings"][place(found, "rate-too-large")]
    assert "nan" not in own["what"]
    assert "inf" not in own["what"]
    assert found["findings"][place(found, "overflow")]["follows"] == "rate-too-large"


# -- one table -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "case"), [("lr-too-large", "runaway")])
def test_a_preset_that_is_a_case_of_the_doctor_s_is_that_very_run(name: str, case: str) -> None:
    spec = presets()[name].spec
    run = Run(build(spec, table_of(spec.data.source)))
    run.advance(spec.train.until.steps)
    ran = Ran(cases.preset(case).make())
    assert run.broken is not None
    assert ran.failure is not None
    assert run.broken.iteration == ran.failure.facts["iteration"]
    for iteration in (1, 3):
        there, here = ran.at(iteration).weights, run.values(iteration - 1)
        for word in there:
            np.testing.assert_allclose(here[word], there[word], rtol=1e-9)


def test_a_hundred_neurons_are_those_of_the_doctor_but_for_their_draws() -> None:
    spec, case = presets()["hundred-neurons"].spec, cases.preset("hundred-neurons").make()
    built = build(spec, table_of(spec.data.source))
    assert np.array_equal(built.rows.X, case.rows.X)
    assert np.array_equal(built.rows.y, case.rows.y)
    assert {w: np.shape(x) for w, x in built.start.items()} == {
        w: np.shape(x) for w, x in case.start.items()}  # fmt: skip
    assert spec.train.lr == case.settings.rate


def test_every_disease_of_a_preset_is_one() -> None:
    assert {row.disease for row in ILL.values()} <= set(diseases())
    assert len(ILL) >= 3


# -- at a glance -----------------------------------------------------------------------------------


def test_a_remedy_is_that_of_the_findings_that_were_told_last(one: Page) -> None:
    one.do("open", preset="hundred-neurons")
    one.do("step", n=5)
    told = one.until("findings")
    assert told["glance"]
    at = place(told, "rows-per-weight")
    one.do("fork", remedy=at)
    assert [x["units"] for x in one.last("run")["spec"]["network"]["hidden"]] == [1]


def test_what_was_looked_at_wholly_is_not_told_again_at_a_glance(one: Page) -> None:
    one.do("open", preset="hundred-neurons")
    one.do("step", n=5)
    assert one.do("diagnose")["findings"]
    before = len([x for x in one.events if x["ev"] == "findings"])
    time.sleep(3 * QUIET)
    one.do("ping")
    assert len([x for x in one.events if x["ev"] == "findings"]) == before
    one.do("step")
    assert one.until("findings")["glance"]  # the page shows another step now


def test_nothing_is_told_at_a_glance_where_the_numbers_ran_away(one: Page) -> None:
    one.do("open", preset="lr-too-large")
    one.do("seek", step=60)
    before = len([x for x in one.events if x["ev"] == "findings"])
    time.sleep(3 * QUIET)
    one.do("ping")
    assert len([x for x in one.events if x["ev"] == "findings"]) == before


# -- in pieces -------------------------------------------------------------------------------------


def test_who_asks_for_a_step_does_not_wait_for_the_doctor(one: Page) -> None:
    one.do("open", preset="hundred-neurons")
    one.do("step", n=40)
    slow = _asked(one, "diagnose")
    quick = _asked(one, "step", n=1)
    first, second = (one.until_reply() for _ in range(2))
    assert [first["id"], second["id"]] == [quick, slow]
    assert first["step"] == 41
    assert any(finding["disease"] == "saturated-units" for finding in second["findings"])
    told = one.until("findings")  # of the step that is shown now
    assert told["glance"]


def test_who_asks_the_doctor_again_is_answered_once(one: Page) -> None:
    one.do("open", preset="hundred-neurons")
    one.do("step", n=40)
    asked = [_asked(one, "diagnose") for _ in range(3)]
    replies = {reply["id"]: reply for reply in (one.until_reply() for _ in asked)}
    assert [replies[number]["ok"] for number in asked] == [False, False, True]
    assert replies[asked[0]]["error"]["code"] == "not_now"


def test_a_glance_that_is_left_on_the_way_finds_the_same() -> None:
    session = opened("hundred-neurons")
    session.run.advance(EARLY)
    session.step = session.run.last
    pieces = doctor.glancing(session)
    for _ in range(6):
        next(pieces)
    session.run.advance(EARLY)  # somebody trains on meanwhile
    left = at_once(pieces)
    fresh = opened("hundred-neurons")
    fresh.run.advance(EARLY)
    fresh.step = fresh.run.last
    assert left == at_once(doctor.glancing(fresh))


def test_what_is_known_of_a_run_is_kept_while_it_trains_and_told_anew_when_it_changed() -> None:
    session = opened("moons")
    run = session.run
    found = []
    for _ in range(3):
        run.advance(130)
        session.step = run.last
        found.append(doctor.findings(session))
    anew = opened("moons")
    anew.run.advance(390)
    anew.step = anew.run.last
    assert found[-1] == doctor.findings(anew)
    run.change(replace(run.train, lr=0.5, batch=200))
    run.advance(50)
    session.step = run.last
    assert "lr 0.5" in doctor.findings(session)["described"]


def _asked(one: Page, op: str, **told: Any) -> int:
    """A request whose reply is not waited for."""
    one.number += 1
    one.socket.send(json.dumps({"id": one.number, "op": op, **told}))
    return one.number
