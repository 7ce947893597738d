"""What all tests share: hypothesis tries the same cases on every machine, every time."""

from __future__ import annotations

from hypothesis import settings

# no database and no clock: a case that fails here fails everywhere, on slow machines as well
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
