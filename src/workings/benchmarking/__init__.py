"""EVERYBODY SIDE BY SIDE: the same trainings and predictions by `workings` and by others, timed.

problems.py       what is trained and predicted, a row each
task.py           one problem as plain data, as every contestant is given it
networks.py       a task as a network of ours
judging.py        the loss of anybody's weights, the answers to any rows
contestants/      one file each, found by name: ours, others, and what bounds them
worker.py         the process that one contestant runs in
processes.py      such a process, as whoever asks it sees it
rounds.py         one problem: everybody prepared, checked, then timed in turn
cold.py           from the start of a process to a trained network
bench.py          all problems, one after the other
targets.py        what is wanted, a row each, and whether it was met
machine.py        the machine, its memory, the versions
numbers.py        times, sizes and ratios in words; tables as text
results.py        all of it as a page of text; remarks.py: equal losses, who was left out
plots.py          ratios and growth as two pictures
"""
