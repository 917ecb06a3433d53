"""What is compared: strategies, the grid, seeds, and the flags of the runs. All of it stands here.

A grid run is given every setting that decides its quality, so that its cells stay right when thaw's
defaults change. A default run is given the data, the model, the strategies and a seed.
"""

STRATEGIES = ("probe", "last-1", "last-3", "full", "bitfit")

# Four peaks of the learning rate a strategy, cheapest training first. They are about three times
# apart and reach beyond what is common in both directions for an encoder of MiniLM's width.
LEARNING_RATES = {
    "probe": (1e-3, 3e-3, 1e-2, 3e-2),
    "last-1": (5e-5, 1.5e-4, 5e-4, 1.5e-3),
    "last-3": (3e-5, 1e-4, 3e-4, 1e-3),
    "full": (2e-5, 5e-5, 1.5e-4, 5e-4),
    "bitfit": (2e-4, 6e-4, 2e-3, 6e-3),
}

# Given to every run of the grid. Those that thaw has no flag for (yet) are left out, and a cell
# remembers which it had.
GIVEN = {
    "effort": "quick",
    "batch_size": "16",
    "weight_decay": "0.01",
    "warmup_ratio": "0.06",
    "max_grad_norm": "1",
    "label_smoothing": "0",
    "class_weights": "none",
    "layer_decay": "1",
    "patience": "0",
    "frozen_dropout": "false",
    # As the defaults: by the plain loss the grid would be weaker, and nothing would be learnt from it.
    "best_epoch": "calibrated_loss",
}
# The same of a strategy's own, in place of the above; "encoder" is all that train a part of it.
GIVEN_TO = {
    "probe": {"solver": "adamw"},
    # The head then has the encoder's rate. 1e-3 of its own changed macro-F1 by less than half a point.
    "encoder": {"head_start": "probe"},
}

# One training of each strategy, against which the time of the defaults is measured.
ONE_RUN = {"effort": "quick"}

SMALL = 500  # training rows up to which a task is small
FIRST_SEED = 1


def seeds(train_rows: int) -> tuple[int, ...]:
    return tuple(range(FIRST_SEED, FIRST_SEED + (3 if train_rows <= SMALL else 2)))


def epoch_counts(strategy: str, train_rows: int) -> tuple[int, int]:
    """Few rows make few steps an epoch, so small tasks are given more of them."""
    if strategy == "probe":
        return (20, 80) if train_rows <= SMALL else (10, 40)
    if train_rows <= 100:
        return (10, 30)
    return (4, 12) if train_rows <= SMALL else (3, 8)


def grid(strategy: str, train_rows: int) -> list[tuple[float, int]]:
    """The learning rates and epochs of a strategy; the strategies' grids are equally long."""
    return [
        (rate, epochs)
        for epochs in epoch_counts(strategy, train_rows)
        for rate in LEARNING_RATES[strategy]
    ]


def given(strategy: str, known: set[str]) -> dict[str, str]:
    """What a grid run is given for `strategy` beside its learning rate and epochs."""
    own = GIVEN_TO.get(strategy, {} if strategy == "probe" else GIVEN_TO["encoder"])
    return {key: value for key, value in {**GIVEN, **own}.items() if key in known}
