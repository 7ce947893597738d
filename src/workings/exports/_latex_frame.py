"""What every exported LaTeX document has: its beginning, what its signs mean, and its end."""

from __future__ import annotations

BEGINNING = r"""\documentclass[a4paper]{article}
\usepackage{amsmath}
\setcounter{MaxMatrixCols}{20}
\setlength{\textwidth}{170mm}
\setlength{\oddsidemargin}{-5mm}
\setlength{\textheight}{250mm}
\setlength{\topmargin}{-20mm}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\setlength{\arraycolsep}{3pt}
\setlength{\lineskip}{3pt}
\setlength{\lineskiplimit}{2pt}
\setlength{\emergencystretch}{3em}
\relpenalty=50
\binoppenalty=100
\newcommand{\working}[1]{\par\hangindent=2em\hangafter=1 $\displaystyle #1$\par\nopagebreak}
\newcommand{\given}[2]{\par{\small $\displaystyle #1$\quad #2\par}}
\newcommand{\numbers}[2]{\par{\small\hangindent=4em\hangafter=1\hspace*{2em}$\displaystyle #1$\quad
#2\par}}
\newcommand{\why}[1]{\par{\small\itshape #1\par}\nopagebreak}
\begin{document}
\raggedright"""

ITERATION = """\
The first iteration of the training, on {rows}, from its start values: forward, the error, the
way back, and the update."""

PREDICTION = """\
The prediction of the first row, with the trained weights."""

SIGNS = r"""$A\,B$ is the product of two matrices. $A \odot B$ is taken cell by cell, and so are
fractions, powers and functions. $\mathbf{1}$ is a column of ones, as long as needed:
$\mathbf{1}\,b$ copies the row $b$ to every row, $\mathbf{1}^{\top} A$ adds up each column.
$\left[a > b\right]$ is 1 where it holds and 0 elsewhere. \(\cdots\) stand for what is left out."""

END = r"""\bigskip
\hrule
\medskip
{\small All numbers were computed by the engine with every digit it has, and rounded only here, for
print: to 4 decimals, large numbers to 4 digits. What is worked out by hand from the rounded numbers
can differ in the last decimal.\par}
\end{document}
"""
