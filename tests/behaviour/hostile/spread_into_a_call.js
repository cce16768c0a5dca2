// ends: stack memory runtime value compute
return Math.max(...new Array(5000000).fill(1));
