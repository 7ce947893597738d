"""THE PLAYGROUND: a page of this machine's own, computed by the real engine.

server.py       the way in: packaged files, one websocket · guards.py  who may come in
lines.py        connections, and how patient we are · talks.py  what a page says, and its turns
protocol.py     messages and frames, as `docs/playground-protocol.md` says · clients.py  one page
session.py      what is open, and where it is · working.py  the one thread that computes
operations.py   what may be asked, in traveling, changing, intake, reading and outcomes;
                asking.py  the fields of a request
showing.py      what pages are sent, and when · telling.py  events in words

specs.py        the whole of what is built · numbers.py  its numbers and their ranges
presets.py      specs to begin with · fetching.py  tables that another process reads
choices.py      what may be chosen, from the library's tables
building.py     a spec -> network, rows, starting weights
runs.py         one run: any step again, bit for bit · records.py  its losses and changes
batching.py     steps made with the same settings · frames.py  key frames
opening.py      what the command line opens · watching.py  a real training, while it runs
intake.py       tables of one's own · links.py  the whole state as a link

layouts.py      the arrays of one step in windows · tapes.py  how their cells are written
describing.py   parts, arrays and the drawing of a network
why.py          one number, explained · origins.py  where it comes from
pictures.py     maps and points · tables.py  spaces, fits, tables · spreads.py  distributions
predicting.py   a row by hand · comparing.py  runs beside each other
takeaway.py     files to take away · scripts.py  a run as a script · again.py  what such a script
                calls · typesetting.py  one number in LaTeX
widget.py       `workings.widget` · notebook.py  a session in a notebook's cell
bundling.py     the page's files as one, for a cell; what a cell adds is in `cell/`
drawing.py      points drawn by hand · columns.py  what columns hold, how they are scaled
promises.py     what an update does · contours.py  where a picture crosses 0
slipping.py     a step as the article draws it · trying.py  other values for a cell
heats.py        distributions over the steps · formulas.py  a formula in each notation
doctor.py       what the doctor says · following.py  what a remedy changes
remedies.py     what to do when the numbers ran away

The page (`static/`) holds no arithmetic of networks.
"""
