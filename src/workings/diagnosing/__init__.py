"""WHAT IS WRONG WITH A RUN: where, since when, with the numbers that say so, and what to do.

case.py          a training that can be looked at in any iteration, and run again changed
cases.py         where cases come from: a table, arrays, a system, a model
changing.py      settings by their names, and what makes them so
replaying.py     a case that has been run; any iteration again
snapshot.py      what is looked at: one iteration, with what led to it
measures.py      slopes, curvature, and the losses that losses are set beside
disease.py       a row: what it is called, what it tests, and when
units, rates, flows, outputs, curves, tables     the diseases · diseases.py  all of them
thresholds.py    every threshold with its source
finding.py       a finding as plain data · diagnosis.py  all of them, and as text
doctor.py        which iterations are looked at, and since when a finding is made
over.py          runs that are over
trying.py        a remedy tried: before and after
presets.py       a case for each disease · toys.py  the rows of them
"""

from workings.diagnosing.diagnosis import Diagnosis
from workings.diagnosing.doctor import diagnosed, looked_at
from workings.diagnosing.finding import Finding, Remedy, Where

__all__ = ["Diagnosis", "Finding", "Remedy", "Where", "diagnosed", "looked_at"]
