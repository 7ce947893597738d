"""JAX: `jit` over a whole training, with the loop over batches inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from workings.benchmarking.contestants import Contestant, Predictor, Trained, Trainer
from workings.benchmarking.task import Array, Task

FORGETS = ((0.9, 0.1), (0.999, 0.001))  # of Adam's mean and squares: what stays, what is new


class Jax(Contestant):
    """Gradients by `grad`; a last, smaller batch is filled up with rows that do not count."""

    title = "JAX"
    needs = ("jax",)
    keeps = ("JAX_COMPILATION_CACHE_DIR",)
    usually = False
    told = {  # noqa: RUF012 - read alone
        "JAX_PLATFORMS": "cpu", "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }  # fmt: skip

    def load(self) -> None:
        """JAX, and the platform it runs on."""
        import jax.numpy

        jax.devices()

    def trainer(self, task: Task) -> Trainer:
        """One call for all iterations, whose number is not known when it is compiled."""
        jax, jnp = friends(task)
        whole, many = task.is_whole, len(task.batches)
        rows = np.zeros((many, task.how.batch), np.int32)
        for turn, batch in enumerate(task.batches):
            rows[turn, : len(batch)] = batch
        counts = np.array([len(batch) for batch in task.batches], task.X.dtype)
        given = tuple(map(jnp.asarray, (task.X, task.y, rows, counts)))
        slope, move = jax.grad(loss(task, jax, jnp)), OPTIMIZERS[task.how.optimizer]

        def iteration(turn: Any, carried: Any, given: Any) -> Any:
            X, y, rows, counts = given
            if not whole:
                X, y = X[rows[turn % many]], y[rows[turn % many]]
            params, memory = carried
            owed = slope(params, X, y, counts[turn % many])
            return move(jax, jnp, (params, memory, owed), task.how.rate, turn + 1)

        def trained(params: Any, given: Any, iterations: Any) -> Any:
            empty = jax.tree.map(jnp.zeros_like, (params, params))
            each = lambda turn, carried: iteration(turn, carried, given)  # noqa: E731
            return jax.lax.fori_loop(0, iterations, each, (params, empty))[0]

        whole_run = jax.jit(trained)
        start = [(jnp.asarray(w), jnp.asarray(b)) for w, b in task.weights]

        def run(iterations: int) -> Trained:
            found = jax.block_until_ready(whole_run(start, given, iterations))
            return lambda: [(np.asarray(w), np.asarray(b)) for w, b in found]

        return run

    def predictor(self, task: Task) -> Predictor:
        """NumPy in, NumPy out."""
        jax, jnp = friends(task)
        params = [(jnp.asarray(w), jnp.asarray(b)) for w, b in task.weights]
        last = activations(jax, jnp)[task.how.output]
        forward = jax.jit(lambda params, X: last(sums(task, jax, jnp, params, X)))
        return lambda X: np.asarray(forward(params, X))


def friends(task: Task) -> tuple[Any, Any]:
    """JAX and its NumPy, as precise as the task is."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", task.X.dtype == np.float64)
    return jax, jnp


def activations(jax: Any, jnp: Any) -> dict[str, Callable[..., Any]]:
    """The activations by our names."""
    return {
        "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu,
        "softmax": jax.nn.softmax, "identity": lambda z: z,
    }  # fmt: skip


def sums(task: Task, jax: Any, jnp: Any, params: Any, X: Array) -> Any:
    """What the output layer's activation is given."""
    bend = activations(jax, jnp)[task.how.hidden]
    for place, (w, b) in enumerate(params):
        X = X @ w + b
        X = bend(X) if place < len(params) - 1 else X
    return X


def loss(task: Task, jax: Any, jnp: Any) -> Callable[..., Any]:
    """The loss of the rows that count."""
    last = activations(jax, jnp)[task.how.output]
    each: Any = {
        "half_squared_error": lambda z, y: 0.5 * (last(z) - y) ** 2,
        "binary_cross_entropy": lambda z, y: jnp.logaddexp(0.0, z) - z * y,
        "categorical_cross_entropy": lambda z, y: -jax.nn.log_softmax(z) * y,
    }[task.how.loss]
    uneven = len({len(batch) for batch in task.batches}) > 1

    def total(params: Any, X: Any, y: Any, count: Any) -> Any:
        found = each(sums(task, jax, jnp, params, X), y)
        if uneven:
            found = jnp.where(jnp.arange(len(X))[:, None] < count, found, 0.0)
        return found.sum() / (count if task.how.reduction == "mean" else 1.0)

    return total


def _sgd(jax: Any, jnp: Any, values: Any, rate: float, count: Any) -> Any:
    params, memory, owed = values
    return jax.tree.map(lambda x, g: x - rate * g, params, owed), memory


def _adam(jax: Any, jnp: Any, values: Any, rate: float, count: Any) -> Any:
    params, memory, owed = values
    powers = (lambda g: g, lambda g: g * g)
    mean, squares = (
        jax.tree.map(lambda m, g, s=stays, n=new, p=power: s * m + n * p(g), one, owed)
        for one, (stays, new), power in zip(memory, FORGETS, powers, strict=True)
    )
    turn = count.astype(owed[0][0].dtype)
    ahead, root = (1 / (1 - stays**turn) for stays, _ in FORGETS)

    def moved(x: Any, m: Any, v: Any) -> Any:
        return x - rate * (m * ahead) / (jnp.sqrt(v * root) + 1e-8)

    return jax.tree.map(moved, params, mean, squares), (mean, squares)


OPTIMIZERS = {"sgd": _sgd, "adam": _adam}

CONTESTANT = Jax()
