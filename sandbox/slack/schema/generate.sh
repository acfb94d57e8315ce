#!/bin/sh
# Makes slack.json again from the types that Slack publishes. Needs Node and npm; run it in this folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/entry.ts" "$work/"
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-save --no-package-lock \
  @slack/types@3.2.0 @slack/web-api@8.2.0 @slack/bolt@5.1.0 ts-json-schema-generator@2.10.0 typescript@5
cat > tsconfig.json <<'JSON'
{"compilerOptions": {"module": "node16", "moduleResolution": "node16", "target": "es2022", "strict": true,
 "skipLibCheck": true, "esModuleInterop": true}, "files": ["entry.ts"]}
JSON
npx ts-json-schema-generator --path entry.ts --tsconfig tsconfig.json --type '*' --no-type-check --out raw.json
node - raw.json "$here/slack.json" <<'JS'
// Prose is Slack's own and is left out; keys are sorted, so that the next version can be compared with this one.
const { readFileSync, writeFileSync } = require("node:fs");
const [, , from, to] = process.argv;
const PROSE = new Set(["description", "markdownDescription", "$comment", "default", "examples", "deprecated"]);
const inMap = new Set(["properties", "definitions", "patternProperties"]);
const clean = (value, isMap = false) => {
  if (Array.isArray(value)) return value.map((one) => clean(one));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => isMap || !PROSE.has(key));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, clean(one, inMap.has(key) && !isMap)]));
};
const schema = clean(JSON.parse(readFileSync(from, "utf8")));
writeFileSync(to, JSON.stringify(schema, null, 1) + "\n");
JS
echo "wrote $here/slack.json"
