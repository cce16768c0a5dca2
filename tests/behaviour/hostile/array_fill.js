// ends: memory runtime compute
return new Array(2 ** 28).fill(0).length;
