// ends: compute
for (;;) await null;
