"""A server of one model over HTTP by ONNX Runtime, and a client that checks its answers against `pith run`."""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request

import numpy as np
import onnxruntime

PITH, MODEL, ONNX = sys.argv[1:4]


class Handler(http.server.BaseHTTPRequestHandler):
    """The inference call of the Open Inference Protocol that Triton and KServe speak, for one input and output."""

    session = onnxruntime.InferenceSession(ONNX, providers=["CPUExecutionProvider"])

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        given = request["inputs"][0]
        array = np.array(given["data"], np.float32).reshape(given["shape"])
        result = self.session.run(None, {given["name"]: array})[0]
        output = {"name": self.session.get_outputs()[0].name, "datatype": "FP32", "shape": list(result.shape),
                  "data": result.ravel().tolist()}
        body = json.dumps({"model_name": "digits", "outputs": [output]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d/v2/models/digits/infer" % server.server_port
    pixels = np.random.default_rng(1).random((16, 784), np.float32)
    name = Handler.session.get_inputs()[0].name
    request = {"inputs": [{"name": name, "datatype": "FP32", "shape": list(pixels.shape),
                           "data": pixels.ravel().tolist()}]}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(request).encode())) as response:
        answer = json.load(response)["outputs"][0]
    served = np.array(answer["data"], np.float32).reshape(answer["shape"])
    with tempfile.TemporaryDirectory() as folder:
        np.save(os.path.join(folder, "x.npy"), pixels)
        subprocess.run([PITH, "run", MODEL, "--input", os.path.join(folder, "x.npy"), "--out", folder], check=True,
                       stdout=subprocess.DEVNULL)
        ours = np.load(os.path.join(folder, answer["name"] + ".npy"))
    difference = np.abs(served - ours).max()
    assert difference < 1e-5 and (served.argmax(-1) == ours.argmax(-1)).all(), difference
    print("ONNX Runtime %s answered a request of 16 pictures at %s; greatest difference from Pith %.1e"
          % (onnxruntime.__version__, url, difference))
    server.shutdown()


main()
