// What libFuzzer offers to a custom mutator; the library itself is linked by `dev/fuzz`.
#include <stddef.h>
#include <stdint.h>

/// Mutates `size` bytes in place as libFuzzer does without a custom mutator, and returns the new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
