/* Included before every file of QuickJS when it is compiled for WebAssembly: what it does is counted as compute.
 * The interpreter asks whether to go on at loops and calls only, and any amount of work may lie between two of them.
 * crates/javascript/src/engine/work.rs holds the count, and says what else is counted. bounds.sed puts into QuickJS
 * what is defined here. */
#ifndef BOBBIN_COUNTED_WORK
#define BOBBIN_COUNTED_WORK

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Volatile, since the compiler inserts calls that count after it has decided what to keep in registers. */
extern volatile unsigned long long bobbin_work;

/* The work at which to ask whether to go on. */
extern volatile unsigned long long bobbin_ask_at;

/* Whether so much work may still be done. If not, all that was left is used up. */
extern bool bobbin_affords(unsigned long long units);

/* Opcodes are dispatched by a switch; each counts one. */
#define switch(...) switch (bobbin_work++, __VA_ARGS__)

/* Bits of the longest BigInt, and what dividing one of so many words counts besides. */
#define BOBBIN_BIGINT_BITS 131072
#define BOBBIN_COUNT_DIVISIONS(words) (void)(bobbin_work += 3ull * (words))

/* One link of a chain of objects, each of which may be anywhere in memory. */
#define BOBBIN_COUNT_LINK (void)(bobbin_work += 12)

/* Asks whether to go on, after much work (about three milliseconds), or when none is left. */
#define BOBBIN_MUCH_WORK (bobbin_work >= bobbin_ask_at)
#define BOBBIN_ASK_ELSE(ctx, interrupted)                                                                              \
    do {                                                                                                               \
        if (BOBBIN_MUCH_WORK && __js_poll_interrupts(ctx)) {                                                           \
            interrupted;                                                                                               \
        }                                                                                                              \
    } while (0)
#define BOBBIN_ASK(ctx, interrupted) BOBBIN_ASK_ELSE(ctx, return interrupted)
#define BOBBIN_ASK_REGEXP(s)                                                                                           \
    do {                                                                                                               \
        if (BOBBIN_MUCH_WORK && lre_check_timeout(s->opaque))                                                          \
            return re_parse_error(s, "interrupted");                                                                   \
    } while (0)

/* Whether there is work left, for what cannot ask and throws away what it has done. */
#define BOBBIN_MAY_GO_ON bobbin_affords(1)

/* Asks before what takes so much work and cannot be stopped. */
#define BOBBIN_ASK_FOR(ctx, units, interrupted)                                                                        \
    do {                                                                                                               \
        if (!bobbin_affords(units) && __js_poll_interrupts(ctx)) {                                                     \
            interrupted;                                                                                               \
        }                                                                                                              \
    } while (0)

/* What sorting takes: 5 units for each comparison, of which many elements of few bits need less. */
#define BOBBIN_SORTING(length, bytes)                                                                                  \
    (5ull * (length) * (32 - __builtin_clz((length) | 1) < 8 * (bytes) ? 32 - __builtin_clz((length) | 1) : 8 * (bytes)))

/* What putting characters into a normal form takes. */
#define BOBBIN_NORMALIZING(length) (160ull * (length))

/* Sorts every run of characters that combine by their class, in place of QuickJS's insertion sort. A stable merge
 * without a buffer: O(n log² n). */
typedef int bobbin_class_of(uint32_t character);

static inline void bobbin_reverse(int *all, int from, int to) {
    while (from < --to) {
        int character = all[from];
        all[from++] = all[to];
        all[to] = character;
    }
}

static inline void bobbin_merge(int *all, int from, int middle, int to, bobbin_class_of *class_of) {
    while (from < middle && middle < to && class_of(all[middle]) < class_of(all[middle - 1])) {
        if (to - from == 2) {
            bobbin_reverse(all, from, to);
            return;
        }
        int left, right, low, high;
        if (middle - from >= to - middle) {
            left = from + (middle - from) / 2;
            for (low = middle, high = to; low < high;) {
                right = low + (high - low) / 2;
                if (class_of(all[right]) < class_of(all[left]))
                    low = right + 1;
                else
                    high = right;
            }
            right = low;
        } else {
            right = middle + (to - middle) / 2;
            for (low = from, high = middle; low < high;) {
                left = low + (high - low) / 2;
                if (class_of(all[right]) < class_of(all[left]))
                    high = left;
                else
                    low = left + 1;
            }
            left = low;
        }
        bobbin_reverse(all, left, middle);
        bobbin_reverse(all, middle, right);
        bobbin_reverse(all, left, right);
        middle = left + (right - middle);
        bobbin_merge(all, from, left, middle, class_of);
        from = middle;
        middle = right;
    }
}

static inline void bobbin_sort_runs(int *all, int length, bobbin_class_of *class_of) {
    for (int start = 0, end; start < length; start = end + 1) {
        for (end = start; end < length && class_of(all[end]) != 0;)
            end++;
        for (int half = 1; half < end - start; half *= 2) {
            for (int from = start; from < end - half && BOBBIN_MAY_GO_ON; from += 2 * half)
                bobbin_merge(all, from, from + half, end - from < 2 * half ? end : from + 2 * half, class_of);
        }
    }
}

#define BOBBIN_SORT_RUNS(all, length) bobbin_sort_runs(all, length, unicode_get_cc)

#endif
