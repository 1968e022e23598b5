"""Run a TensorFlow Lite network: through OpenVINO, or through LiteRT where OpenVINO is absent."""

from __future__ import annotations

import contextlib
import os
import sys
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from medius.errors import MissingPartError

__all__ = ["Network", "open_network", "prepare_network"]

Arrays = tuple[NDArray[np.float32], ...]
_BEING_MADE: dict[Path, Lock] = {}


class Network(Protocol):
    """A network whose calls can overlap: `start` some, `finish` them in the same order."""

    engine: str

    def start(self, image: NDArray[np.float32]) -> None:
        """Begin to work on an image of shape (1, height, width, 3)."""
        ...

    def finish(self) -> Arrays:
        """Wait for the oldest begun image and return its outputs, which hold until the next `start`."""
        ...


def open_network(path: Path, outputs: Sequence[str], *, engine: str = "auto", in_flight: int = 2) -> Network:
    """Open the network at `path`.

    Parameters
    ----------
    path
        A ``.tflite`` file.
    outputs
        Names of the outputs wanted; what only the others need is not computed.
    engine
        ``openvino``, ``litert`` or ``auto`` (the first that is installed).
    in_flight
        How many images may be begun before the first is finished.
    """
    if engine in ("auto", "openvino"):
        try:
            return _OpenVinoNetwork(path, outputs, in_flight)
        except ImportError:
            if engine == "openvino":
                raise MissingPartError("OpenVINO is not installed. Run `pip install openvino`.") from None
    try:
        return _LiteRtNetwork(path, outputs)
    except ImportError:
        raise MissingPartError(
            "No engine for the pose networks is installed. Run `pip install openvino`, or `pip install 'medius[litert]'`."
        ) from None


def prepare_network(path: Path, outputs: Sequence[str], *, engine: str = "auto", in_flight: int = 2) -> None:
    """Do the slow part of `open_network` beforehand; what is wrong is left to be told by `open_network`."""
    if engine in ("auto", "openvino"):
        with contextlib.suppress(ImportError):
            _compiled(path, tuple(outputs), in_flight)


class _OpenVinoNetwork:
    engine = "openvino"

    def __init__(self, path: Path, outputs: Sequence[str], in_flight: int) -> None:
        compiled = _compiled(path, tuple(outputs), in_flight)
        self._idle = deque(compiled.create_infer_request() for _ in range(in_flight))
        self._busy: deque[Any] = deque()
        self._n_outputs = len(compiled.outputs)

    def start(self, image: NDArray[np.float32]) -> None:
        request = self._idle.popleft()
        request.start_async({0: image}, share_inputs=False)
        self._busy.append(request)

    def finish(self) -> Arrays:
        request = self._busy.popleft()
        request.wait()
        result = tuple(request.get_output_tensor(i).data for i in range(self._n_outputs))
        self._idle.append(request)
        return result


def _compiled(path: Path, outputs: tuple[str, ...], in_flight: int) -> Any:
    """Return the network, made once for all clips: making it takes as long as running it on thirty frames."""
    with _BEING_MADE.setdefault(path, Lock()):  # who asks for it meanwhile waits
        return _compile(path, outputs, in_flight)


@lru_cache(maxsize=3)
def _compile(path: Path, outputs: tuple[str, ...], in_flight: int) -> Any:
    ov = _import_openvino()

    core = ov.Core()
    whole = core.read_model(str(path))
    heads = [output for output in whole.outputs if output.get_any_name() in outputs]
    heads.sort(key=lambda output: outputs.index(output.get_any_name()))
    # Cutting the other heads off lets the engine drop everything that only they need.
    model = ov.Model([head.node.input_value(0) for head in heads], whole.get_parameters(), path.stem)
    return core.compile_model(
        model,
        "CPU",
        {
            "NUM_STREAMS": str(in_flight),
            "INFERENCE_NUM_THREADS": max(in_flight, os.cpu_count() or 1),
            "INFERENCE_PRECISION_HINT": "f32",
        },
    )


def _import_openvino() -> Any:
    """Import OpenVINO without its telemetry.

    Importing ``openvino`` imports ``openvino_telemetry``, writes an identifier into the home folder and reports the use to
    Google Analytics. Where that package is absent OpenVINO does neither, so it is made absent.
    """
    modules: dict[str, Any] = sys.modules
    modules.setdefault("openvino_telemetry", None)
    import openvino

    return openvino


class _LiteRtNetwork:
    engine = "litert"

    def __init__(self, path: Path, outputs: Sequence[str]) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=str(path), num_threads=os.cpu_count() or 1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        by_name = {detail["name"]: detail["index"] for detail in self._interpreter.get_output_details()}
        self._outputs = [by_name[name] for name in outputs]
        self._done: deque[Arrays] = deque()

    def start(self, image: NDArray[np.float32]) -> None:
        self._interpreter.set_tensor(self._input, image)
        self._interpreter.invoke()
        self._done.append(tuple(np.array(self._interpreter.get_tensor(index)) for index in self._outputs))

    def finish(self) -> Arrays:
        return self._done.popleft()
