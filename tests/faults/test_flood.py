"""Bad clients cannot slow a good one: a true `workings play`, and every kind of bad client at once.

Nothing is timed here; `make flood` does that, for a minute, with two hundred connections.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from faults.flooding import KINDS
from faults.guests import fetching, settled, stepping
from faults.playing import ENVIRONMENT, playing

SECONDS, STEPS, FETCHERS = 4, 30, 6
GROWS = 60.0  # MB: what is cached once of pictures, files and spaces, and what waited to be read


@pytest.mark.fault("T11")
def test_good_clients_are_answered_rightly_while_bad_ones_do_all_they_can(tmp_path: Path) -> None:
    with playing(tmp_path) as played:
        with stepping(played) as quiet:
            alone = quiet.steps(least=STEPS)
        assert settled(played, 0, 0.5) >= 0  # the pages are gone
        before = played.taken()
        with stepping(played) as good, fetching(played, FETCHERS, 0.3) as fetched:
            command = [sys.executable, "-m", "faults.flooding", str(played.port), played.token,
                       str(len(KINDS)), str(SECONDS)]  # fmt: skip
            with subprocess.Popen(  # noqa: S603
                command, stdout=subprocess.PIPE, env=ENVIRONMENT
            ) as bad:
                time.sleep(0.5)
                found = good.steps(least=STEPS, seconds=SECONDS)
                told = json.loads(bad.communicate(timeout=120)[0])
        assert bad.returncode == 0
        assert found.losses[:STEPS] == alone.losses[:STEPS]
        assert fetched.wrong == []
        assert fetched.right > FETCHERS
        for kind, answers in told.items():
            assert set(answers) <= KINDS[kind][1], (kind, answers)
        assert set(told) == set(KINDS)
        settled(played, before.files)
        after = played.taken()
        assert after.files <= before.files
        assert after.threads <= before.threads
        assert after.memory <= before.memory + GROWS
        with stepping(played) as again:
            assert again.steps(least=STEPS).losses[:STEPS] == alone.losses[:STEPS]
        assert played.said == ""
