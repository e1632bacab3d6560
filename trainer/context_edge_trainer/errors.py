"""The errors that a person can act on; everything else is a defect and keeps its traceback."""


class TrainerError(Exception):
    """What is wrong with the input or the configuration, with the numbers in it. Ends the command with status 2."""


class GateError(TrainerError):
    """Gates that stand in the way of a release, with value and bound. Ends the command with status 3."""


class TakenError(TrainerError):
    """Somebody else was first with what only one shall do. Ends the command with status 4."""
