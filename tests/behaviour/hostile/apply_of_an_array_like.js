// ends: stack memory runtime compute
return String.fromCharCode.apply(null, { length: 2 ** 31 }).length;
