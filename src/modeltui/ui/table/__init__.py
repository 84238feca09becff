"""The live table: 50,000 rows, a thousand changes a second, and only what differs goes over the wire.

Data flows one way, one idea per file:

    order.py     which rows are shown, in which order (pure)
    marks.py     marks and ranges by key (pure)
    cursor.py    the cursor, bound to its key (pure)
    layout.py    which column stands where, how wide (pure)
    painting.py  a row -> a painted line; two lines -> what differs (pure)
    frame.py     the picture last painted, and the way to the next one
    viewport.py  which rows are in sight (pure)
    sparse.py    makes the compositor write only what differs
    cadence.py   when to paint: at once when it is quiet, a few times a second in a storm
    palette.py   component classes -> styles
    bindings.py  the table's keys
    messages.py  what the table tells its screen
    canvas.py    a widget of painted lines: dirty regions, focus
    widget.py    ResourceTable, which ties them together
"""
