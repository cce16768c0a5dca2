// ends: runtime
return (async () => {}).constructor('return 1')();
