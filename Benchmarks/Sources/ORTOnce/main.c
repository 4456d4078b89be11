// The memory of ONNX Runtime in a process of C alone: usage ORTOnce LIBRARY MODEL, an MLP of 784 inputs and 10 outputs.
// Runs it a hundred times and prints the greatest memory of the process in KB.
#include <stdio.h>

#include "CBench.h"
#include "CProcess.h"

int main(int count, char **arguments) {
    static float input[784], output[10];
    const int64_t input_shape[] = {1, 784}, output_shape[] = {1, 10};
    struct ort_session *session = count == 3 ? ort_open(arguments[1], arguments[2], 1) : NULL;
    if (!session || ort_bind(session, input, input_shape, 2, output, output_shape, 2)) return 1;
    for (int i = 0; i < 100; i++) {
        if (ort_run(session)) return 1;
    }
    printf("%ld\n", peak_kilobytes());
    return 0;
}
