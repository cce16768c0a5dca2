/* Counts what the interpreter of QuickJS does between two questions whether to go on: it asks at loops and
 * calls only, and a loop's body may be long. Each opcode is dispatched by a goto, so gotos are counted
 * (crates/javascript/src/engine/native_work.rs reads the count). */
#ifndef BOBBIN_COUNT_OPCODES
#define BOBBIN_COUNT_OPCODES
extern unsigned int bobbin_opcodes;
#define goto if (bobbin_opcodes++, 0) {} else goto
#endif
