// Prints the values of the `${NAME}`s and `${NAME:-default}`s in a servers file, taken from the environment, as one
// JSON object: what the variable `secrets` holds. A name that has no value is left out. `node secrets-in.mjs FILE`.
import { readFileSync } from "node:fs";

const text = readFileSync(process.argv[2], "utf8");
const names = [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}]*)?\}/g)].map(([, name]) => name);
const known = names.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]);
console.log(JSON.stringify(Object.fromEntries(known)));
