// ends: stack compute memory
return JSON.stringify({}, () => ({ a: {} }));
