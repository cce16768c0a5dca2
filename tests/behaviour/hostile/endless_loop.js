// ends: compute
while (true) {}
