"""How a program or a trace is shown: one file each, found by its name.

    sheet        the neutral layout: stages, matrices and cells, for no medium in particular
    table        a sheet as text for a terminal
    html         a sheet as HTML, and a whole page
    wrapping     words and formulas on lines that are not too long
    drawing      a network as a picture (SVG)
    network_plan where the units of a network stand in a drawing
    plots        curves and maps, drawn with matplotlib

A view computes nothing that was not computed before: it only lays out.
"""
