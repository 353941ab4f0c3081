/** Rounds: one variant after the other, again and again, so that whatever else the machine does meets all of them. */

/** The figures of each variant, one entry a round. */
export async function runRounds({ name, variants, measure }, rounds, setting) {
  const runs = Object.fromEntries(variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const variant of variants) {
      runs[variant].push(await measure(`${name}/${variant}`, setting));
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return runs;
}

/** What each variant did for one request, where the scenario can tell. */
export async function describeAll({ name, variants, describe }, setting) {
  const works = {};
  for (const variant of describe ? variants : []) works[variant] = await describe(`${name}/${variant}`, setting);
  return works;
}
