/* Included before every file of QuickJS when it is compiled for WebAssembly: what it does is counted as compute.
 * The interpreter asks whether to go on at loops and calls only, and any amount of work may lie between two of them.
 * crates/javascript/src/engine/work.rs holds the count, and says what else is counted. */
#ifndef BOBBIN_COUNTED_WORK
#define BOBBIN_COUNTED_WORK

#include <string.h>

extern unsigned long long bobbin_work;

/* Opcodes are dispatched by a switch; each counts one. */
#define switch(...) switch (bobbin_work++, __VA_ARGS__)

/* Moving memory counts one for every 64 bytes, unless it is a fixed and so a small amount. */
#define BOBBIN_COUNT_BYTES(n) (void)(__builtin_constant_p(n) ? 0u : (bobbin_work += (n) >> 6))

static inline void *bobbin_memset(void *to, int byte, size_t n) {
    BOBBIN_COUNT_BYTES(n);
    return memset(to, byte, n);
}
static inline void *bobbin_memcpy(void *to, const void *from, size_t n) {
    BOBBIN_COUNT_BYTES(n);
    return memcpy(to, from, n);
}
static inline void *bobbin_memmove(void *to, const void *from, size_t n) {
    BOBBIN_COUNT_BYTES(n);
    return memmove(to, from, n);
}
#define memset bobbin_memset
#define memcpy bobbin_memcpy
#define memmove bobbin_memmove

/* Bits of the longest BigInt, and what dividing one of so many words counts besides: scripts/toolchain/clang puts
 * both into QuickJS. */
#define BOBBIN_BIGINT_BITS 131072
#define BOBBIN_COUNT_DIVISIONS(words) (void)(bobbin_work += 3ull * (words))

#endif
