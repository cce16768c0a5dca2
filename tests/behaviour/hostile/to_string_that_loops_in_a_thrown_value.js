// ends: runtime compute
throw { toString() { for (;;); }, [Symbol.toPrimitive]() { for (;;); } };
