#include "CPithKernels.h"

/// How many cases there are.
int cross_case_count(void);

const char *cross_case_name(int index);

/// The FNV-1a hash of all bits that a case's kernels give on an instruction set; the same for all.
uint64_t cross_case_hash(int index, int isa);
