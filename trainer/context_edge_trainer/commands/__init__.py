"""One module per command of the command line: its flags, and what it does with them.

Each has `HELP`, `add(parser)` and `run(options, progress)`. What takes seconds to import is imported by `run`: a typing
error should be told at once.
"""
