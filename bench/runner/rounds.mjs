/** Rounds: one variant after the other, again and again, so that whatever else the machine does meets all of them. */
import { measureInside } from './inside.mjs';

/** The figures of each variant, one entry a round. */
export async function runRounds(scenario, rounds, setting) {
  const runs = Object.fromEntries(scenario.variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const variant of scenario.variants) {
      runs[variant].push(await measure(scenario, variant, setting));
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return runs;
}

/** Sees that every variant runs, all at once and with few iterations; what it measures is worth nothing. */
export async function runSmoke(scenario, setting) {
  const [first] = scenario.variants;
  await Promise.all([
    ...scenario.variants.map((variant) => measure(scenario, variant, setting)),
    scenario.describe?.(pathOf(scenario, first), setting),
  ]);
}

/** What each variant did for one request, where the scenario can tell. */
export async function describeAll(scenario, setting) {
  const works = {};
  for (const variant of scenario.describe ? scenario.variants : [])
    works[variant] = await scenario.describe(pathOf(scenario, variant), setting);
  return works;
}

function measure(scenario, variant, setting) {
  const path = pathOf(scenario, variant);
  return scenario.measure ? scenario.measure(path, setting) : measureInside(scenario, path, setting);
}

function pathOf({ name, folder = name }, variant) {
  return `${folder}/${variant}`;
}
