"""HOW GOOD A MODEL IS, and how sure that is.

scoring.py     scores, and the baselines beside them
judging.py     intervals, confusion, curves
folds.py       rows dealt into folds; spread, and verdicts on differences
conformal.py   what a prediction can promise
"""
