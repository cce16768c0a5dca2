// ends: compute
outer: do {
    inner: for (;;) {
        continue outer;
    }
} while (true);
