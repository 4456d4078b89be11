// ONNX Runtime by its function table. The wheel has no header; the places of functions in the table are part of ONNX
// Runtime's stable interface, which only ever grows at the end.

#include "CBench.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/// The version of the interface that is asked for: every later library has it.
enum { API_VERSION = 14 };

enum {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION = 7,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    SET_GRAPH_OPTIMIZATION_LEVEL = 23,
    SET_INTRA_OP_NUM_THREADS = 24,
    SET_INTER_OP_NUM_THREADS = 25,
    SESSION_GET_INPUT_NAME = 36,
    SESSION_GET_OUTPUT_NAME = 37,
    CREATE_TENSOR_WITH_DATA = 49,
    CREATE_CPU_MEMORY_INFO = 69,
    GET_ALLOCATOR_WITH_DEFAULT_OPTIONS = 78,
};

struct api_base {
    const void *const *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

struct ort_session {
    const void *const *api;
    void *session, *memory, *input, *output;
    char *input_name, *output_name;
};

static int check(const void *const *api, void *status) {
    if (!status) return 0;
    const char *(*message)(void *) = (const char *(*)(void *))api[GET_ERROR_MESSAGE];
    fprintf(stderr, "onnxruntime: %s\n", message(status));
    return 1;
}

/// The library's function table and its environment, made once.
static const void *const *table;
static void *env;

int ort_prepare(const char *library) {
    if (env) return 0;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    const struct api_base *(*get_base)(void) = handle ? (const struct api_base *(*)(void))dlsym(handle, "OrtGetApiBase") : NULL;
    table = get_base ? get_base()->get_api(API_VERSION) : NULL;
    if (!table) {
        fprintf(stderr, "onnxruntime: cannot load %s\n", library);
        return 1;
    }
    return check(table, ((void *(*)(int, const char *, void **))table[CREATE_ENV])(3, "bench", &env));
}

struct ort_session *ort_open(const char *library, const char *model, int threads) {
    if (ort_prepare(library)) return NULL;
    const void *const *api = table;
    struct ort_session *s = calloc(1, sizeof *s);
    s->api = api;
    void *options, *allocator;
    int bad = 0;
    bad = bad || check(api, ((void *(*)(void **))api[CREATE_SESSION_OPTIONS])(&options));
    bad = bad || check(api, ((void *(*)(void *, int))api[SET_INTRA_OP_NUM_THREADS])(options, threads));
    bad = bad || check(api, ((void *(*)(void *, int))api[SET_INTER_OP_NUM_THREADS])(options, 1));
    bad = bad || check(api, ((void *(*)(void *, int))api[SET_GRAPH_OPTIMIZATION_LEVEL])(options, 99));
    bad = bad || check(api, ((void *(*)(void *, const char *, void *, void **))api[CREATE_SESSION])(env, model, options, &s->session));
    bad = bad || check(api, ((void *(*)(void **))api[GET_ALLOCATOR_WITH_DEFAULT_OPTIONS])(&allocator));
    bad = bad || check(api, ((void *(*)(void *, size_t, void *, char **))api[SESSION_GET_INPUT_NAME])(s->session, 0, allocator, &s->input_name));
    bad = bad || check(api, ((void *(*)(void *, size_t, void *, char **))api[SESSION_GET_OUTPUT_NAME])(s->session, 0, allocator, &s->output_name));
    bad = bad || check(api, ((void *(*)(int, int, void **))api[CREATE_CPU_MEMORY_INFO])(0, 0, &s->memory));
    if (!bad) return s;
    free(s);
    return NULL;
}

static int tensor(
    struct ort_session *s, float *data, const int64_t *shape, size_t rank, void **value) {
    size_t count = 1;
    for (size_t i = 0; i < rank; i++) count *= (size_t)shape[i];
    return check(
        s->api,
        ((void *(*)(void *, void *, size_t, const int64_t *, size_t, int, void **))s->api[CREATE_TENSOR_WITH_DATA])(
            s->memory, data, count * sizeof(float), shape, rank, 1, value));
}

int ort_bind(
    struct ort_session *s, float *input, const int64_t *input_shape, size_t input_rank, float *output,
    const int64_t *output_shape, size_t output_rank) {
    return tensor(s, input, input_shape, input_rank, &s->input)
        || tensor(s, output, output_shape, output_rank, &s->output);
}

int ort_run(struct ort_session *s) {
    void *(*run)(
        void *, void *, const char *const *, void *const *, size_t, const char *const *, size_t, void **) =
        (void *(*)(void *, void *, const char *const *, void *const *, size_t, const char *const *, size_t, void **))
            s->api[RUN];
    const char *const inputs[] = {s->input_name}, *const outputs[] = {s->output_name};
    return check(s->api, run(s->session, NULL, inputs, &s->input, 1, outputs, 1, &s->output));
}

// Named sessions live as long as the process, but when loading is timed: then the session alone is released.
void ort_close(struct ort_session *s) {
    enum { RELEASE_SESSION = 95 };
    ((void (*)(void *))s->api[RELEASE_SESSION])(s->session);
    free(s);
}
