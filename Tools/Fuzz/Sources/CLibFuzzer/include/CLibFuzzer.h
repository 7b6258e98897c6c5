// The entry of libFuzzer for programs that have a `main` of their own, from LLVM's FuzzerInterface.h.
#ifndef CLIBFUZZER_H
#define CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*take)(const uint8_t *bytes, size_t count));

#endif
