// ends: unsettled
await new Promise(() => {});
