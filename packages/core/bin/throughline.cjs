#!/usr/bin/env node
require('../dist/cjs/cli/main.js').main(process.argv.slice(2));
