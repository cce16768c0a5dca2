// ends: memory runtime compute
return new Array(2 ** 26).join('xxxxxxxx').length;
