// Prints the values of the `${NAME}`s in a servers file, taken from the environment, as one JSON object:
// what the variable `secrets` holds. `node secrets-in.mjs FILE`.
import { readFileSync } from "node:fs";

const file = process.argv[2];
const secrets = {};
for (const [, name] of readFileSync(file, "utf8").matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
  if (process.env[name] === undefined) {
    console.error(`up: ${file} names \${${name}}, which is not in the environment`);
    process.exit(1);
  }
  secrets[name] = process.env[name];
}
console.log(JSON.stringify(secrets));
