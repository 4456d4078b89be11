// What the benchmark needs beside Swift: ONNX Runtime through its C API, and the processor's peak.

#ifndef CBENCH_H
#define CBENCH_H

#include <stddef.h>
#include <stdint.h>

/// A session of ONNX Runtime.
struct ort_session;

/// Opens the library and makes its environment, once. 0 when it worked, else with a message on standard error.
int ort_prepare(const char *library);

/// Opens a model of one input and one output, both float32.
///
/// - library: libonnxruntime.so of the wheel.
/// - Returns: NULL with a message on standard error.
struct ort_session *ort_open(const char *library, const char *model, int threads);

/// Makes input and output tensors over the caller's memory. 0 when it worked.
int ort_bind(
    struct ort_session *session, float *input, const int64_t *input_shape, size_t input_rank, float *output,
    const int64_t *output_shape, size_t output_rank);

/// Runs the model once. 0 when it worked.
int ort_run(struct ort_session *session);

void ort_close(struct ort_session *session);

/// Floating-point operations of `rounds` rounds of independent fused multiply-adds with the widest vectors.
double peak_operations(size_t rounds, volatile float *sink);

#endif
