"""Multi-step forms that end in a review: one file per thing that can be made, over one frame.

`form` says what is asked, `draft` holds what was answered, `saved` keeps it on disk, `fields` and `screen` show it.
"""
