/** Child: one run of one variant in one scenario; its result is one line of JSON, `null` when there is no such variant. */
const [scenario, name, size] = process.argv.slice(2);
const { run } = await import(`./${scenario}.mjs`);
const variant = await import(`./variants/${name}.mjs`);
const result = await run(variant, size === 'smoke');
process.stdout.write(`${JSON.stringify(result ?? null)}\n`, () => process.exit());
