// ends: value compute
console.log({ get a() { for (;;); } });
return 1;
