"""Events in words: where a session is, its runs, and what was changed on the way."""

from __future__ import annotations

import math
from typing import Any

from workings.play import pictures, remedies, tapes
from workings.play.clients import Client
from workings.play.runs import Run
from workings.play.session import Session


def state(session: Session, client: Client) -> dict[str, Any]:
    """The `state` event."""
    run, step = session.run, session.step
    loss = run.loss(max(step, 1)) if step or run.last else _first_loss(run)
    values = run.values(step)
    shown = tapes.text(loss, tapes.written(loss)) if math.isfinite(loss) else ""
    right = pictures.right_of(run, values)
    test = next((x for at, x in reversed(run.tests) if at <= step), None)
    return {
        "ev": "state", "run": session.shown, "step": step, "last": run.last,
        "part": session.part, "status": session.status, "stopped": session.stopped,
        "title": f"step {step:,}".replace(",", " ") + f" · loss {shown} · workings",
        "said": _said(session, step, shown, right), "loss": loss, "shown_loss": shown,
        "test_loss": test, "right": right, "rate": session.speed if session.running else 0.0,
        "engine": run.engine, "role": client.role, "lr": run.segment(step + 1).train.lr,
    }  # fmt: skip


def _first_loss(run: Run) -> float:
    return float(run.trace(0)["loss"])


def _said(session: Session, step: int, loss: str, right: str) -> str:
    status, run = session.status, session.run
    told = f"Step {step:,}".replace(",", " ") + (f", loss {loss}" if loss else "")
    if right:
        told += f", {right} right"
    if status == "diverged" and run.broken:
        return f"Training stopped: {run.broken.said}. Shown is step {step}, the last finite one."
    if status == "finished":
        return f"{told}. Stopped: {session.stopped}."
    if status in ("running", "watching"):
        return f"{told}, {_trend(run, step)}."
    return f"{told}." if step else f"Nothing has happened yet. {told}."


def _trend(run: Run, step: int) -> str:
    before = run.loss(max(1, step - max(10, step // 10)))
    now = run.loss(step)
    if not (math.isfinite(before) and math.isfinite(now)) or now == before:
        return "steady"
    return "falling" if now < before else "rising"


def runs(session: Session) -> dict[str, Any]:
    """The `runs` event."""
    return {"ev": "runs", "shown": session.shown,
            "runs": [run_row(session, number) for number in session.runs]}  # fmt: skip


def run_row(session: Session, number: int) -> dict[str, Any]:
    """A run in a list."""
    run = session.runs[number]
    loss = run.loss(run.last) if run.last else _first_loss(run)
    return {
        "run": number, "title": run.built.spec.title or run.built.job.table.source,
        "change": run.text, "parent": session.parents[number], "at": run.at, "last": run.last,
        "loss": loss, "shown_loss": tapes.text(loss, tapes.written(loss)),
        "seconds_per_step": run.seconds / run.timed if run.timed else None,
        "shown_time": _time(run.seconds / run.timed) if run.timed else "",
    }  # fmt: skip


def _time(seconds: float) -> str:
    """How long a step takes, in the unit that suits it.

    >>> _time(0.0000213), _time(0.000344), _time(0.0123), _time(2.5)
    ('21 µs a step', '340 µs a step', '12 ms a step', '2.5 s a step')
    """
    for unit, least in (("µs", 1e-6), ("ms", 1e-3)):
        if seconds < 995 * least:
            return f"{float(f'{seconds / least:.2g}'):g} {unit} a step"
    return f"{float(f'{seconds:.2g}'):g} s a step"


def marks(session: Session) -> dict[str, Any]:
    """The `changed` event."""
    said = [{"step": mark.step, "text": mark.text} for mark in session.run.all_marks()]
    return {"ev": "changed", "run": session.shown, "marks": said}


def diverged(session: Session) -> None:
    """Says once where the numbers ran away."""
    run = session.run
    if run.broken is None or run.told_broken or session.step != run.last:
        return
    run.told_broken = True
    event = {
        "ev": "diverged", "run": session.shown, "step": run.last, "cell": run.broken.cell,
        "iteration": run.broken.iteration, "said": remedies.said(run),
        "remedies": remedies.of(run),
    }  # fmt: skip
    for client in session.clients.values():
        client.say(event)
