"""PAGES ABOUT RUNS: self-contained HTML that asks for nothing from outside.

pages.py      a training, an evaluation, a curve of sizes
exhibits.py   their parts: confusion, curves, residuals
"""
