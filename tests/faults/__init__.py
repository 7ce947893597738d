"""What goes wrong outside, and what comes in to do harm: each fault, and what holds against it.

A test says which rows of the list in `rows.py` it holds by a mark that names them:

    @pytest.mark.fault("T4", "bit flip")
    def test_every_changed_byte_is_noticed(...): ...

It may stand in any file of `tests/`: a test that is already somewhere else is marked there and not
written again. `docs/faults.md` is made from the marks: `make faults-page` writes it, and
`test_map.py` fails while it is not what the tests say, while a row has no test, or a mark no row.

Each refusal that is met here goes through `saying.checked(error)`, which holds it to one sentence
that names the thing, the place, what was found and what to do, and keeps it to be read by people.

harness.py     the n-th open, write, fsync or rename fails, stops half-way, or ends the process
hostile.py     ten thousand damaged and hostile model files
fuzz_*.py      the same readers under atheris: `make fuzz`
"""
