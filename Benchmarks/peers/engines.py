"""The runtimes that are compared, each as something with `time(runs)` in seconds and `output()`."""
import time

import numpy as np

from bench import shape_text


class Called:
    """A model behind a Python function."""

    def __init__(self, function):
        self.function = function

    def time(self, runs):
        function = self.function
        begin = time.perf_counter()
        for _ in range(runs):
            function()
        return time.perf_counter() - begin

    def output(self):
        return np.asarray(self.function()).reshape(-1)


def inputs(shape):
    """The floats that PithBench gives every runtime."""
    state, values = 42, np.empty(int(np.prod(shape)), np.float32)
    for index in range(values.size):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values[index] = np.float32(state >> 40) / np.float32(16777216)
    return values.reshape(shape)


def openvino(path, x, threads):
    import openvino as ov

    core = ov.Core()
    model = core.read_model(path)
    model.reshape(list(x.shape))
    compiled = core.compile_model(
        model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1,
                       "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    request.set_input_tensor(ov.Tensor(x, shared_memory=True))

    def run():
        request.infer()
        return request.get_output_tensor().data

    return Called(run)


def litert(directory, name, x, threads):
    import litert as converter
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=converter.convert(directory, name, len(x)), num_threads=threads)
    interpreter.allocate_tensors()
    given = x if x.ndim < 4 else np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], given)
    output = interpreter.get_output_details()[0]["index"]
    interpreter.invoke()
    view = interpreter.tensor(output)

    def run():
        interpreter.invoke()
        return view()

    return Called(run)


def tract(path, x, threads):
    import tract as library

    model = library.onnx().load(path)
    model.set_input_fact(0, f"{shape_text(x.shape)},f32")
    runnable = model.into_model().into_runnable()
    tensor = library.Tensor.from_numpy(x)
    return Called(lambda: runnable.run([tensor])[0].to_numpy())


def numpy_network(directory, name, x):
    """Only networks of dense layers: the others would measure Python."""
    from models import manifest

    _, layers, weights = manifest(f"{directory}/{name}.txt")
    if any(layer[0] not in ("gemm", "relu", "matmul", "softmax") for layer in layers):
        raise ValueError("not of dense layers")
    arrays = {w: np.fromfile(f"{directory}/{name}.{w}.f32", np.float32).reshape(s) for w, s in weights.items()}

    def run():
        value = x
        for kind, *rest in layers:
            if kind == "gemm":
                value = value @ arrays[rest[0]].T + arrays[rest[1]]
            elif kind == "matmul":
                value = value @ arrays[rest[0]]
            elif kind == "softmax":
                value = np.exp(value - value.max(-1, keepdims=True))
                value /= value.sum(-1, keepdims=True)
            else:
                value = np.maximum(value, 0)
        return value

    return Called(run)


def torch_network(directory, name, x, threads):
    import torch
    from models import manifest

    torch.set_num_threads(threads)
    _, layers, weights = manifest(f"{directory}/{name}.txt")
    tensors = {
        w: torch.from_numpy(np.fromfile(f"{directory}/{name}.{w}.f32", np.float32).reshape(s))
        for w, s in weights.items()}
    steps = []
    for kind, *rest in layers:
        if kind in ("gemm", "matmul"):
            weight = tensors[rest[0]] if kind == "gemm" else tensors[rest[0]].T.contiguous()
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=kind == "gemm")
            layer.weight.data = weight
            if kind == "gemm":
                layer.bias.data = tensors[rest[1]]
        elif kind == "conv":
            weight = tensors[rest[0]]
            layer = torch.nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], padding=int(rest[2]))
            layer.weight.data, layer.bias.data = weight, tensors[rest[1]]
        else:
            layer = {"relu": torch.nn.ReLU(), "pool": torch.nn.MaxPool2d(2), "flatten": torch.nn.Flatten(),
                     "softmax": torch.nn.Softmax(-1)}[kind]
        steps.append(layer)
    network = torch.jit.freeze(torch.jit.script(torch.nn.Sequential(*steps).eval()))
    given = torch.from_numpy(x)
    with torch.inference_mode():
        for _ in range(3):
            network(given)

    def run():
        with torch.inference_mode():
            return network(given)

    return Called(run)
