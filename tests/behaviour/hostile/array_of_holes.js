// ends: value memory runtime compute result
const a = [];
a[4294967294] = 1;
return a.length;
