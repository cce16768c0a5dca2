// ends: stack compute memory result runtime
const nest = () => ({ nest: { toJSON: nest } });
return { toJSON: nest };
